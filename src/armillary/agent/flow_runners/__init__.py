"""How an agent executes runs: a port and its implementations. A new flow runner is a type in ``core.flow_runner``, which
specifications name and whose options are checked there, and an implementation here, which is done when it passes
``tests/contract/flow_runner_contract`` and is listed in ``registry``."""
