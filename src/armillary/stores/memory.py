"""A store that lives as long as the process."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock

from armillary.stores.store import Claim, Store, checked_key


class MemoryStore(Store):
    """For tests and for results that are not needed after the process."""

    can_claim = True

    def __init__(self, name: str = "") -> None:
        self.url = f"memory:{name}"
        self._blobs: dict[str, bytes] = {}
        self._locks: dict[str, Lock] = {}

    def read(self, key: str) -> bytes | None:
        return self._blobs.get(checked_key(key))

    def write(self, key: str, data: bytes) -> None:
        self._blobs[checked_key(key)] = bytes(data)

    def delete(self, key: str) -> bool:
        return self._blobs.pop(checked_key(key), None) is not None

    def keys(self, prefix: str = "") -> Iterator[str]:
        return iter(sorted(key for key in self._blobs if key.startswith(prefix)))

    def claim(self, key: str, *, wait: bool) -> Claim | None:
        lock = self._locks.setdefault(checked_key(key), Lock())
        return lock if lock.acquire(blocking=wait) else None
