"""Results that outlive their run: caching, persisting, and resuming a flow's next try.

A task run has up to two keys. The *cache key* is the user's or a policy's and is looked up by any run. The *resume key*
identifies this call within its root run (flow run path, task, arguments, index among equal calls), so that a later try of the
flow finds what an earlier one finished. A third place, the *persisted* one, is never looked up; where it is written, the
resume key only refers to it.

**Single flight.** Of several runs with one cache key, one computes. Inside a process the others are called back when it
ends; across processes they wait for a lock of the store, on a dedicated thread. None of them holds a pool
thread. A run whose ancestor computes the key computes it too: waiting for it would be a deadlock.
"""

from __future__ import annotations

from threading import Lock, Thread
from typing import Any

from armillary import settings
from armillary.clock import now_us
from armillary.core.errors import ArmillaryError, InvalidCacheKey, NotSerializable, ResultMissing, Untrusted
from armillary.engine.handles.contexts import TaskRunContext
from armillary.engine.output.logs import DEBUG, INFO, WARNING, say
from armillary.engine.parameters.signatures import call_parameters
from armillary.engine.results.cache_policies import NO_CACHE
from armillary.engine.results.hashing import hash_of
from armillary.engine.results.results import (
    key_of,
    read_result,
    record_result,
    serializer_for,
    write_reference,
    write_result,
)
from armillary.engine.results.serializers import Serializer
from armillary.engine.runs.result_reuse import WAITS, Found, Reuse, Waits
from armillary.engine.runs.task_execution import TaskExecution
from armillary.stores.opening import open_store
from armillary.stores.store import Claim, Store

_lock = Lock()
_computing: dict[tuple[str, str], TaskExecution] = {}
"""By store and key: which run of this process computes, or waits for another process to have computed."""


class CachedResult(Reuse[TaskExecution]):
    """The keys of one task run, and its claim on the one it computes."""

    def __init__(self, run: TaskExecution) -> None:
        spec = run.spec
        self._store: Store = open_store(spec.result_storage or run.flow.spec.result_storage)
        self._key = key_of(run.flow.root)
        self._keys_known = False
        self._cache_key: str | None = None
        self._resume_key: str | None = None
        self._claim: Claim | None = None
        self._computes: tuple[str, str] | None = None

    def find(self, run: TaskExecution) -> Found | Waits | None:
        if run.run_count:
            return None  # a retry: the lookup is done, and it holds its claim
        if not self._keys_known:
            self._keys_known = True
            parameters = call_parameters(run.spec.fn, run.arguments, run.keywords)
            cache_key = _cache_key(run, parameters)
            self._cache_key = None if cache_key is None else self._key.prefix + cache_key
            if run.flow.resumable or _is_persisted(run):
                self._resume_key = _resume_key(run, parameters)
        if self._resume_key is not None and run.flow.resumable:
            since = run.flow.root.fresh_since_us
            found = self._read(run, self._resume_key, "Stored by an earlier attempt.", since)
            if found is not None:
                return found
        if self._cache_key is None:
            return None
        if run.spec.refresh_cache:
            return None
        found = self._read(run, self._cache_key, "Found in the cache.")
        if found is not None:
            return found
        return self._take_turn(run, self._cache_key)

    def store(self, run: TaskExecution, value: Any) -> None:
        """The persisted one last: a reader gets the location written last."""
        place = (run.spec.result_storage_key or f"results/{run.id}") if _is_persisted(run) else None
        for key, resume_only in ((self._resume_key, True), (self._cache_key, False)):
            if key is None:
                continue
            try:
                self._write(run, key, value, resume_only, at=place if resume_only else None)
            except NotSerializable as problem:
                if place is not None:
                    raise
                purpose = "resuming" if resume_only else "the cache"
                say(run, WARNING, "Its result is not stored for %s, so it will be computed again. %s", purpose, problem)
        if place is not None:
            self._write(run, place, value, resume_only=False)

    def release(self) -> None:
        computes, self._computes = self._computes, None
        if computes is not None:
            with _lock:
                _computing.pop(computes, None)
        claim, self._claim = self._claim, None
        if claim is not None:
            claim.release()

    def _read(self, run: TaskExecution, key: str, message: str, since_us: int = 0) -> Found | None:
        try:
            found = read_result(self._store, key, _serializer(run), signed_by=self._key)
        except ResultMissing as problem:
            say(run, WARNING, "%s", problem)
            return None
        except Untrusted as problem:
            say(run, INFO, "Computing it again. %s", problem)
            return None
        if found is None or found.header.created <= since_us:
            return None
        if found.header.expires is not None and found.header.expires <= now_us():
            return None
        return Found(found.value, found.header.producer, message)

    def _write(self, run: TaskExecution, key: str, value: Any, resume_only: bool, at: str | None = None) -> None:
        lifetime = run.spec.cache_expiration
        lifetime_us = None
        if lifetime is not None and not resume_only:
            lifetime_us = int(lifetime.total_seconds() * 1_000_000)
        serializer = _serializer(run)
        if at is not None:
            header = write_reference(self._store, key, at, serializer, run.id, signed_by=self._key)
        else:
            header = write_result(self._store, key, value, serializer, run.id, lifetime_us, signed_by=self._key)
        record_result(run, self._store, key, header, resume_only)
        if resume_only:
            run.flow.root.resume_stores.add(self._store)

    def _take_turn(self, run: TaskExecution, key: str) -> Found | Waits | None:
        place = (self._store.url, key)
        with _lock:
            holder = _computing.setdefault(place, run)
        if holder is not run:
            if _is_ancestor(holder, run):
                return None
            holder.when_settled(lambda _holder: run.try_again())
            return WAITS
        self._computes = place
        if self._claim is None and self._store.can_claim:
            self._claim = self._store.claim(key, wait=False)
            if self._claim is None:
                say(run, DEBUG, "Another process computes this result: waiting for it.")
                Thread(target=self._queue_up, args=(run, key), name="armillary-cache-wait", daemon=True).start()
                return WAITS
        return self._read(run, key, "Found in the cache.")  # it may have been written just before our turn

    def _queue_up(self, run: TaskExecution, key: str) -> None:
        try:
            claim = self._store.claim(key, wait=True)
        except ArmillaryError as problem:
            say(run, WARNING, "%s", problem)
            claim = None
        if run.settled:
            if claim is not None:
                claim.release()
            return
        self._claim = claim
        run.try_again()


