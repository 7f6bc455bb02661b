"""A store behind any URL that fsspec supports: ``s3://bucket/results``, ``gs://…``, ``abfs://…``, ``file:///…``."""

from __future__ import annotations

from collections.abc import Iterator
from shutil import copyfileobj
from typing import Any, BinaryIO

import fsspec

from armillary.core.errors import StorageUnavailable, TooLarge
from armillary.stores.store import Store, checked_key, copy_at_most

_OBJECTS = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl"})
"""File systems that write whole objects and have no folders; creating a folder would create a bucket."""


class FsspecStore(Store):
    """Keys below a URL. Object stores write whole objects; on file systems a write is a file moved into place.

    It cannot lock keys: two runs with one cache key may both compute there.
    """

    def __init__(self, url: str, **options: Any) -> None:
        self.url = url.rstrip("/")
        try:
            self._files, self._root = fsspec.core.url_to_fs(self.url, **options)
        except Exception as problem:  # each file system rejects options in its own way
            raise StorageUnavailable(
                f"The store {self.url} cannot be opened: {problem}.",
                subject=self.url,
                advice="Install the fsspec package for that kind of store, for example s3fs for s3://.",
            ) from problem

        protocol = self._files.protocol
        self._has_objects = bool(_OBJECTS & {protocol, *(() if isinstance(protocol, str) else protocol)})

    def read(self, key: str) -> bytes | None:
        path = self._path(key)
        try:
            return self._files.cat_file(path)  # type: ignore[no-any-return]
        except FileNotFoundError:
            return None
        except Exception as problem:
            raise self._unavailable("read", problem) from problem

    def read_file(self, key: str, into: BinaryIO, most_bytes: int) -> bool:
        path = self._path(key)
        try:
            with self._files.open(path, "rb") as file:
                copy_at_most(file, into, most_bytes, f"{key} in {self.url}")
        except FileNotFoundError:
            return False
        except TooLarge:
            raise
        except Exception as problem:
            raise self._unavailable("read", problem) from problem
        return True

    def write_file(self, key: str, path: str) -> None:
        to = self._path(key)
        try:
            if self._has_objects:
                self._files.put_file(path, to)
                return
            with self._files.transaction:
                self._files.makedirs(to.rpartition("/")[0], exist_ok=True)
                with open(path, "rb") as source, self._files.open(to, "wb") as file:
                    copyfileobj(source, file)
        except Exception as problem:
            raise self._unavailable("write to", problem) from problem

    def write(self, key: str, data: bytes) -> None:
        path = self._path(key)
        try:
            if self._has_objects:
                self._files.pipe_file(path, data)
                return
            with self._files.transaction:
                parent = path.rpartition("/")[0]
                self._files.makedirs(parent, exist_ok=True)
                with self._files.open(path, "wb") as file:
                    file.write(data)
        except Exception as problem:
            raise self._unavailable("write to", problem) from problem

    def delete(self, key: str) -> bool:
        path = self._path(key)
        try:
            if not self._files.exists(path):
                return False
            self._files.rm_file(path)
        except FileNotFoundError:
            return False
        except Exception as problem:
            raise self._unavailable("delete from", problem) from problem
        return True

    def keys(self, prefix: str = "") -> Iterator[str]:
        root = self._root.rstrip("/") + "/"
        try:
            below = prefix.rpartition("/")[0]
            found = self._files.find(root + below if below else self._root)
        except FileNotFoundError:
            found = []
        except Exception as problem:
            raise self._unavailable("list", problem) from problem
        keys = (path.removeprefix(root) for path in sorted(found))
        return (key for key in keys if key.startswith(prefix))

    def _path(self, key: str) -> str:
        return f"{self._root.rstrip('/')}/{checked_key(key)}"

    def _unavailable(self, what: str, problem: Exception) -> StorageUnavailable:
        return StorageUnavailable(
            f"Cannot {what} the store {self.url}: {problem}.",
            subject=self.url,
            advice="Check that it exists and that this process has credentials for it.",
        )
