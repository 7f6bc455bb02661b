"""A lane of a journal, read frame by frame from the place a server wants next."""

from __future__ import annotations

from armillary.journal.format.damaged import Damaged
from armillary.journal.reading.files import JournalFiles, read_segment
from armillary.journal.reading.headers import first_ordinal

FRAMES_AT_ONCE = 2_000
_BYTES_AT_ONCE = 2 << 20


class LaneReader:
    """``ordinal`` is the next frame's. What is read is remembered only once the server has it: ``seek`` goes there."""

    def __init__(self, lane: str) -> None:
        self.lane = lane
        self.ordinal = 0
        self.closed = False
        self._segment = 0
        self._position = 0

    def read(self, files: JournalFiles, *, dead: bool) -> tuple[int, list[bytes], bool]:
        """(ordinal of the first frame, frames, whether there is nothing behind them now). Of a damaged frame
        what is left is sent, which the server keeps as what it is: unreadable."""
        segments = files.segments[self.lane]
        newest = files.last(self.lane)
        segment, position = self._segment, self._position
        frames: list[bytes] = []
        while segment <= newest and len(frames) < FRAMES_AT_ONCE:
            if segment not in segments:
                segment, position = segment + 1, 0
                continue
            last = segment == newest
            found = read_segment(
                segments[segment],
                position,
                FRAMES_AT_ONCE - len(frames),
                _BYTES_AT_ONCE,
                finished=dead or not last,
                last=last,
            )
            frames += [each.body if isinstance(each, Damaged) else each for each in found.frames]
            if not found.at_end:
                return self.ordinal, frames, False
            if last:
                return self.ordinal, frames, True
            segment, position = segment + 1, 0
        return self.ordinal, frames, segment > newest

    def seek(self, files: JournalFiles, ordinal: int) -> None:
        """Go on from the frame of that ordinal, forwards or back."""
        segments = files.segments[self.lane]
        if ordinal < self.ordinal:
            self._segment, self._position, self.ordinal = min(segments, default=0), 0, 0
            if self._segment in segments:
                self.ordinal = first_ordinal(segments[self._segment])
        while self.ordinal < ordinal and self._segment <= files.last(self.lane):
            if self._segment not in segments:
                self._segment, self._position = self._segment + 1, 0
                continue
            newer = segments.get(self._segment + 1)
            if newer is not None and first_ordinal(newer) <= ordinal:
                self._segment, self._position, self.ordinal = self._segment + 1, 0, first_ordinal(newer)
                continue
            found = read_segment(
                segments[self._segment], self._position, ordinal - self.ordinal, 1 << 30, finished=True, last=True
            )
            self._position = found.position
            self.ordinal += len(found.frames)
            if not found.frames:
                return
