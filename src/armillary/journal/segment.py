"""One file of a lane: its name, its birth under a lock, its frames counted.

``<journal-id>.jnl``, then ``<journal-id>.1.jnl``, ``.2.jnl`` … for states; ``<journal-id>.log.jnl``,
``<journal-id>.log.1.jnl`` … for logs. A segment is made as ``.tmp`` and gets its name only when it is locked and holds its
header, so whoever finds the name finds both.
"""

from __future__ import annotations

import fcntl
import os
from errno import ENOSPC

from armillary.journal.events import LOG_LANE
from armillary.journal.frames import MAX_BODY_BYTES, PREFIX_BYTES, frame_end, unpack, unpack_prefix

UNBORN = ".jnl.tmp"
"""How the name of a segment ends that is still being made."""

_CHUNK_BYTES = 1 << 20


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
    fd = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
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
    return fd


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

    >>> from armillary.journal.frames import pack
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
