"""A store in a folder of this machine."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from shutil import copyfileobj
from tempfile import mkstemp
from typing import BinaryIO

from armillary.core.errors import StorageUnavailable
from armillary.home_folder import make_private
from armillary.stores.store import Claim, Store, checked_key, copy_at_most

_LOCKS = ".locks"
_PARTIAL = ".partial-"


class LocalStore(Store):
    """One file per key below ``folder``, readable by its owner only. Writes appear whole, by renaming."""

    can_claim = True

    def __init__(self, folder: str) -> None:
        self.folder = os.path.abspath(os.path.expanduser(folder))
        self.url = self.folder

    def read(self, key: str) -> bytes | None:
        try:
            with open(self._path(key), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as problem:
            raise self._unavailable("read", problem) from problem

    def read_file(self, key: str, into: BinaryIO, most_bytes: int) -> bool:
        try:
            with open(self._path(key), "rb") as file:
                copy_at_most(file, into, most_bytes, f"{key} in {self.url}")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return False
        except OSError as problem:
            raise self._unavailable("read", problem) from problem
        return True

    def write(self, key: str, data: bytes) -> None:
        self._write(key, lambda file: file.write(data))

    def write_file(self, key: str, path: str) -> None:
        with open(path, "rb") as source:
            self._write(key, lambda file: copyfileobj(source, file))

    def _write(self, key: str, fill: Callable[[BinaryIO], object]) -> None:
        path = self._path(key)
        folder = os.path.dirname(path)
        partial = ""
        try:
            make_private(folder)
            descriptor, partial = mkstemp(prefix=_PARTIAL, dir=folder)
            with os.fdopen(descriptor, "wb") as file:
                fill(file)
            os.replace(partial, path)
        except OSError as problem:
            if partial:
                _remove(partial)
            raise self._unavailable("write to", problem) from problem

    def delete(self, key: str) -> bool:
        try:
            return _remove(self._path(key))
        except OSError as problem:
            raise self._unavailable("delete from", problem) from problem

    def keys(self, prefix: str = "") -> Iterator[str]:
        start = os.path.join(self.folder, os.path.dirname(prefix)) if prefix else self.folder
        for folder, folders, files in os.walk(start):
            folders[:] = sorted(name for name in folders if name != _LOCKS)
            below = os.path.relpath(folder, self.folder)
            for name in sorted(files):
                key = name if below == "." else f"{below}/{name}"
                if key.startswith(prefix) and not name.startswith(_PARTIAL):
                    yield key

    def delete_below(self, prefix: str) -> int:
        count = super().delete_below(prefix)
        if prefix.endswith("/"):
            self._remove_empty_folders(os.path.join(self.folder, prefix))
        return count

    def claim(self, key: str, *, wait: bool) -> Claim | None:
        """An exclusive ``flock``: the kernel gives it up when its holder dies, so no claim outlives its process."""
        path = os.path.join(self.folder, _LOCKS, checked_key(key).replace("/", "_"))
        try:
            make_private(os.path.dirname(path))
            while True:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(descriptor)
                    return None
                if _is_same_file(descriptor, path):
                    return _FileClaim(descriptor, path)
                os.close(descriptor)  # its holder removed the file on release: take the new one
        except OSError as problem:
            raise self._unavailable("lock a key of", problem) from problem

    def _path(self, key: str) -> str:
        return os.path.join(self.folder, checked_key(key))

    def _remove_empty_folders(self, top: str) -> None:
        for folder, _, _ in os.walk(top, topdown=False):
            try:
                os.rmdir(folder)
            except OSError:
                continue

    def _unavailable(self, what: str, problem: OSError) -> StorageUnavailable:
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        return StorageUnavailable(
            f"Cannot {what} the store {self.folder}: {problem.strerror or problem}.",
            subject=self.folder,
            advice="Free some space there."
            if full
            else "Make it writable, or set ARMILLARY_RESULTS_STORAGE to one that is.",
        )


class _FileClaim:
    def __init__(self, descriptor: int, path: str) -> None:
        self._descriptor = descriptor
        self._path = path

    def release(self) -> None:
        _remove(self._path)
        os.close(self._descriptor)


def _is_same_file(descriptor: int, path: str) -> bool:
    try:
        ours, there = os.fstat(descriptor), os.stat(path)
    except FileNotFoundError:
        return False
    return (ours.st_dev, ours.st_ino) == (there.st_dev, there.st_ino)


def _remove(path: str) -> bool:
    try:
        os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True
