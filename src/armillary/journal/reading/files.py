"""The journals in a folder, and the frames in their segments, for readers other than the owner."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from dataclasses import dataclass, field

from armillary.journal.format.damaged import Damaged
from armillary.journal.format.events import LOG_LANE, STATE_LANE
from armillary.journal.format.frames import (
    MAX_BODY_BYTES,
    PREFIX_BYTES,
    frame_end,
    unpack_prefix,
)
from armillary.journal.format.segment import events_waited

_NAME = re.compile(r"([0-9a-f-]{36})(\.log)?(?:\.(\d+))?\.jnl").fullmatch
_CHUNK_BYTES = 1 << 20
_BEGINNING_BYTES = 1 << 13
KEPT_OF_DAMAGE_BYTES = 1 << 16

Frame = bytes | Damaged


@dataclass(slots=True)
class JournalFiles:
    """``segments`` are paths by lane and segment number."""

    journal_id: str
    folder: str
    segments: dict[str, dict[int, str]] = field(default_factory=lambda: {STATE_LANE: {}, LOG_LANE: {}})

    def last(self, lane: str) -> int:
        return max(self.segments[lane], default=-1)

    def events_waited(self) -> bool:
        """Whether state events waited in the owner's memory at its last write; those of a dead owner are lost."""
        newest = self.segments[STATE_LANE].get(self.last(STATE_LANE))
        return newest is not None and events_waited(newest)

    @property
    def command_path(self) -> str:
        return os.path.join(self.folder, self.journal_id + ".cmd")


def journals_in(folder: str, journal_id: str | None = None) -> list[JournalFiles]:
    """The journals of a folder in order of creation, or only the requested one. A missing folder has none."""
    found: dict[str, dict[str, dict[int, str]]] = defaultdict(lambda: {STATE_LANE: {}, LOG_LANE: {}})
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    for name in names:
        parts = _NAME(name)
        if parts is not None and journal_id in (None, parts[1]):
            lane = LOG_LANE if parts[2] else STATE_LANE
            found[parts[1]][lane][int(parts[3] or 0)] = os.path.join(folder, name)
    return [JournalFiles(each, folder, found[each]) for each in sorted(found)]


@dataclass(slots=True)
class Read:
    """``position`` is after the last frame. ``at_end``: nothing is left to read, now or, in a finished segment, ever.
    ``lost_track``: lengths could not be followed to the end, so the last frame represents everything after it."""

    frames: list[Frame]
    position: int
    at_end: bool
    lost_track: bool = False


def read_segment(path: str, position: int, most_frames: int, most_bytes: int, *, finished: bool, last: bool) -> Read:
    """Frames from a byte position on, up to about ``most_frames`` or ``most_bytes``.

    While the owner may still write (``finished`` false) reading ends before the first invalid frame: it may be
    half written, and the owner repairs it. In a finished segment an invalid frame is returned as a Damaged; a torn tail of
    the ``last`` one was never acknowledged, so it is left out.
    """
    frames: list[Frame] = []
    start = position
    lost_track = False
    with open(path, "rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        while position < size and len(frames) < most_frames and position - start < most_bytes:
            chunk = os.pread(file.fileno(), _CHUNK_BYTES, position)
            length = unpack_prefix(chunk, 0)[0] if len(chunk) >= PREFIX_BYTES else 0
            if len(chunk) < PREFIX_BYTES + length <= PREFIX_BYTES + MAX_BODY_BYTES:
                chunk = os.pread(file.fileno(), PREFIX_BYTES + length, position)
            offset = 0
            while len(frames) < most_frames and (end := frame_end(chunk, offset)) > 0:
                frames.append(chunk[offset + PREFIX_BYTES : end])
                offset = end
            position += offset
            if offset:
                continue
            if not finished:
                return Read(frames, position, True)
            damage, position = _damage(chunk, position, size, last)
            if damage is not None:
                frames.append(damage)
                lost_track = position == size and "length" in damage.reason
    return Read(frames, position, position >= size, lost_track)


def first_frame(path: str) -> bytes | None:
    """The body of a segment's first frame, if it is valid. Headers are far smaller than the bytes read."""
    with open(path, "rb", buffering=0) as file:
        beginning = file.read(_BEGINNING_BYTES)
    end = frame_end(beginning, 0)
    return beginning[PREFIX_BYTES:end] if end > 0 else None


def _damage(chunk: bytes, position: int, size: int, last: bool) -> tuple[Damaged | None, int]:
    """The damage at ``position`` of a finished segment, and where the next frame begins."""
    rest = size - position
    length = unpack_prefix(chunk, 0)[0] if rest >= PREFIX_BYTES else 0
    if rest < PREFIX_BYTES or (0 < length <= MAX_BODY_BYTES and PREFIX_BYTES + length > rest):
        torn = None if last else Damaged(chunk[:KEPT_OF_DAMAGE_BYTES], f"{rest} bytes of a frame cut short")
        return torn, size
    if not 0 < length <= MAX_BODY_BYTES:
        reason = f"a length no frame has; the {rest} bytes from there on cannot be read"
        return Damaged(chunk[:KEPT_OF_DAMAGE_BYTES], reason), size
    end = PREFIX_BYTES + length
    return Damaged(chunk[:end], "its checksum is wrong"), position + end
