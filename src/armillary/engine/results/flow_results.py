"""Results of subflows, stored so that a later try of their parent, or a later attempt of the root run, does not run them again.

As for task runs (:mod:`armillary.engine.results.result_cache`), the key names the call within its root run: the parent's path, the flow, the
parameters, and the index among equal calls.
"""

from __future__ import annotations

from armillary.core.errors import NotSerializable, ResultMissing, Untrusted
from armillary.engine.output.logs import INFO, WARNING, say
from armillary.engine.results.hashing import hash_of
from armillary.engine.results.results import key_of, read_result, record_result, serializer_for, write_result
from armillary.engine.results.serializers import Serializer
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.result_reuse import Found
from armillary.stores.opening import open_store
from armillary.stores.store import Store


def find_stored(run: FlowExecution) -> Found | None:
    """The result of this subflow call from an earlier attempt; None: there is none, and this run's result will be stored."""
    run.resume_key = key = _key(run)
    if key is None:
        return None
    try:
        found = read_result(_store(run), key, _serializer(run), signed_by=key_of(run.root))
    except ResultMissing as problem:
        say(run, WARNING, "%s", problem)
        return None
    except Untrusted as problem:
        say(run, INFO, "Computing it again. %s", problem)
        return None
    if found is None or found.header.created <= run.root.fresh_since_us:
        return None
    return Found(found.value, found.header.producer, "Stored by an earlier attempt.")


def store_for_resume(run: FlowExecution, key: str, value: object) -> None:
    """Its body has returned ``value``."""
    store = _store(run)
    try:
        header = write_result(store, key, value, _serializer(run), run.id, signed_by=key_of(run.root))
    except NotSerializable as problem:
        say(run, WARNING, "Its result is not stored for resuming, so it will be computed again. %s", problem)
        return
    record_result(run, store, key, header, for_resume_only=True)
    run.root.resume_stores.add(store)


def _parent(run: FlowExecution) -> FlowExecution:
    assert run.parent is not None
    return run.parent.flow


def _serializer(run: FlowExecution) -> Serializer:
    return serializer_for(run.spec.result_serializer or _parent(run).spec.result_serializer)


def _store(run: FlowExecution) -> Store:
    return open_store(run.spec.result_storage or _parent(run).spec.result_storage)


def _key(run: FlowExecution) -> str | None:
    parent, spec = _parent(run), run.spec
    try:
        inputs = hash_of(run.parameters, f"the parameters of subflow run {run.name!r}")
    except NotSerializable as problem:
        if parent.warn_once(spec.key):
            say(run, WARNING, "A later attempt of its parent will run it again. %s", problem)
        return None
    index = parent.count_equal_call(f"flow {spec.key}:{inputs}")
    return f"runs/{parent.path}/flow-{spec.key}-{index}-{inputs}"
