"""Values as bytes and back: ``pickle``, ``json``, and either of them ``compressed/``."""

from __future__ import annotations

import pickle
import zlib
from abc import ABC, abstractmethod
from typing import Any

import msgspec

from armillary.core.errors import InvalidOption, NotSerializable, did_you_mean


class Serializer(ABC):
    """``name`` stands in the header of what it wrote; :func:`serializer_named` finds it again by that."""

    name: str

    @abstractmethod
    def dumps(self, value: Any) -> bytes:
        """Raises :class:`NotSerializable` naming the value's type."""

    @abstractmethod
    def loads(self, data: bytes) -> Any:
        """What ``dumps`` was given, or for json its plain form."""


class PickleSerializer(Serializer):
    """Anything cloudpickle can pickle; classes and functions of a script travel with the value."""

    name = "pickle"

    def dumps(self, value: Any) -> bytes:
        import cloudpickle  # heavy, and only kept results need it

        try:
            return cloudpickle.dumps(value)  # type: ignore[no-any-return]
        except Exception as problem:
            raise _refused(value, self.name, problem) from None

    def loads(self, data: bytes) -> Any:
        return pickle.loads(data)  # noqa: S301  never called by a server; see docs/concepts on trust in result stores


class JsonSerializer(Serializer):
    """What JSON can say, and dataclasses, dates, decimals and sets in their plain form. Safe to read from anywhere."""

    name = "json"

    def dumps(self, value: Any) -> bytes:
        try:
            return msgspec.json.encode(value, enc_hook=_plain)
        except Exception as problem:
            raise _refused(value, self.name, problem) from None

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
    """The serializer of a name such as ``compressed/pickle``; a serializer is returned as it is."""
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


def _plain(value: Any) -> Any:
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json")
    raise TypeError(f"JSON has no form for {type(value).__name__}")


def _refused(value: Any, name: str, problem: Exception) -> NotSerializable:
    return NotSerializable(
        f"A value of type {type(value).__name__!r} cannot be kept with the serializer {name!r}: {problem}.",
        subject=type(value).__name__,
        advice="Return something that can, choose another result_serializer, or keep it in a file and return its path.",
    )
