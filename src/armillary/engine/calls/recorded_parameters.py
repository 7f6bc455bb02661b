"""A flow's parameters in the record of its run, and whether the record restores them.

JSON cannot represent every value. The flow's annotations may restore one that JSON alone does not, such as a date, so
it is recorded with its hash: a retry binds the recorded parameters as any call would and compares. Values that cannot be restored
(secrets, long values, values without annotation) are marked. A retry uses the same values or does not start.
"""

from __future__ import annotations

import os
import re
from typing import Any

import msgspec

from armillary.core.errors import InvalidParameters, NotSerializable
from armillary.core.secret import MASK, Secret
from armillary.engine.handles.future import Future
from armillary.engine.parameters.parameters import converted
from armillary.engine.parameters.signatures import REST, kinds_of
from armillary.engine.results.json_form import expanded_size, first_odd
from armillary.engine.runs.lineage import ATOMS
from armillary.engine.runs.specs import FlowSpec

LONGEST_VALUE = 10_000
"""Longer texts and collections are not written into the record of a run, only their length is."""
LARGEST_VALUE = 1_000_000
"""Nor are collections with more elements and characters than that at any depth, shared parts counted each time they occur."""

LOST = ""
"""In place of a hash: the value cannot be restored."""


def describe(parameters: dict[str, Any]) -> str:
    """Parameters as JSON text for the record: secrets masked, long values shortened, what JSON cannot represent as ``<Type>``."""
    if not parameters:
        return "{}"
    shortened = {name: _short(value) for name, value in parameters.items()}
    try:
        return _encode(shortened)
    except Exception:
        return _encode({name: _alone(value) for name, value in shortened.items()})


def hashes_of(spec: FlowSpec, parameters: dict[str, Any]) -> dict[str, str]:
    """By name, a hash to verify each value that its JSON does not represent exactly; see :data:`LOST`."""
    hashes = {}
    for name, given in parameters.items():
        value = _as_recorded(spec, name, given)
        if _short(value) is not value or first_odd(value, name) is not None:
            hashes[name] = _hash_of(spec, name, value)
    return hashes


def lost_parameters(spec: FlowSpec, recorded: dict[str, Any], hashes: dict[str, str] | None) -> list[str]:
    """The parameters of a recorded run that would have other values if the flow were called with the record. Without ``hashes``
    (releases before 0.2) only placeholders are noticed."""
    if hashes is None:
        return sorted(name for name, value in recorded.items() if not is_told_whole(value))
    lost = {name for name, each in hashes.items() if each == LOST}
    for name in recorded.keys() - lost:
        try:
            again = _as_recorded(spec, name, converted(spec, name, recorded[name]))
        except InvalidParameters:
            if name in hashes:
                lost.add(name)
            continue  # any other problem is reported by the run itself
        if _hash_of(spec, name, again) != (hashes.get(name) or _hash_of(spec, name, recorded[name])):
            lost.add(name)
    return sorted(lost)


def _as_recorded(spec: FlowSpec, name: str, value: Any) -> Any:
    """``*arguments`` are always a tuple, so a list represents them exactly."""
    return list(value) if kinds_of(spec.fn).get(name) == REST else value


def _hash_of(spec: FlowSpec, name: str, value: Any) -> str:
    """Only a value converted by an annotation can be restored."""
    if (
        not spec.validate_parameters
        or name not in getattr(spec.fn, "__annotations__", {})
        or _short(value) is not value
    ):
        return LOST
    from armillary.engine.results.hashing import hash_of  # most parameters are plain

    try:
        decoded = msgspec.json.decode(_encode(value))
        return hash_of(value, name) if is_told_whole(decoded) else LOST
    except (NotSerializable, RecursionError, ValueError, TypeError):
        return LOST


_STAND_IN = re.compile(r"<\w+>|<\w+ of [\d,]+>|<Future .+>").fullmatch


def is_told_whole(value: Any) -> bool:
    """Whether a recorded parameter appears complete: it contains no placeholder for a secret, a long value or
    a value that JSON cannot represent.

    >>> is_told_whole([1, {"path": "/data"}]), is_told_whole([1, {"lock": "<lock>"}])
    (True, False)
    """
    if isinstance(value, str):
        return value != MASK and _STAND_IN(value) is None
    if isinstance(value, dict):
        return all(map(is_told_whole, value.values()))
    return not isinstance(value, list) or all(map(is_told_whole, value))


def _encode(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=_put_otherwise).decode()


def _short(value: Any) -> Any:
    kind = type(value)
    if isinstance(value, (str, bytes, list, tuple, dict, set, frozenset)) and len(value) > LONGEST_VALUE:
        return f"<{kind.__name__} of {len(value):,}>"
    return f"<{kind.__name__}>" if kind not in ATOMS and expanded_size(value) > LARGEST_VALUE else value


def _alone(value: Any) -> Any:
    """A value that can be encoded by itself, or its type."""
    try:
        _encode(value)
    except Exception:
        return f"<{type(value).__name__}>"
    return value


def _put_otherwise(value: Any) -> Any:
    if isinstance(value, Secret):
        return MASK
    if isinstance(value, Future):
        return f"<Future {value.name}>"
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if type(value).__module__ == "numpy" and hasattr(value, "item") and getattr(value, "size", 0) == 1:
        return value.item()
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json")
    return f"<{type(value).__name__}>"
