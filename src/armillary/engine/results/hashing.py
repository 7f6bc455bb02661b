"""Hashes of values that are equal in every process, whatever the seed of ``hash()``, the order of a dict or a set.

An object that contains others is hashed by their hashes, each of which is computed once: the cost is linear in the number of
distinct objects, however often one of them occurs in the structure.
"""

from __future__ import annotations

import copyreg
import datetime
import decimal
import enum
import os
import sys
import uuid
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from armillary.core.errors import NotSerializable
from armillary.core.secret import Secret
from armillary.stores.packages import package_root

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
    """32 hexadecimal digits. Raises :class:`NotSerializable` naming ``what`` and its type."""
    digest = blake2b(digest_size=16)
    try:
        _Hashing().feed(value, digest.update)
    except Exception as problem:
        raise NotSerializable(
            f"{what} of type {type(value).__name__!r} cannot be hashed: {problem}.",
            subject=what,
            advice="Leave it out of the key (INPUTS - 'name'), give a cache_key_fn, or pass something simpler such as a path.",
        ) from None
    return digest.hexdigest()


class _Hashing:
    """Hashes one structure. ``_known`` are the hashes of its objects so far; an entry holds its object, so that its address is not reused."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, bytes]] = {}
        self._open: set[int] = set()

    def feed(self, value: Any, feed: Feed) -> None:
        kind = type(value)
        if value is None or kind is bool or kind is int or kind is float:
            _item(feed, kind.__name__, repr(value).encode())
        elif isinstance(value, (datetime.datetime, datetime.time)) and value.tzinfo is not None:
            _item(feed, kind.__name__, f"{value.replace(tzinfo=None)!r} {_zone(value.tzinfo)}".encode())
        elif isinstance(value, _PLAIN):
            _item(feed, kind.__name__, repr(value).encode())
        elif kind is str:
            _item(feed, "str", value.encode("utf-8", "surrogatepass"))
        elif kind in (bytes, bytearray, memoryview):
            _item(feed, "bytes", bytes(value))
        elif isinstance(value, enum.Enum):
            _item(feed, "enum", f"{name_of_class(kind)}.{value.name}".encode())
        else:
            feed(self._hash(value))

    def _hash(self, value: Any) -> bytes:
        key = id(value)
        known = self._known.get(key)
        if known is not None:
            return known[1]
        if key in self._open:
            raise ValueError("it contains itself")
        if len(self._open) >= _DEEPEST:
            raise ValueError("it is nested too deeply")
        self._open.add(key)
        digest = blake2b(digest_size=16)
        self._feed_compound(value, type(value), digest.update)
        self._open.discard(key)
        self._known[key] = (value, digest.digest())
        return digest.digest()

    def _feed_compound(self, value: Any, kind: type, feed: Feed) -> None:
        if isinstance(value, (list, tuple)):
            self._ordered(kind.__qualname__, value, feed)
        elif isinstance(value, (set, frozenset)):
            self._unordered(kind.__qualname__, ((each,) for each in value), feed)
        elif isinstance(value, Mapping):
            self._unordered(kind.__qualname__, value.items(), feed)
        elif isinstance(value, Secret):
            _item(feed, "secret", b"")
            self.feed(value.get(), feed)
        elif isinstance(value, os.PathLike):
            _item(feed, "path", os.fsencode(value))
        elif isinstance(value, type):
            _item(feed, "type", name_of_class(value).encode())
        elif isinstance(value, ModuleType) or (
            isinstance(value, BuiltinFunctionType) and isinstance(value.__self__, ModuleType | None)
        ):
            _item(feed, "named", repr(getattr(value, "__name__", value)).encode())
        elif isinstance(value, (FunctionType, MethodType, CodeType)):
            self._feed_function(value, feed)
        elif hasattr(kind, "__dataclass_fields__"):
            _item(feed, "dataclass", name_of_class(kind).encode())
            self.feed({field: getattr(value, field, None) for field in kind.__dataclass_fields__}, feed)
        elif hasattr(kind, "__pydantic_validator__"):
            _item(feed, "model", name_of_class(kind).encode())
            self.feed({**vars(value), **(value.__pydantic_extra__ or {})}, feed)
        elif kind.__module__.partition(".")[0] == "numpy" and hasattr(value, "tobytes") and not value.dtype.hasobject:
            _item(feed, "numpy", f"{value.dtype.str} {getattr(value, 'shape', ())}".encode())
            feed(value.tobytes())
        elif kind.__module__.partition(".")[0] == "pandas" and hasattr(value, "to_pickle"):
            self._feed_pandas(value, name_of_class(kind), feed)
        else:
            self._feed_reduced(value, kind, feed)

    def _ordered(self, name: str, values: Any, feed: Feed) -> None:
        _item(feed, name, str(len(values)).encode())
        for each in values:
            self.feed(each, feed)

    def _unordered(self, name: str, rows: Iterable[tuple[Any, ...]], feed: Feed) -> None:
        parts = []
        for row in rows:
            part = blake2b(digest_size=16)
            for value in row:
                self.feed(value, part.update)
            parts.append(part.digest())
        _item(feed, name, b"".join(sorted(parts)))

    def _feed_function(self, value: Any, feed: Feed) -> None:
        """By its code, defaults and the values it closes over: the same function has the same hash in another process."""
        if isinstance(value, MethodType):
            self.feed(value.__self__, feed)
            value = value.__func__
        code = value if isinstance(value, CodeType) else getattr(value, "__code__", None)
        if code is None:  # a method bound to another callable
            self.feed(value, feed)
            return
        _item(feed, "code", code.co_code + repr((code.co_names, code.co_varnames)).encode())
        for constant in code.co_consts:
            self.feed(constant, feed)
        if isinstance(value, FunctionType):
            self.feed(value.__defaults__, feed)
            self.feed(value.__kwdefaults__, feed)
            self.feed([cell.cell_contents for cell in value.__closure__ or ()], feed)

    def _feed_pandas(self, value: Any, name: str, feed: Feed) -> None:
        from pandas.util import hash_pandas_object  # already loaded, as there is a pandas value

        columns = list(getattr(value, "columns", [getattr(value, "name", None)]))
        _item(feed, name, b"")
        dtypes = [str(each) for each in getattr(value, "dtypes", [])] if hasattr(value, "columns") else []
        self.feed([columns, dtypes], feed)
        feed(hash_pandas_object(value).to_numpy().tobytes())

    def _feed_reduced(self, value: Any, kind: type, feed: Feed) -> None:
        """By the parts that pickle would write: a set inside has the same hash in every process."""
        _item(feed, "object", name_of_class(kind).encode())
        reduce = copyreg.dispatch_table.get(kind)
        try:
            reduced = value.__reduce_ex__(4) if reduce is None else reduce(value)
        except TypeError:
            import cloudpickle  # knows some kinds that pickle does not, such as views of dicts

            _item(feed, "pickle", cloudpickle.dumps(value))
            return
        if isinstance(reduced, str):
            _item(feed, "global", f"{getattr(value, '__module__', '')}.{reduced}".encode())
            self.feed(getattr(value, "__wrapped__", None), feed)
            return
        make, arguments, state, elements, items = (*reduced, None, None, None)[:5]
        _item(feed, "make", f"{getattr(make, '__module__', '')}.{getattr(make, '__qualname__', make)}".encode())
        self._ordered("arguments", arguments, feed)
        self.feed(state, feed)
        self.feed(None if elements is None else list(elements), feed)
        self.feed(None if items is None else list(items), feed)


def _item(feed: Feed, kind: str, content: bytes) -> None:
    feed(f"{kind}:{len(content)}:".encode())
    feed(content)


def _zone(zone: datetime.tzinfo) -> str:
    """Zones of one fixed offset are equal, whatever their class."""
    offset = zone.utcoffset(None)
    return repr(zone) if offset is None else str(offset)


def name_of_class(kind: type) -> str:
    """Module and name. A class of the running script is named as if its file had been imported, as another process may do."""
    module = kind.__module__
    return f"{_main_module() if module == '__main__' else module}.{kind.__qualname__}"


def _main_module() -> str:
    main = sys.modules["__main__"]
    if getattr(main, "__spec__", None) is not None and main.__spec__ is not None:
        return main.__spec__.name
    file = getattr(main, "__file__", None)
    if file is None:
        return "__main__"
    path = os.path.abspath(file)
    return os.path.relpath(path, package_root(path)).removesuffix(".py").replace(os.sep, ".")
