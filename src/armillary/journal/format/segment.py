"""One file of a lane: its name, its birth under a lock, its frames counted.

``<journal-id>.jnl``, then ``<journal-id>.1.jnl``, ``.2.jnl`` … for states; ``<journal-id>.log.jnl``,
``<journal-id>.log.1.jnl`` … for logs. A segment is made as ``.tmp`` and gets its name only when it is locked and holds its
header, so whoever finds the name finds both.

An owner that dies while making one leaves the ``.tmp``, with nothing in it that was ever said. Whoever looks after the folder
removes those that nobody has locked, and holds the lock while it does. Between making and locking there is an instant in which an
owner that lives looks like a dead one: so an owner that has its lock sees whether its file is still there, and makes another if not.
Neither needs to know how old a file is.

On a full disk a file cannot say that its owner goes on in memory, but its mode can: that takes no space. While events wait in
memory a segment is executable by its owner, so that whoever finds the owner dead knows that something is missing.
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
"""How the name of a segment ends that is still being made."""

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
            fcntl.flock(fd, fcntl.LOCK_EX)  # a sweeper that came first holds it only until the file is gone
            if os.fstat(fd).st_nlink:
                return fd
        except BaseException:
            os.close(fd)
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        os.close(fd)


def sweep_unborn(folder: str) -> list[str]:
    """Remove the segments whose owners died while making them, and tell which. What cannot be removed is in nobody's way."""
    swept = []
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        if name.endswith(_UNBORN):
            with suppress(OSError):  # among them FileNotFoundError: it has just been born
                if _removed_if_dead(os.path.join(folder, name)):
                    swept.append(name)
    return swept


def _removed_if_dead(path: str) -> bool:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_dead = os.path.samestat(os.fstat(fd), os.stat(path))  # else its owner has made another since
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
    """Whether events for this segment waited in memory when its owner was last heard of; of a dead owner they are lost."""
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
    """How many frames a segment holds, by their lengths alone; a rest that is no frame counts as one, as for a reader."""
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
    """The end of the last sound frame in the unbroken row of them that begins at ``start``."""
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
    """The whole frames of ``tail`` without the torn ``pieces`` between them; None when something else is there too.

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
