"""Kept results: a header of one JSON line, then the serialized value.

The header says what a reader must know before it trusts the rest: type, serializer, times, size, and a hash of the payload.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec

from armillary import settings
from armillary.core.errors import ResultMissing
from armillary.engine.clock import now_us
from armillary.engine.execution import Execution
from armillary.engine.flow_execution import FlowExecution
from armillary.engine.serializers import Serializer, serializer_named
from armillary.journal.events import ResultStored
from armillary.storage.opening import open_store
from armillary.storage.store import Store

_DIGEST_BYTES = 16


class Header(msgspec.Struct):
    """Times are UTC microseconds; ``expires`` None: never. ``producer`` is the run that computed the value. ``at``: nothing follows, the
    value lies under that key."""

    type: str
    serializer: str
    created: int
    expires: int | None
    size: int
    hash: str
    producer: str
    at: str | None = None


class Kept(msgspec.Struct):
    """A result as it was read back."""

    header: Header
    value: Any


def write_result(
    store: Store, key: str, value: Any, serializer: Serializer, producer: str, lifetime_us: int | None = None
) -> Header:
    """Raises :class:`NotSerializable` or :class:`StorageUnavailable`; then nothing was written."""
    payload = serializer.dumps(value)
    created = now_us()
    header = Header(
        type(value).__qualname__,
        serializer.name,
        created,
        None if lifetime_us is None else created + lifetime_us,
        len(payload),
        _digest(payload),
        producer,
    )
    store.write(key, msgspec.json.encode(header) + b"\n" + payload)
    return header


def write_reference(store: Store, key: str, at: str, serializer: Serializer, producer: str) -> Header:
    """Under ``key``, say that the value lies at ``at``, where it is written next. Raises :class:`StorageUnavailable`."""
    header = Header("", serializer.name, now_us(), None, 0, _digest(b""), producer, at)
    store.write(key, msgspec.json.encode(header) + b"\n")
    return header


def read_result(store: Store, key: str) -> Kept | None:
    """What lies under ``key``, expired or not; None when nothing does, or what it refers to was written by another run since.
    Raises :class:`ResultMissing` for what is damaged."""
    data = store.read(key)
    if data is None:
        return None
    head, _, payload = data.partition(b"\n")
    try:
        header = msgspec.json.decode(head, type=Header)
    except msgspec.DecodeError as problem:
        raise _damaged(store, key, "its header cannot be read") from problem
    if len(payload) != header.size or _digest(payload) != header.hash:
        raise _damaged(store, key, "its content is not what was written")
    if header.at is not None:
        found = read_result(store, header.at)
        return found if found is not None and found.header.producer == header.producer else None
    try:
        return Kept(header, serializer_named(header.serializer).loads(payload))
    except Exception as problem:
        raise _damaged(store, key, f"{type(problem).__name__}: {problem}") from problem


def _digest(payload: bytes) -> str:
    return blake2b(payload, digest_size=_DIGEST_BYTES).hexdigest()


def _damaged(store: Store, key: str, why: str) -> ResultMissing:
    return ResultMissing(
        f"The result {key} in {store.url} cannot be used: {why}.",
        subject=key,
        advice="Run the task again with refresh_cache=True, or delete that file.",
    )


def serializer_for(wanted: str | Serializer | None) -> Serializer:
    """The one asked for, else the setting's."""
    return serializer_named(wanted or settings.get("RESULTS_SERIALIZER"))


def record_result(run: Execution, store: Store, key: str, header: Header, for_resume_only: bool = False) -> None:
    """Say in the journal where a run's value is kept."""
    run.record(
        ResultStored(
            header.created,
            run.id,
            store.url,
            key,
            header.serializer,
            header.size,
            header.expires,
            header.type,
            for_resume_only,
        )
    )


def keep_flow_result(run: FlowExecution, value: Any) -> None:
    """Write a flow run's value to its result storage."""
    store = open_store(run.spec.result_storage)
    key = f"results/{run.id}"
    header = write_result(store, key, value, serializer_for(run.spec.result_serializer), run.id)
    record_result(run, store, key, header)


def forget_resume_results(run: FlowExecution) -> None:
    """A root run has completed: what was kept only so that it could be resumed is of no more use."""
    for store in run.root.resume_stores:
        store.delete_below(f"runs/{run.id}/")
