"""The port of stores: bytes by key."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from io import BytesIO
from typing import IO, BinaryIO, Protocol

from armillary.core.errors import StorageUnavailable, TooLarge

_PART = 1 << 20


class Claim(Protocol):
    """An exclusive hold on a key. It ends with :meth:`release` or with the process."""

    def release(self) -> None: ...


class Store(ABC):
    """Bytes by key. Keys are paths of one or more parts, such as ``runs/0190163d/load-0``.

    ``url`` names the store; :func:`armillary.stores.opening.open_store` finds the same store by it. Any method may raise
    :class:`StorageUnavailable`; a key that would leave the store raises ValueError.
    """

    url: str
    can_claim = False

    @abstractmethod
    def read(self, key: str) -> bytes | None:
        """The last written bytes; None if there are none."""

    @abstractmethod
    def write(self, key: str, data: bytes) -> None:
        """Write atomically: no reader ever sees a part."""

    def read_file(self, key: str, into: BinaryIO, most_bytes: int) -> bool:
        """Copy the last written bytes into a file, without holding all of them in memory if the store can; False if there are
        none. Raises TooLarge."""
        data = self.read(key)
        if data is None:
            return False
        copy_at_most(BytesIO(data), into, most_bytes, f"{key} in {self.url}")
        return True

    def write_file(self, key: str, path: str) -> None:
        """As :meth:`write`, from a file."""
        with open(path, "rb") as file:
            self.write(key, file.read())

    @abstractmethod
    def delete(self, key: str) -> bool:
        """Delete a key; returns whether it existed."""

    @abstractmethod
    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that begin with ``prefix``, in order."""

    def delete_below(self, prefix: str) -> int:
        """Delete every key that begins with ``prefix``; returns how many."""
        return sum(self.delete(key) for key in list(self.keys(prefix)))

    def claim(self, key: str, *, wait: bool) -> Claim | None:
        """Hold a key exclusively among all processes that use this store, where ``can_claim``. Without ``wait``, None if
        another holds it."""
        raise StorageUnavailable(f"The store {self.url} cannot lock keys.", subject=self.url)


def copy_at_most(source: IO[bytes], into: BinaryIO, most_bytes: int, name: str) -> None:
    """Raises TooLarge for more than ``most_bytes``; ``name`` is what is copied."""
    size = 0
    while part := source.read(_PART):
        size += len(part)
        if size > most_bytes:
            raise TooLarge(f"{name} is larger than {most_bytes >> 20} MiB.", subject=name)
        into.write(part)


def checked_key(key: str) -> str:
    """The key unchanged. Raises ValueError if it is empty, absolute or leaves the store."""
    parts = key.split("/")
    if not key or any(part in ("", ".", "..") for part in parts) or "\\" in key or "\x00" in key:
        raise ValueError(f"{key!r} is not a key: give parts joined by '/', none of them empty, '.' or '..'.")
    return key
