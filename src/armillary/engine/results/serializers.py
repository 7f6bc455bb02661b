"""Values as bytes and back: ``pickle``, ``json``, and either of them ``compressed/``."""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from math import inf
from typing import Any

import msgspec

from armillary.core.errors import InvalidOption, NotSerializable, did_you_mean
from armillary.engine.results.earlier_releases import unpickle
from armillary.engine.results.json_form import expanded_size, first_odd
from armillary.engine.runs.lineage import ATOMS

_LARGEST_JSON = 100_000_000
"""Elements and characters."""
_READ_BACK = 16 * 1024 * 1024
"""Bytes. Longer data is written without checking that it can be read."""


class Serializer(ABC):
    """``name`` is recorded in the header of its results; :func:`serializer_named` finds it by that."""

    name: str

    @abstractmethod
    def dumps(self, value: Any) -> bytes:
        """Raises :class:`NotSerializable` for a value that ``loads`` would not return equal and of the same type."""

    @abstractmethod
    def loads(self, data: bytes) -> Any:
        """The value passed to ``dumps``."""


class PickleSerializer(Serializer):
    """Anything cloudpickle can pickle; classes and functions of a script travel with the value."""

    name = "pickle"

    def dumps(self, value: Any) -> bytes:
        import cloudpickle  # heavy, needed only for stored results

        try:
            data: bytes = cloudpickle.dumps(value)
        except Exception as problem:
            raise _refused(value, self.name, str(problem)) from None
        if type(value) not in ATOMS and len(data) <= _READ_BACK:
            self._read_back(value, data)
        return data

    def _read_back(self, value: Any, data: bytes) -> None:
        """Some classes pickle into data they cannot be rebuilt from."""
        try:
            read = self.loads(data)
        except Exception as problem:
            raise _refused(value, self.name, f"reading it back raised {type(problem).__name__}: {problem}") from None
        if type(read).__qualname__ != type(value).__qualname__:
            raise _refused(value, self.name, f"it reads back as a {type(read).__name__}")

    def loads(self, data: bytes) -> Any:
        return unpickle(data)  # never called by a server; see docs/concepts on trust in result stores


class JsonSerializer(Serializer):
    """Values that survive a JSON round trip: None, booleans, finite numbers, text, and lists and dicts of these whose keys are text. Safe to
    read from anywhere."""

    name = "json"

    def dumps(self, value: Any) -> bytes:
        size = expanded_size(value)
        if size > _LARGEST_JSON:
            problem = "it contains itself" if size == inf else "with its shared parts written out it is too large"
            raise _refused(value, self.name, problem)
        odd = first_odd(value, "value")
        if odd is not None:
            raise _refused(value, self.name, f"{odd.place} is {odd.reason}")
        try:
            return msgspec.json.encode(value)
        except Exception as problem:
            raise _refused(value, self.name, str(problem)) from None

    def loads(self, data: bytes) -> Any:
        return msgspec.json.decode(data)


class CompressedSerializer(Serializer):
    """Another serializer's bytes, compressed by zlib."""

    def __init__(self, inner: Serializer) -> None:
        self.inner = inner
        self.name = f"compressed/{inner.name}"

    def dumps(self, value: Any) -> bytes:
        return zlib.compress(self.inner.dumps(value), 6)

    def loads(self, data: bytes) -> Any:
        return self.inner.loads(zlib.decompress(data))


def serializer_named(wanted: str | Serializer) -> Serializer:
    """The serializer of a name such as ``compressed/pickle``; a serializer is returned unchanged."""
    if isinstance(wanted, Serializer):
        return wanted
    if wanted.startswith("compressed/"):
        return CompressedSerializer(serializer_named(wanted.removeprefix("compressed/")))
    plain: dict[str, type[Serializer]] = {"pickle": PickleSerializer, "json": JsonSerializer}
    if wanted not in plain:
        names = [*plain, *(f"compressed/{name}" for name in plain)]
        raise InvalidOption(
            f"There is no result serializer {wanted!r}.", subject=wanted, advice=did_you_mean(wanted, names)
        )
    return plain[wanted]()


def _refused(value: Any, name: str, problem: str) -> NotSerializable:
    return NotSerializable(
        f"A value of type {type(value).__name__!r} cannot be stored with the serializer {name!r}: {problem}.",
        subject=type(value).__name__,
        advice="Return something else, choose another result_serializer, or store it in a file and return its path.",
    )
