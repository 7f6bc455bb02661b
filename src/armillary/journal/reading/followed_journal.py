"""One journal as a reader follows it: its files, its header, whether its owner lives, and how far each lane has been read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

from armillary.core.errors import ArmillaryError
from armillary.home_folder import make_private
from armillary.journal.command_file import append_command
from armillary.journal.commands import stop
from armillary.journal.format.events import LOG_LANE, STATE_LANE, Header
from armillary.journal.reading.files import JournalFiles
from armillary.journal.reading.lane_reader import LaneReader, Portion
from armillary.journal.reading.owner import is_this_process

LANES = (STATE_LANE, LOG_LANE)
DAMAGED_FOLDER = "damaged"


class FollowedJournal:
    """``dead``: its owner is dead, so nothing will be appended; ``death_confirmed`` once its files were listed after that.
    ``given_up``: this reader cannot carry on with it, and leaves all its files to another."""

    def __init__(self, files: JournalFiles, header: Header, most_frames: int, most_bytes: int) -> None:
        self.files = files
        self.header = header
        self.owned_here = is_this_process(header)
        self.dead = self.death_confirmed = False
        self.given_up = False
        self.lanes = {lane: LaneReader(lane, most_frames, most_bytes) for lane in LANES}
        self._stopped = False

    @property
    def journal_id(self) -> str:
        return self.files.journal_id

    @property
    def is_over(self) -> bool:
        """Nothing more will come, and the recipient has all there is once both lanes are read to their ends."""
        return not self.given_up and self._has_ended

    @property
    def _has_ended(self) -> bool:
        return self.dead or self.lanes[STATE_LANE].closed

    @property
    def lost_events(self) -> bool:
        """Whether the owner died while events waited in its memory for a full disk."""
        return self.dead and self.files.events_waited()

    @property
    def unread_bytes(self) -> int:
        return sum(lane.unread_bytes(self.files) for lane in self.lanes.values())

    def portions(self, lane: str) -> Iterator[Portion]:
        """What a lane holds from its place on, which moves along. The last portion may be empty."""
        reader = self.lanes[lane]
        at_end = False
        while not at_end and not self.given_up:
            portion = reader.read(self.files, dead=self.dead)
            reader.place, at_end = portion.end, portion.at_end
            yield portion

    def next_portions(self) -> list[Portion]:
        """One portion of each lane. No place moves: call ``seek()`` with what the recipient wants next."""
        return [reader.read(self.files, dead=self.dead) for reader in self.lanes.values()]

    def seek(self, lane: str, ordinal: int) -> None:
        """Continue with that frame."""
        self.lanes[lane].seek(self.files, ordinal, dead=self.dead)

    def stop(self, at: int) -> None:
        """Ask the owner to stop, once: its run belongs to another by now. Does nothing for an owner that has ended. Where it cannot be
        written, what the owner records is refused all the same."""
        if self._has_ended or self._stopped:
            return
        with suppress(ArmillaryError, OSError):
            append_command(self.files.folder, self.journal_id, stop(self.header.root_flow_run_id, at))
            self._stopped = True

    def finished_files(self) -> list[str]:
        """Files that have been read and will not grow: all of a journal that is over, logs first; otherwise the segments behind
        its places. Of a journal that was given up nothing: its places may be ahead of what is safe."""
        if self.given_up:
            return []
        return [
            path
            for lane in (LOG_LANE, STATE_LANE)
            for number, path in sorted(self.files.segments[lane].items())
            if self.is_over or number < self._segment(lane)
        ]

    def let_go(self) -> None:
        """Delete the finished files. Those of a journal that could not be read to its end move to the folder ``damaged``."""
        lost_track = any(lane.lost_track for lane in self.lanes.values())
        for path in self.finished_files():
            with suppress(FileNotFoundError):  # another reader was faster
                if lost_track:
                    folder = os.path.join(self.files.folder, DAMAGED_FOLDER)
                    make_private(folder)
                    os.rename(path, os.path.join(folder, os.path.basename(path)))
                else:
                    os.unlink(path)
        if self.is_over:
            with suppress(FileNotFoundError):
                os.unlink(self.files.command_path)

    def _segment(self, lane: str) -> int:
        place = self.lanes[lane].place
        return 0 if place is None else place.segment