def _serializer(run: TaskExecution) -> Serializer:
    return serializer_for(run.spec.result_serializer or run.flow.spec.result_serializer)


def _is_persisted(run: TaskExecution) -> bool:
    """Whether its options or the setting ask to persist its result."""
    wanted = run.spec.persist_result
    return bool(settings.get("RESULTS_PERSIST") if wanted is None else wanted)


def _is_ancestor(holder: TaskExecution, run: TaskExecution) -> bool:
    """Whether ``run`` was called, at any depth, by the body of ``holder``."""
    above: Any = run.parent
    while above is not None:
        if above is holder:
            return True
        above = above.parent
    return False


def _cache_key(run: TaskExecution, parameters: dict[str, Any]) -> str | None:
    """The key of the cached result in the store; None: this call is not cached."""
    spec = run.spec
    if spec.cache_key_fn is None and spec.cache_policy in (None, NO_CACHE):
        return None
    context = TaskRunContext(spec.subject, run.as_record(), parameters, run.flow.as_record())
    if spec.cache_key_fn is not None:
        key = _asked(run, context, parameters)
    else:
        try:
            key = spec.cache_policy.key(context, parameters) if spec.cache_policy is not None else None
        except NotSerializable as problem:
            say(run, WARNING, "It is not cached: %s", problem)
            return None
    return None if key is None else f"cache/{hash_of(key, 'the cache key')}"


def _asked(run: TaskExecution, context: TaskRunContext, parameters: dict[str, Any]) -> str | None:
    name = getattr(run.spec.cache_key_fn, "__name__", "cache_key_fn")
    try:
        key = run.spec.cache_key_fn(context, parameters) if run.spec.cache_key_fn is not None else None
    except Exception as problem:
        raise InvalidCacheKey(
            f"The cache key function {name!r} of task {run.spec.name!r} raised {type(problem).__name__}: {problem}.",
            subject=name,
            advice="Let it return text, or None for a call that should not be cached.",
        ) from problem
    if key is not None and not isinstance(key, str):
        raise InvalidCacheKey(
            f"The cache key function {name!r} of task {run.spec.name!r} returned {key!r} of type {type(key).__name__!r}.",
            subject=name,
            advice="Let it return text, or None for a call that should not be cached.",
        )
    return key


def _resume_key(run: TaskExecution, parameters: dict[str, Any]) -> str | None:
    try:
        inputs = hash_of(parameters, f"the arguments of task run {run.name!r}")
    except NotSerializable as problem:
        if run.flow.resumable and run.flow.warn_once(run.spec.key):
            say(run, WARNING, "A later attempt of the flow will run it again. %s", problem)
        return None
    index = run.flow.count_equal_call(f"{run.spec.key}:{inputs}")
    return f"runs/{run.flow.path}/{run.spec.key}-{index}-{inputs}"
