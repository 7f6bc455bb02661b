"""Stored results: a header of one JSON line, then the serialized value.

The header has what a reader must know before it trusts the rest: type, serializer, times, size, a hash of the payload, and a
signature. The payload is not read before the signature is verified with the reader's key, and the reader,
not the header, decides how it is loaded.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from armillary import settings
from armillary.clock import now_us
from armillary.core.errors import ResultMissing, Untrusted
from armillary.engine.results.serializers import Serializer, serializer_named
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.journal.format.events import ResultStored
from armillary.stores.opening import open_store
from armillary.stores.signing import ResultKey, key_from, key_of_home
from armillary.stores.store import Store

if TYPE_CHECKING:
    from armillary.engine.runs.root import Root

_DIGEST_BYTES = 32
_EARLIER_DIGEST_BYTES = 16
"""Of files without a signature."""


_DATA = ("json", "compressed/json")
"""Serializers whose values cannot be code."""


class Header(msgspec.Struct):
    """Times are UTC microseconds; ``expires`` None: never. ``producer`` is the run that computed the value. ``at``: a reference
    without payload to the value under that key. ``signature`` covers all other fields, including the hash of the value; None for
    results from before signatures."""

    type: str
    serializer: str
    created: int
    expires: int | None
    size: int
    hash: str
    producer: str
    at: str | None = None
    signature: str | None = None


class Kept(msgspec.Struct):
    """A loaded result."""

    header: Header
    value: Any


class Sealed(NamedTuple):
    """A result as it is stored. ``signed``: with the requested key."""

    header: Header
    payload: bytes
    signed: bool


def key_of(root: Root) -> ResultKey:
    """The key that signs the results of runs below ``root``: the assigned one, else that of this home."""
    if root.result_secret is None:
        return key_of_home()
    return key_from(root.result_secret, root.result_prefix)


def write_result(
    store: Store,
    key: str,
    value: Any,
    serializer: Serializer,
    producer: str,
    lifetime_us: int | None = None,
    *,
    signed_by: ResultKey,
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
    _write(store, key, header, payload, signed_by)
    return header


def write_reference(
    store: Store, key: str, at: str, serializer: Serializer, producer: str, *, signed_by: ResultKey
) -> Header:
    """Write a reference under ``key`` to the value at ``at``, which is written next. Raises :class:`StorageUnavailable`."""
    header = Header("", serializer.name, now_us(), None, 0, _digest(b""), producer, at)
    _write(store, key, header, b"", signed_by)
    return header


def _write(store: Store, key: str, header: Header, payload: bytes, signed_by: ResultKey) -> None:
    header.signature = signed_by.signature(key, msgspec.json.encode(header))
    store.write(key, msgspec.json.encode(header) + b"\n" + payload)


def read_result(
    store: Store, key: str, serializer: str | Serializer | None = None, *, signed_by: ResultKey | None = None
) -> Kept | None:
    """The result under ``key``, expired or not; None if there is none, or if what it refers to has since been written by another run.

    The reader chooses the serializer, never the file. None: the setting's, and ``json`` in either form, which is
    safe data. Raises :class:`Untrusted` for a result of
    another serializer, or not signed with the key (None: this home's); :class:`ResultMissing` for a damaged one.
    """
    sealed = read_sealed(store, key, signed_by or key_of_home())
    if sealed is None:
        return None
    if not sealed.signed:
        raise Untrusted(
            f"The result {key} in {store.url} is not signed with this reader's key.",
            subject=key,
            advice="It was stored by another user or an earlier release: run the task again.",
        )
    if serializer is None and sealed.header.serializer in _DATA:
        serializer = sealed.header.serializer
    return opened(store, key, sealed, serializer_for(serializer))


def opened(store: Store, key: str, sealed: Sealed, serializer: Serializer) -> Kept:
    """Raises :class:`Untrusted` for a value of another serializer, and :class:`ResultMissing` for one that cannot be loaded."""
    if sealed.header.serializer != serializer.name:
        raise Untrusted(
            f"The result {key} in {store.url} was written by the serializer {sealed.header.serializer!r}; "
            f"{serializer.name!r} was expected.",
            subject=key,
            advice="Run the task again, or name that serializer.",
        )
    try:
        return Kept(sealed.header, serializer.loads(sealed.payload))
    except Exception as problem:
        raise _damaged(store, key, f"{type(problem).__name__}: {problem}") from problem


def read_sealed(store: Store, key: str, signed_by: ResultKey) -> Sealed | None:
    """The result under ``key``, not loaded. Raises :class:`ResultMissing` if it is damaged."""
    found = _sealed_at(store, key, signed_by)
    if found is None or found.header.at is None:
        return found
    place = found.header.at
    at = _sealed_at(store, place, signed_by)
    if at is None or at.header.producer != found.header.producer:
        return None
    if at.header.at is not None:
        raise _damaged(store, key, "it refers to another reference")
    return Sealed(at.header, at.payload, found.signed and at.signed)


def _sealed_at(store: Store, key: str, signed_by: ResultKey) -> Sealed | None:
    data = store.read(key)
    if data is None:
        return None
    head, _, payload = data.partition(b"\n")
    try:
        header = msgspec.json.decode(head, type=Header)
    except (msgspec.DecodeError, RecursionError) as problem:
        raise _damaged(store, key, "its header cannot be read") from problem
    if len(payload) != header.size or header.hash not in (_digest(payload), _digest(payload, _EARLIER_DIGEST_BYTES)):
        raise _damaged(store, key, "its content does not match its header")
    signature, header.signature = header.signature, None
    content = msgspec.json.encode(header)
    header.signature = signature
    signed = (
        signature is not None
        and len(header.hash) == 2 * _DIGEST_BYTES
        and signed_by.has_signed(signature, key, content)
    )
    return Sealed(header, payload, signed)


def _digest(payload: bytes, size: int = _DIGEST_BYTES) -> str:
    return blake2b(payload, digest_size=size).hexdigest()


def _damaged(store: Store, key: str, why: str) -> ResultMissing:
    return ResultMissing(
        f"The result {key} in {store.url} cannot be used: {why}.",
        subject=key,
        advice="Run the task again with refresh_cache=True, or delete that file.",
    )


def serializer_for(wanted: str | Serializer | None) -> Serializer:
    """The requested one, else the setting's."""
    return serializer_named(wanted or settings.get("RESULTS_SERIALIZER"))


def record_result(run: Execution, store: Store, key: str, header: Header, for_resume_only: bool = False) -> None:
    """Record in the journal where a run's value is stored."""
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


def store_flow_result(run: FlowExecution, value: Any) -> None:
    """Write a flow run's value to its result storage."""
    store = open_store(run.spec.result_storage)
    key = f"results/{run.id}"
    serializer = serializer_for(run.spec.result_serializer)
    header = write_result(store, key, value, serializer, run.id, signed_by=key_of(run.root))
    record_result(run, store, key, header)


def forget_resume_results(run: FlowExecution) -> None:
    """A root run has completed: delete what was stored only for resuming it."""
    for store in run.root.resume_stores:
        store.delete_below(f"runs/{run.id}/")
