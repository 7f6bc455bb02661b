"""An event as bytes: MessagePack, whose text must be valid UTF-8."""

from __future__ import annotations

from typing import Any

from msgspec.msgpack import Encoder
from msgspec.structs import replace

from armillary.journal.format.events import AnyEvent

encode = Encoder().encode
"""Raises UnicodeEncodeError for a lone surrogate, such as in file names that are not UTF-8."""


def encode_escaped(event: AnyEvent) -> bytes:
    """The event with surrogates escaped, ``\\udce4``: recording a run must not fail on user text."""
    return encode(replace(event, **{name: _escaped(getattr(event, name)) for name in event.__struct_fields__}))


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, (list, tuple)):
        return type(value)([_escaped(each) for each in value])
    if isinstance(value, dict):
        return {_escaped(key): _escaped(each) for key, each in value.items()}
    return value
