"""The descriptor of a segment, and what may happen to it while its owner lives.

User code runs in the owner's process. A library that makes a daemon closes every descriptor it does not know, by their numbers; the
journal's is moved out of the way of those that close the first few hundred. One that is closed all the same takes the lock with it, and
its number may be given to another file. And somebody may delete a journal that is being written.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import NamedTuple

_FIRST_NUMBER = 960
"""Below 1,024, which is as many as a process may have by default, and behind what is closed out of habit."""
_CHUNK_BYTES = 1 << 20


class FileIdentity(NamedTuple):
    device: int
    inode: int


def out_of_the_way(descriptor: int) -> int:
    """The same open file under a high number; as it is, where there is none."""
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
    """Whether the descriptor still is of that file."""
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
    """A locked descriptor of a new file with all that the deleted one holds, under its name. Raises OSError, and then leaves nothing
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
