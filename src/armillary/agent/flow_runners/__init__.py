"""How an agent has runs run: a port, and what implements it. Another flow runner is a type in ``core.flow_runner``, which is what
specifications name and whose options are checked, and an implementation in here, which is done when it passes
``tests/contract/flow_runner_contract`` and has its line in ``registry``."""
