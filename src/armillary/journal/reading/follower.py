"""Following the journals of a folder: which there are, what changed, whose owners live, and when one is over.

Any number of followers may read the same folder at once, in any number of processes; reading takes no lock. A dead owner writes
nothing more, so death is established *before* the last frames are read: the folder is listed again after an owner was found
dead, and an owner whose lane has gone to its next segment meanwhile was not dead at all.

A follower finds journals, and their frames portion by portion. Where the frames go, and when they are safe there, is decided by
its callers: a ledger puts portions into transactions, a carrier puts them into requests.
"""

from __future__ import annotations

from collections.abc import Callable

from armillary.core.errors import ArmillaryError, JournalUnreadable
from armillary.journal.format.events import STATE_LANE, Header
from armillary.journal.format.segment import sweep_unborn
from armillary.journal.reading.files import JournalFiles, journals_in
from armillary.journal.reading.folder_sizes import FolderSizes
from armillary.journal.reading.followed_journal import FollowedJournal
from armillary.journal.reading.headers import header_of
from armillary.journal.reading.owner import Owner, owner_of


class Follower:
    """``look()`` brings ``journals`` up to date, by journal id: those that are to be read now. One thread calls it; others may copy
    ``journals``.

    ``wanted``, given a journal's id and header, says whether it is for this reader; it may raise an ArmillaryError that says what is wrong. With
    ``leave_living`` the journals of other processes are left alone until their owners are dead, and this process's own are not
    examined: it lives. ``problems`` are those of the last look.
    """

    def __init__(
        self,
        folder: str,
        *,
        most_frames: int,
        most_bytes: int,
        wanted: Callable[[str, Header], bool] = lambda _journal_id, _header: True,
        leave_living: bool = False,
    ) -> None:
        self.folder = folder
        self.journals: dict[str, FollowedJournal] = {}
        self.problems: list[ArmillaryError] = []
        self.sizes = FolderSizes(folder)
        self._most = (most_frames, most_bytes)
        self._wanted = wanted
        self._leave_living = leave_living

    def look(self) -> None:
        """List the folder, read the headers of journals that are new, and ask whether their owners live."""
        self.problems = []
        sweep_unborn(self.folder)
        examined = [journal for files in journals_in(self.folder) if (journal := self._examined(files)) is not None]
        died = [journal for journal in examined if journal.dead and not journal.death_confirmed]
        gone = _confirm_deaths(self.folder, died) if died else set()
        self.journals = {
            journal.journal_id: journal
            for journal in examined
            if journal.journal_id not in gone and not (self._leave_living and self._may_live_elsewhere(journal))
        }

    def has_more_files(self, journal: FollowedJournal) -> bool:
        """Whether a lane or segment of a journal that is over began after the folder was listed; it is to be read, too."""
        for files in journals_in(self.folder, journal.journal_id):
            known, journal.files = journal.files, files
            return any(files.segments[lane].keys() - known.segments[lane].keys() for lane in files.segments)
        return False

    def forget(self, journal: FollowedJournal) -> None:
        """Its files are gone."""
        self.journals.pop(journal.journal_id, None)

    def _examined(self, files: JournalFiles) -> FollowedJournal | None:
        """None when the journal is not for this reader, cannot be read, or is gone."""
        known = self.journals.get(files.journal_id)
        try:
            journal = known or self._opened(files)
            if journal is None:
                return None
            journal.files = files
            if not journal.dead and not (self._leave_living and journal.owned_here):
                newest = files.segments[STATE_LANE].get(files.last(STATE_LANE))
                journal.dead = newest is not None and owner_of(journal.header, newest) is Owner.DEAD
            return journal
        except FileNotFoundError:
            return None
        except ArmillaryError as problem:
            self.problems.append(problem)
        except OSError as problem:
            self.problems.append(unreadable(files.journal_id, problem))
        return None

    @staticmethod
    def _may_live_elsewhere(journal: FollowedJournal) -> bool:
        return not (journal.owned_here or journal.dead)

    def _opened(self, files: JournalFiles) -> FollowedJournal | None:
        header = header_of(files)
        if header is None:
            raise JournalUnreadable(
                f"Journal {files.journal_id} has no readable header, so its run is unknown.",
                subject=files.journal_id,
                advice=f"It stays in {files.folder}; move it away once you have looked at it.",
            )
        return FollowedJournal(files, header, *self._most) if self._wanted(files.journal_id, header) else None


def unreadable(journal_id: str, problem: OSError) -> JournalUnreadable:
    return JournalUnreadable(f"Journal {journal_id} cannot be read: {problem.strerror}.", subject=journal_id)


def _confirm_deaths(folder: str, died: list[FollowedJournal]) -> set[str]:
    """Of a dead owner, what is listed after it was examined is all there will be. Returns the journals that are gone: another
    reader was faster."""
    listed = {files.journal_id: files for files in journals_in(folder)}
    for journal in died:
        now = listed.get(journal.journal_id)
        if now is not None:
            # An owner that went to its next segment while the one before was examined is not known to be dead.
            journal.dead = journal.death_confirmed = now.last(STATE_LANE) == journal.files.last(STATE_LANE)
            journal.files = now
    return {journal.journal_id for journal in died} - listed.keys()
