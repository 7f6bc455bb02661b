"""Following a home's journals: who reads the ledger brings it up to date first.

For each journal: see whether its owner lives, read what the cursor has not seen, ingest it, and when the owner is dead or has
closed the journal, settle what it left and let the files go. Frames of many journals share a transaction, up to 5,000 of them.

Any number of processes may do this at once. Reading needs no lock: what two have read, the second finds ingested, by the
cursor. A dead owner writes nothing more, so death is established *before* the last frames are read.

Files are deleted only after a commit that is synced to disk and covers them. What could not be read is never deleted: such
files move to the folder ``damaged``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DataError, IntegrityError

from armillary.clock import now_us
from armillary.core.errors import ArmillaryError, JournalTooNew, JournalUnreadable
from armillary.journal.command_file import append_command
from armillary.journal.commands import stop
from armillary.journal.format.damaged import Damaged
from armillary.journal.format.events import FORMAT_VERSION, STATE_LANE
from armillary.journal.format.segment import sweep_unborn
from armillary.journal.reading.files import (
    Frame,
    JournalFiles,
    journals_in,
    read_segment,
)
from armillary.journal.reading.headers import first_ordinal, header_of
from armillary.journal.reading.owner import Owner, owner_of
from armillary.ledger.database import outbox
from armillary.ledger.database.opening import Ledger
from armillary.ledger.ingest.followed_journal import LANES, FollowedJournal, Place
from armillary.ledger.ingest.frames import FRAMES_AT_ONCE, Answer, ingest
from armillary.ledger.ownership import settling
from armillary.ledger.tables.run_tables import ingest_cursor

_BYTES_AT_ONCE = 16 << 20
_IDS_AT_ONCE = 500


@dataclass(slots=True)
class CaughtUp:
    """What one catching up did. ``crashed`` are the root runs whose owners were found dead with something unfinished;
    ``problems`` the journals that could not be read, which stay where they are."""

    frames: int = 0
    crashed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    problems: list[ArmillaryError] = field(default_factory=list)


@dataclass(slots=True)
class Progress:
    """How far a catching up has come, in bytes of journals."""

    done_bytes: int
    total_bytes: int


@dataclass(slots=True)
class _Portion:
    """Frames of one lane that were read together, and where its reading stands behind them."""

    journal: FollowedJournal
    lane: str
    first_ordinal: int
    frames: list[Frame]
    segment: int
    position: int


def catch_up(
    ledger: Ledger,
    journal_folder: str,
    progress: Callable[[Progress], None] | None = None,
    *,
    clock: Callable[[], int] = lambda: now_us(),
) -> CaughtUp:
    """Ingest what the journals in ``journal_folder`` hold and the ledger does not. Idempotent; safe to run at once with any
    number of others. A journal that cannot be read is reported and in nobody's way. ``clock`` gives UTC microseconds.

    Raises LedgerUnavailable when the database cannot be written; nothing is lost by that.
    """
    return _CatchingUp(ledger, journal_folder, progress, clock).run()


class _CatchingUp:
    def __init__(
        self, ledger: Ledger, folder: str, progress: Callable[[Progress], None] | None, clock: Callable[[], int]
    ) -> None:
        self._ledger = ledger
        self._folder = folder
        self._progress = progress
        self._clock = clock
        self._done = CaughtUp()
        self._progressed = Progress(0, 0)

    def run(self) -> CaughtUp:
        sweep_unborn(self._folder)
        journals = self._opened()
        if not journals:
            return self._done
        self._find_places(journals)
        self._progressed.total_bytes = sum(journal.unread_bytes() for journal in journals)
        waiting: list[_Portion] = []
        for journal in journals:
            for portion in self._portions(journal):
                waiting.append(portion)
                if sum(len(each.frames) for each in waiting) >= FRAMES_AT_ONCE:
                    self._ingest(waiting)
                    waiting = []
        self._ingest(waiting)
        over = [journal for journal in journals if journal.is_over]
        if over:
            self._settle(over)
        self._remove(journals)
        return self._done

    def _opened(self) -> list[FollowedJournal]:
        """The journals that are for us and can be read, with their owners' fates.

        The folder is listed again after the owners were looked at: of a dead one these are all the files there will be.
        """
        looked = [journal for files in journals_in(self._folder) if (journal := self._looked_at(files)) is not None]
        listed = {files.journal_id: files for files in journals_in(self._folder)} if looked else {}
        opened = []
        for journal in looked:
            now = listed.get(journal.files.journal_id)
            if now is None:
                continue  # another reader was faster, and has let it go
            if journal.dead and now.last(STATE_LANE) != journal.files.last(STATE_LANE):
                journal.dead = False  # it went to its next segment while we looked at the one before
            journal.files = now
            opened.append(journal)
        # Of many root runs in a transaction each locks in the same order.
        return sorted(opened, key=lambda journal: (journal.header.root_flow_run_id, journal.files.journal_id))

    def _looked_at(self, files: JournalFiles) -> FollowedJournal | None:
        """None when the journal is not for us, cannot be read, or is gone."""
        name = files.journal_id
        try:
            header = header_of(files)
            if header is None:
                raise JournalUnreadable(
                    f"Journal {name} has no readable header, so nobody knows which run it is of.",
                    subject=name,
                    advice=f"It stays in {files.folder}; move it away once you have looked at it.",
                )
            if header.ledger_id is not None and header.ledger_id != self._ledger.id:
                return None
            if header.format_version > FORMAT_VERSION:
                raise JournalTooNew(
                    f"Journal {name} has format {header.format_version}, written by armillary "
                    f"{header.armillary_version}; this release reads formats up to {FORMAT_VERSION}.",
                    subject=name,
                    advice="Read it with that release or a newer one.",
                )
            newest = files.segments[STATE_LANE].get(files.last(STATE_LANE))
            dead = newest is not None and owner_of(header, newest) is Owner.DEAD
            return FollowedJournal(files, header, {lane: Place() for lane in LANES}, dead)
        except FileNotFoundError:
            return None
        except ArmillaryError as problem:
            self._report(problem)
        except OSError as problem:
            self._report(JournalUnreadable(f"Journal {name} cannot be read: {problem.strerror}.", subject=name))
        return None

    def _find_places(self, journals: list[FollowedJournal]) -> None:
        table = ingest_cursor
        named = {journal.files.journal_id: journal for journal in journals}
        with self._ledger.read() as connection:
            for start in range(0, len(journals), _IDS_AT_ONCE):
                part = [journal.files.journal_id for journal in journals[start : start + _IDS_AT_ONCE]]
                for row in connection.execute(select(table).where(table.c.journal_id.in_(part))).mappings():
                    place = Place(row["next_ordinal"], row["segment"], row["position"], row["closed"])
                    named[row["journal_id"]].places[row["lane"]] = place
        for journal in journals:
            for lane, place in journal.places.items():
                if place.segment < 0:  # never read
                    place.segment = min(journal.files.segments[lane], default=0)
                    if place.segment:
                        place.ordinal = first_ordinal(journal.files.segments[lane][place.segment])

    def _portions(self, journal: FollowedJournal) -> Iterator[_Portion]:
        try:
            for lane in LANES:
                for portion in self._portions_of(journal, lane):
                    yield portion
                    if journal.failed:
                        return
        except FileNotFoundError:
            return  # another reader was faster, and has let the files go
        except OSError as problem:
            name = journal.files.journal_id
            self._fail(journal, JournalUnreadable(f"Journal {name} cannot be read: {problem.strerror}.", subject=name))

    def _portions_of(self, journal: FollowedJournal, lane: str) -> Iterator[_Portion]:
        segments = journal.files.segments[lane]
        newest = journal.files.last(lane)
        place = journal.places[lane]
        while place.segment <= newest:
            path = segments.get(place.segment)
            if path is None:
                found = min(number for number in segments if number > place.segment)
                if (
                    first_ordinal(segments[found]) == place.ordinal
                ):  # read to its end when it was the newest, and let go
                    place.segment, place.position = found, 0
                    continue
                missing = Damaged(b"", f"segment {place.segment} of the {lane} lane is missing")
                yield self._portion(journal, lane, [missing], found, 0)
                continue
            last = place.segment == newest
            read = read_segment(
                path,
                place.position,
                FRAMES_AT_ONCE,
                _BYTES_AT_ONCE,
                finished=journal.dead or not last,
                last=last,
            )
            journal.lost_track |= read.lost_track
            segment, position = place.segment, read.position
            if read.at_end and not last:
                segment, position = segment + 1, 0
            self._progressed.done_bytes += max(0, read.position - place.position)
            if read.frames:
                yield self._portion(journal, lane, read.frames, segment, position)
            else:
                place.segment, place.position = segment, position
            if read.at_end and last:
                if lane == STATE_LANE and journal.lost_events():
                    lost = Damaged(b"", "events that waited in memory for a full disk when their owner died")
                    yield self._portion(journal, lane, [lost], segment, position)
                return

    def _portion(
        self, journal: FollowedJournal, lane: str, frames: list[Frame], segment: int, position: int
    ) -> _Portion:
        place = journal.places[lane]
        portion = _Portion(journal, lane, place.ordinal, frames, segment, position)
        place.ordinal += len(frames)
        place.segment, place.position = segment, position
        return portion

    def _ingest(self, portions: list[_Portion]) -> None:
        """All in one transaction; when one of them cannot be ingested, each in its own, so that it stops no other."""
        portions = [portion for portion in portions if not portion.journal.failed]
        if not portions:
            return
        try:
            with self._ledger.write() as connection:
                answers = [self._ingest_one(connection, portion) for portion in portions]
        except _NotIngested as failure:
            if len(portions) > 1:
                for portion in portions:
                    self._ingest([portion])
                return
            self._fail(failure.journal, failure.problem)
            return
        for portion, answer in zip(portions, answers, strict=True):
            if answer.closed:
                portion.journal.places[portion.lane].closed = True
            if answer.fenced:
                self._stop(portion.journal)
            self._done.frames += len(portion.frames)
        if self._progress is not None:
            self._progress(self._progressed)

    def _ingest_one(self, connection: Connection, portion: _Portion) -> Answer:
        journal = portion.journal
        name = journal.files.journal_id
        try:
            answer = ingest(
                connection,
                name,
                portion.lane,
                portion.first_ordinal,
                portion.frames,
                self._clock(),
                place=(portion.segment, portion.position),
                header=journal.header,
                with_commands=False,
            )
        except ArmillaryError as problem:
            raise _NotIngested(journal, problem) from problem
        except (ValueError, TypeError, OverflowError, LookupError, DataError, IntegrityError) as problem:
            told = JournalUnreadable(
                f"Journal {name} could not be ingested: {type(problem).__name__}: {problem}.",
                subject=name,
                advice="It stays where it is. Please report this with that file.",
            )
            raise _NotIngested(journal, told) from problem
        if answer.missing_from is not None:
            told = JournalUnreadable(
                f"Journal {name} does not hold what comes before its frame {portion.first_ordinal}.", subject=name
            )
            raise _NotIngested(journal, told)
        return answer

    def _stop(self, journal: FollowedJournal) -> None:
        """Tell an owner that lives that the run is another's by now."""
        if journal.is_over:
            return
        root = journal.header.root_flow_run_id
        with suppress(ArmillaryError, OSError):  # what it writes next is refused all the same
            append_command(self._folder, journal.files.journal_id, stop(root, self._clock()))

    def _settle(self, over: list[FollowedJournal]) -> None:
        """Most owners leave nothing unfinished, and that is found out for all of them at once."""
        with self._ledger.read() as connection:
            unfinished = settling.unfinished(connection, [journal.header.root_flow_run_id for journal in over])
        left = [journal for journal in over if journal.header.root_flow_run_id in unfinished]
        if not left:
            return
        with self._ledger.write() as connection:
            for journal in left:
                root, attempt = journal.header.root_flow_run_id, journal.header.attempt
                handed_back = journal.places[STATE_LANE].closed
                if settling.settle(connection, root, attempt, self._clock(), handed_back=handed_back):
                    self._done.crashed.append(root)

    def _remove(self, journals: list[FollowedJournal]) -> None:
        if not any(journal.finished_files() for journal in journals):
            return
        table = ingest_cursor
        with self._ledger.write(synced=True) as connection:
            for start in range(0, len(journals), _IDS_AT_ONCE):
                names = [journal.files.journal_id for journal in journals[start : start + _IDS_AT_ONCE]]
                connection.execute(
                    update(table)
                    .where(table.c.journal_id.in_(names))
                    .values(covered_ordinal=table.c.next_ordinal, updated=self._clock())
                )
            outbox.trim(connection, self._clock())
        for journal in journals:
            journal.let_go()
            if journal.is_over:
                self._done.removed.append(journal.files.journal_id)

    def _fail(self, journal: FollowedJournal, problem: ArmillaryError) -> None:
        journal.failed = True
        self._report(problem)

    def _report(self, problem: ArmillaryError) -> None:
        self._done.problems.append(problem)


class _NotIngested(Exception):
    def __init__(self, journal: FollowedJournal, problem: ArmillaryError) -> None:
        super().__init__(str(problem))
        self.journal = journal
        self.problem = problem
