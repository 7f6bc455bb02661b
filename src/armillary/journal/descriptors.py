"""The descriptor of a segment, and what may happen to it while its owner lives.

User code runs in the owner's process. A library that daemonizes closes every descriptor it does not know, by number; the
journal's is moved out of the way of those that close the first few hundred. One that is still closed loses the lock, and
its number may be reused for another file. And a journal that is being written may be deleted.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import NamedTuple

_FIRST_NUMBER = 960
"""Below 1,024, the default limit of a process, and above the numbers commonly closed."""
_CHUNK_BYTES = 1 << 20


class FileIdentity(NamedTuple):
    device: int
    inode: int


def out_of_the_way(descriptor: int) -> int:
    """The same open file under a high number; unchanged if none is free."""
    try:
        high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _FIRST_NUMBER)
    except OSError:
        return descriptor
    os.close(descriptor)
    return high


def identity_of(descriptor: int) -> FileIdentity:
    found = os.fstat(descriptor)
    return FileIdentity(found.st_dev, found.st_ino)


def is_open(descriptor: int, identity: FileIdentity) -> bool:
    """Whether the descriptor still refers to that file."""
    try:
        return identity_of(descriptor) == identity
    except OSError:
        return False


def is_deleted(descriptor: int) -> bool:
    return os.fstat(descriptor).st_nlink == 0


def reopened(path: str, identity: FileIdentity) -> int:
    """A locked descriptor of the file, for appending. Raises OSError; FileNotFoundError when another file is there."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if identity_of(descriptor) != identity:
            raise FileNotFoundError(path)
    except BaseException:
        os.close(descriptor)
        raise
    return out_of_the_way(descriptor)


def written_anew(path: str, descriptor: int, *, durable: bool) -> int:
    """A locked descriptor of a new file with the content of the deleted one, under its name. Raises OSError, and then leaves nothing
    behind."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    temporary = path + ".tmp"
    new = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(new, fcntl.LOCK_EX)
        position = 0
        while chunk := os.pread(descriptor, _CHUNK_BYTES, position):
            position += os.write(new, chunk)
        if durable:
            os.fsync(new)
        if os.path.lexists(path):
            raise FileExistsError(f"{path} exists already")
        os.rename(temporary, path)
    except BaseException:
        os.close(new)
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    return out_of_the_way(new)
