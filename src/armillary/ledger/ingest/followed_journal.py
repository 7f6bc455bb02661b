"""One journal on its way into the ledger: its files, its header, and how far each lane has been read."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass

from armillary.home_folder import make_private
from armillary.journal.format.events import LOG_LANE, STATE_LANE, Header
from armillary.journal.reading.files import JournalFiles

LANES = (STATE_LANE, LOG_LANE)
DAMAGED_FOLDER = "damaged"


@dataclass(slots=True)
class Place:
    """Where a lane's reading stands: the next frame's ordinal, and where in which segment it begins."""

    ordinal: int = 0
    segment: int = -1
    position: int = 0
    closed: bool = False


@dataclass(slots=True)
class FollowedJournal:
    files: JournalFiles
    header: Header
    places: dict[str, Place]
    dead: bool = False
    failed: bool = False
    lost_track: bool = False
    said_lost: bool = False

    @property
    def is_over(self) -> bool:
        """Nothing will come any more, and all there is has been read."""
        return not self.failed and (self.dead or self.places[STATE_LANE].closed)

    def lost_events(self) -> bool:
        """Whether the owner died while events waited in its memory. Said once."""
        if not self.dead or self.said_lost or not self.files.events_waited():
            return False
        self.said_lost = True
        return True

    def unread_bytes(self) -> int:
        total = 0
        for lane in LANES:
            place = self.places[lane]
            for number, path in self.files.segments[lane].items():
                if number >= place.segment and os.path.exists(path):
                    total += os.path.getsize(path) - (place.position if number == place.segment else 0)
        return max(0, total)

    def finished_files(self) -> list[str]:
        """What has been ingested and will not grow: all of a journal that is over, logs first; else the segments it has
        left."""
        return [
            path
            for lane in (LOG_LANE, STATE_LANE)
            for number, path in sorted(self.files.segments[lane].items())
            if self.is_over or number < self.places[lane].segment
        ]

    def let_go(self) -> None:
        """Delete the finished files; those of a journal that could not be read to its end are set aside instead."""
        for path in self.finished_files():
            with suppress(FileNotFoundError):  # another reader was faster
                if self.lost_track:
                    folder = os.path.join(self.files.folder, DAMAGED_FOLDER)
                    make_private(folder)
                    os.rename(path, os.path.join(folder, os.path.basename(path)))
                else:
                    os.unlink(path)
        if self.is_over:
            with suppress(FileNotFoundError):
                os.unlink(self.files.command_path)
