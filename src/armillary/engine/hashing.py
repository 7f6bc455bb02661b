"""Hashes of values that are equal in every process, whatever the seed of ``hash()``, the order of a dict or a set."""

from __future__ import annotations

import datetime
import decimal
import enum
import os
import uuid
from collections.abc import Callable, Mapping
from hashlib import blake2b
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from armillary.core.errors import NotSerializable
from armillary.core.secret import Secret

Feed = Callable[[bytes], None]

_PLAIN = (
    datetime.datetime,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    datetime.timezone,
    decimal.Decimal,
    uuid.UUID,
    range,
    complex,
)
_DEEPEST = 200


def hash_of(value: Any, what: str) -> str:
    """32 hexadecimal digits. Raises :class:`NotSerializable` saying that ``what`` cannot be hashed, and its type."""
    digest = blake2b(digest_size=16)
    try:
        _feed(value, digest.update, 0)
    except Exception as problem:
        raise NotSerializable(
            f"{what} of type {type(value).__name__!r} cannot be hashed: {problem}.",
            subject=what,
            advice="Leave it out of the key (INPUTS - 'name'), give a cache_key_fn, or pass something simpler such as a path.",
        ) from None
    return digest.hexdigest()


def _feed(value: Any, feed: Feed, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    kind = type(value)
    if value is None or kind is bool or kind is int or kind is float or isinstance(value, _PLAIN):
        _item(feed, kind.__name__, repr(value).encode())
    elif kind is str:
        _item(feed, "str", value.encode("utf-8", "surrogatepass"))
    elif kind in (bytes, bytearray, memoryview):
        _item(feed, "bytes", bytes(value))
    elif isinstance(value, enum.Enum):
        _item(feed, "enum", f"{kind.__module__}.{kind.__qualname__}.{value.name}".encode())
    elif isinstance(value, (list, tuple)):
        _item(feed, kind.__qualname__, str(len(value)).encode())
        for element in value:
            _feed(element, feed, depth + 1)
    elif isinstance(value, (set, frozenset)):
        _unordered(kind.__qualname__, value, feed, depth)
    elif isinstance(value, Mapping):
        _unordered(kind.__qualname__, value.items(), feed, depth)
    else:
        _feed_object(value, kind, feed, depth)


def _feed_object(value: Any, kind: type, feed: Feed, depth: int) -> None:
    name = f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(value, Secret):
        _item(feed, "secret", b"")
        _feed(value.get(), feed, depth + 1)
    elif isinstance(value, os.PathLike):
        _item(feed, "path", os.fsencode(value))
    elif isinstance(value, type):
        _item(feed, "type", f"{value.__module__}.{value.__qualname__}".encode())
    elif isinstance(value, (ModuleType, BuiltinFunctionType)):
        _item(feed, "named", repr(getattr(value, "__name__", value)).encode())
    elif isinstance(value, (FunctionType, MethodType, CodeType)):
        _feed_function(value, feed, depth)
    elif hasattr(kind, "__dataclass_fields__"):
        _item(feed, "dataclass", name.encode())
        _feed({field: getattr(value, field, None) for field in kind.__dataclass_fields__}, feed, depth + 1)
    elif hasattr(value, "model_dump"):
        _item(feed, "model", name.encode())
        _feed(value.model_dump(), feed, depth + 1)
    elif kind.__module__.partition(".")[0] == "numpy" and hasattr(value, "tobytes") and not value.dtype.hasobject:
        _item(feed, "numpy", f"{value.dtype.str} {getattr(value, 'shape', ())}".encode())
        feed(value.tobytes())
    elif kind.__module__.partition(".")[0] == "pandas" and hasattr(value, "to_pickle"):
        _feed_pandas(value, name, feed, depth)
    else:
        _feed_pickled(value, name, feed)


def _item(feed: Feed, kind: str, content: bytes) -> None:
    feed(f"{kind}:{len(content)}:".encode())
    feed(content)


def _unordered(name: str, values: Any, feed: Feed, depth: int) -> None:
    parts = []
    for value in values:
        part = blake2b(digest_size=16)
        _feed(value, part.update, depth + 1)
        parts.append(part.digest())
    _item(feed, name, b"".join(sorted(parts)))


def _feed_function(value: Any, feed: Feed, depth: int) -> None:
    """By its code, defaults and the values it closes over: the same function in another process hashes alike."""
    if isinstance(value, MethodType):
        _feed(value.__self__, feed, depth + 1)
        value = value.__func__
    code = value if isinstance(value, CodeType) else value.__code__
    _item(feed, "code", code.co_code + repr((code.co_names, code.co_varnames)).encode())
    for constant in code.co_consts:
        _feed(constant, feed, depth + 1)
    if isinstance(value, FunctionType):
        _feed(value.__defaults__, feed, depth + 1)
        _feed([cell.cell_contents for cell in value.__closure__ or ()], feed, depth + 1)


def _feed_pandas(value: Any, name: str, feed: Feed, depth: int) -> None:
    from pandas.util import hash_pandas_object  # a pandas value is at hand, so it is loaded

    columns = list(getattr(value, "columns", [getattr(value, "name", None)]))
    _item(feed, name, b"")
    _feed(
        [columns, [str(each) for each in getattr(value, "dtypes", [])] if hasattr(value, "columns") else []],
        feed,
        depth + 1,
    )
    feed(hash_pandas_object(value).to_numpy().tobytes())


def _feed_pickled(value: Any, name: str, feed: Feed) -> None:
    import cloudpickle  # the last resort

    _item(feed, name, cloudpickle.dumps(value))
