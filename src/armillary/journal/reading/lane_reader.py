"""One lane of a journal, read portion by portion, over all its segments."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import NamedTuple

from armillary.journal.format.damaged import Damaged
from armillary.journal.reading.files import Frame, JournalFiles, read_segment
from armillary.journal.reading.headers import first_ordinal

_WHOLE_SEGMENT_BYTES = 1 << 30


class Place(NamedTuple):
    """Where reading stands: the ordinal of the next frame, and the segment and byte at which it begins."""

    ordinal: int
    segment: int
    position: int


class Portion(NamedTuple):
    """Frames of one lane that were read together. ``end`` is the place behind them. ``at_end``: the lane holds nothing more now.
    ``read_bytes`` is how far reading has come in the files."""

    lane: str
    first_ordinal: int
    frames: list[Frame]
    end: Place
    at_end: bool
    read_bytes: int


class LaneReader:
    """``read()`` does not move the reader: set ``place`` to the portion's ``end``, or ``seek()`` the frame that the recipient wants
    next. ``place`` is None until the first portion, or a recipient that already has some, says where to begin."""

    __slots__ = ("_last_end", "_most_bytes", "_most_frames", "closed", "lane", "lost_track", "place")

    def __init__(self, lane: str, most_frames: int, most_bytes: int) -> None:
        self.lane = lane
        self.place: Place | None = None
        self.closed = False
        """Whether the recipient has seen the owner's last frame."""
        self.lost_track = False
        """Whether lengths could not be followed, so that part of a segment could not be read."""
        self._last_end: Place | None = None
        self._most_frames = most_frames
        self._most_bytes = most_bytes

    def read(self, files: JournalFiles, *, dead: bool) -> Portion:
        """The frames from ``place`` on, from one segment. A missing segment counts as one damaged frame. Raises FileNotFoundError
        when the files were deleted meanwhile, and other OSErrors."""
        self.place = self.place or self._beginning(files)
        portion = self._portion_at(files, self.place, self._most_frames, self._most_bytes, dead=dead)
        self._last_end = portion.end
        return portion

    def seek(self, files: JournalFiles, ordinal: int, *, dead: bool) -> None:
        """Continue with the frame of that ordinal, forwards or backwards, as near as the files allow."""
        if self._last_end is not None and self._last_end.ordinal == ordinal:
            self.place = self._last_end
            return
        place = self.place or self._beginning(files)
        if ordinal < place.ordinal:
            place = self._beginning(files)
        while place.ordinal < ordinal:
            newer = files.segments[self.lane].get(place.segment + 1)
            begins = 0 if newer is None else first_ordinal(newer)
            if place.ordinal < begins <= ordinal:
                place = Place(begins, place.segment + 1, 0)
                continue
            portion = self._portion_at(files, place, ordinal - place.ordinal, _WHOLE_SEGMENT_BYTES, dead=dead)
            place = portion.end
            if not portion.frames:
                break
        self.place = place

    def unread_bytes(self, files: JournalFiles) -> int:
        """About how much ``read()`` has yet to return."""
        _, segment, position = self.place or self._beginning(files)
        total = 0
        for number, path in files.segments[self.lane].items():
            if number >= segment:
                with suppress(FileNotFoundError):
                    total += os.path.getsize(path) - (position if number == segment else 0)
        return max(0, total)

    def _beginning(self, files: JournalFiles) -> Place:
        """The oldest segment: those before it were deleted once a ledger had them."""
        segments = files.segments[self.lane]
        oldest = min(segments, default=0)
        return Place(first_ordinal(segments[oldest]) if oldest else 0, oldest, 0)

    def _portion_at(
        self, files: JournalFiles, start: Place, most_frames: int, most_bytes: int, *, dead: bool
    ) -> Portion:
        segments, newest = files.segments[self.lane], files.last(self.lane)
        ordinal, segment, position = start
        read_bytes = 0
        while segment <= newest:
            path = segments.get(segment)
            if path is None:
                found = min(number for number in segments if number > segment)
                if first_ordinal(segments[found]) == ordinal:  # read to its end when it was the newest, then deleted
                    segment, position = found, 0
                    continue
                missing = Damaged(b"", f"segment {segment} of the {self.lane} lane is missing")
                end = Place(ordinal + 1, found, 0)
                return Portion(self.lane, ordinal, [missing], end, at_end=False, read_bytes=read_bytes)
            last = segment == newest
            read = read_segment(path, position, most_frames, most_bytes, finished=dead or not last, last=last)
            self.lost_track |= read.lost_track
            read_bytes += max(0, read.position - position)
            position = read.position
            if read.at_end and not last:
                segment, position = segment + 1, 0
            at_end = read.at_end and last
            if read.frames or at_end:
                end = Place(ordinal + len(read.frames), segment, position)
                return Portion(self.lane, ordinal, read.frames, end, at_end, read_bytes)
        return Portion(self.lane, ordinal, [], Place(ordinal, segment, position), at_end=True, read_bytes=read_bytes)
