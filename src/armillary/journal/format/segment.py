"""One file of a lane: its name, its creation under a lock, its number of frames.

``<journal-id>.jnl``, then ``<journal-id>.1.jnl``, ``.2.jnl`` … for states; ``<journal-id>.log.jnl``,
``<journal-id>.log.1.jnl`` … for logs. A segment is created as ``.tmp`` and renamed only when it is locked and has its
header, so a segment under its name always has both.

An owner that dies while creating one leaves the ``.tmp``, which has no recorded event yet. Cleanup of the folder
removes the unlocked ones, and holds the lock while it does. Between creating and locking there is an instant in which a
living owner looks like a dead one: so once it has the lock an owner checks that its file still exists, and creates another if not.
Neither depends on the age of a file.

On a full disk no byte can be written to record that events wait in memory, but the file's mode can: that takes no space. While
events wait in memory a segment is executable by its owner, so that a reader that finds the owner dead knows that events are missing.
"""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import suppress
from errno import ENOSPC

from armillary.journal.descriptors import out_of_the_way
from armillary.journal.format.events import LOG_LANE
from armillary.journal.format.frames import MAX_BODY_BYTES, PREFIX_BYTES, frame_end, unpack, unpack_prefix

_UNBORN = ".jnl.tmp"
"""Suffix of a segment that is still being created."""

_CHUNK_BYTES = 1 << 20
_MODE = stat.S_IRUSR | stat.S_IWUSR
_EVENTS_WAIT = stat.S_IXUSR


def segment_name(journal_id: str, lane: str, segment: int) -> str:
    """
    >>> segment_name("0190163d", "log", 2)
    '0190163d.log.2.jnl'
    """
    middle = ".log" if lane == LOG_LANE else ""
    number = f".{segment}" if segment else ""
    return f"{journal_id}{middle}{number}.jnl"


def create_segment(path: str, header_frame: bytes, *, durable: bool) -> int:
    """A locked descriptor for appending to a new segment that begins with ``header_frame``. Raises OSError, and then
    leaves nothing behind. ``durable`` makes file and name survive a power cut."""
    if os.path.lexists(path):
        raise FileExistsError(f"{path} exists already")
    temporary = path + ".tmp"
    fd = _unborn(temporary)
    try:
        if os.write(fd, header_frame) != len(header_frame):
            raise OSError(ENOSPC, os.strerror(ENOSPC), temporary)
        if durable:
            os.fsync(fd)
        os.rename(temporary, path)
        if durable:
            sync_folder(os.path.dirname(path))
    except BaseException:
        os.close(fd)
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise
    return out_of_the_way(fd)


def _unborn(temporary: str) -> int:
    """A locked descriptor of a new and empty file."""
    while True:
        fd = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, _MODE)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)  # a sweeper that was faster holds it only until the file is deleted
            if os.fstat(fd).st_nlink:
                return fd
        except BaseException:
            os.close(fd)
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        os.close(fd)


def sweep_unborn(folder: str) -> list[str]:
    """Remove the segments whose owners died while creating them, and return their names. Best effort."""
    swept = []
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        if name.endswith(_UNBORN):
            with suppress(OSError):  # includes FileNotFoundError: it has just been renamed
                if _removed_if_dead(os.path.join(folder, name)):
                    swept.append(name)
    return swept


def _removed_if_dead(path: str) -> bool:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_dead = os.path.samestat(os.fstat(fd), os.stat(path))  # else its owner has created another since
        if is_dead:
            os.unlink(path)
        return is_dead
    finally:
        os.close(fd)


def mark_waiting(file: int, waiting: bool) -> None:
    """Note on a segment whether events for it wait in memory."""
    with suppress(OSError):  # a file system without modes, or a descriptor that was taken away
        os.fchmod(file, _MODE | _EVENTS_WAIT if waiting else _MODE)


def events_waited(path: str) -> bool:
    """Whether events for this segment waited in memory at the owner's last write; those of a dead owner are lost."""
    try:
        return bool(os.stat(path).st_mode & _EVENTS_WAIT)
    except OSError:
        return False


def sync_folder(folder: str) -> None:
    """Makes names in ``folder`` survive a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def count_frames(file: int) -> int:
    """How many frames a segment has, by their lengths alone; an incomplete rest counts as one, as for a reader."""
    size = os.fstat(file).st_size
    frames = at = chunk_start = 0
    chunk = b""
    while at < size:
        frames += 1
        if at + PREFIX_BYTES > chunk_start + len(chunk):
            chunk_start, chunk = at, os.pread(file, _CHUNK_BYTES, at)
        if at + PREFIX_BYTES > size:
            break
        length = unpack_prefix(chunk, at - chunk_start)[0]
        if not 0 < length <= MAX_BODY_BYTES:
            break
        at += PREFIX_BYTES + length
    return frames


def sound_end(file: int, start: int, size: int) -> int:
    """The end of the last frame in the unbroken sequence of valid frames from ``start``."""
    at = start
    want = _CHUNK_BYTES
    while at < size:
        chunk = os.pread(file, min(want, size - at), at)
        end = max((stop for _, stop in unpack(chunk)), default=0)
        if not end and len(chunk) >= size - at:
            break
        want = _CHUNK_BYTES if end else want * 2
        at += end
    return at


def without_pieces(tail: bytes, pieces: list[bytes]) -> bytes | None:
    """The whole frames of ``tail`` without the torn ``pieces`` between them; None if there is anything else.

    >>> from armillary.journal.format.frames import pack
    >>> without_pieces(pack(b"lost")[:9] + pack(b"kept"), [pack(b"lost")[:9]]) == pack(b"kept")
    True
    """
    left = sorted(pieces, key=len, reverse=True)
    frames = []
    at = 0
    while at < len(tail):
        end = frame_end(tail, at)
        if end > 0:
            frames.append(tail[at:end])
            at = end
            continue
        piece = next((piece for piece in left if tail.startswith(piece, at)), None)
        if piece is None:
            return None
        left.remove(piece)
        at += len(piece)
    return b"".join(frames)
