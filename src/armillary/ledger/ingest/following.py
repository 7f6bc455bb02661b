"""Following a home's journals: readers of the ledger bring it up to date first.

The follower finds the journals and reads their frames; here the portions become transactions, up to 5,000 frames of many
journals in each. When an owner is dead or has closed its journal, what it left unfinished is settled.

Any number of processes may do this at once: what two have read, the second finds ingested, by the cursor. Files are deleted only
after a commit that is synced to disk and covers them. What could not be read is never deleted: such files move to the folder
``damaged``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DataError, IntegrityError

from armillary.clock import now_us
from armillary.core.errors import ArmillaryError, JournalTooNew, JournalUnreadable
from armillary.journal.format.damaged import Damaged
from armillary.journal.format.events import FORMAT_VERSION, STATE_LANE, Header
from armillary.journal.reading.followed_journal import LANES, FollowedJournal
from armillary.journal.reading.follower import Follower, unreadable
from armillary.journal.reading.lane_reader import Place, Portion
from armillary.ledger.database import outbox
from armillary.ledger.database.opening import Ledger
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


class _Ingestible(NamedTuple):
    journal: FollowedJournal
    portion: Portion


def catch_up(
    ledger: Ledger,
    journal_folder: str,
    progress: Callable[[Progress], None] | None = None,
    *,
    clock: Callable[[], int] = now_us,
) -> CaughtUp:
    """Ingest what the journals in ``journal_folder`` hold and the ledger does not. Idempotent; safe to run at once with any
    number of others. A journal that cannot be read is reported and stops no other. ``clock`` gives UTC microseconds.

    Raises LedgerUnavailable when the database cannot be written; nothing is lost by that.
    """
    return _CatchingUp(ledger, journal_folder, progress, clock).run()


class _CatchingUp:
    def __init__(
        self, ledger: Ledger, folder: str, progress: Callable[[Progress], None] | None, clock: Callable[[], int]
    ) -> None:
        self._ledger = ledger
        self._progress = progress
        self._clock = clock
        self._follower = Follower(
            folder, most_frames=FRAMES_AT_ONCE, most_bytes=_BYTES_AT_ONCE, wanted=self._is_for_this_ledger
        )
        self._done = CaughtUp()
        self._progressed = Progress(0, 0)

    def run(self) -> CaughtUp:
        self._follower.look()
        self._done.problems += self._follower.problems
        # Of many root runs in a transaction each locks in the same order.
        journals = sorted(
            self._follower.journals.values(), key=lambda journal: (journal.header.root_flow_run_id, journal.journal_id)
        )
        if not journals:
            return self._done
        self._find_places(journals)
        self._progressed.total_bytes = sum(journal.unread_bytes for journal in journals)
        waiting: list[_Ingestible] = []
        for journal in journals:
            for portion in self._portions(journal):
                waiting.append(_Ingestible(journal, portion))
                if sum(len(each.portion.frames) for each in waiting) >= FRAMES_AT_ONCE:
                    self._ingest(waiting)
                    waiting = []
        self._ingest(waiting)
        over = [journal for journal in journals if journal.is_over]
        if over:
            self._settle(over)
        self._remove(journals)
        return self._done

    def _is_for_this_ledger(self, journal_id: str, header: Header) -> bool:
        if header.ledger_id is not None and header.ledger_id != self._ledger.id:
            return False
        if header.format_version > FORMAT_VERSION:
            raise JournalTooNew(
                f"Journal {journal_id} has format {header.format_version}, written by armillary "
                f"{header.armillary_version}; this release reads formats up to {FORMAT_VERSION}.",
                subject=journal_id,
                advice="Read it with that release or a newer one.",
            )
        return True

    def _find_places(self, journals: list[FollowedJournal]) -> None:
        table = ingest_cursor
        named = {journal.journal_id: journal for journal in journals}
        with self._ledger.read() as connection:
            for start in range(0, len(journals), _IDS_AT_ONCE):
                part = [journal.journal_id for journal in journals[start : start + _IDS_AT_ONCE]]
                for row in connection.execute(select(table).where(table.c.journal_id.in_(part))).mappings():
                    lane = named[row["journal_id"]].lanes[row["lane"]]
                    lane.place = Place(row["next_ordinal"], row["segment"], row["position"])
                    lane.closed = row["closed"]

    def _portions(self, journal: FollowedJournal) -> Iterator[Portion]:
        try:
            for lane in LANES:
                for portion in journal.portions(lane):
                    self._progressed.done_bytes += portion.read_bytes
                    if portion.frames:
                        yield portion
                if lane == STATE_LANE and journal.lost_events and not journal.given_up:
                    yield _lost_events(journal)
        except FileNotFoundError:
            return  # another reader was faster, and has let the files go
        except OSError as problem:
            self._give_up(journal, unreadable(journal.journal_id, problem))

    def _ingest(self, portions: list[_Ingestible]) -> None:
        """All in one transaction; when one of them cannot be ingested, each in its own, so that it stops no other."""
        portions = [each for each in portions if not each.journal.given_up]
        if not portions:
            return
        try:
            with self._ledger.write() as connection:
                answers = [self._ingest_one(connection, journal, portion) for journal, portion in portions]
        except _NotIngested as failure:
            if len(portions) > 1:
                for each in portions:
                    self._ingest([each])
                return
            self._give_up(failure.journal, failure.problem)
            return
        for (journal, portion), answer in zip(portions, answers, strict=True):
            if answer.closed:
                journal.lanes[portion.lane].closed = True
            if answer.fenced:
                journal.stop(self._clock())
            self._done.frames += len(portion.frames)
        if self._progress is not None:
            self._progress(self._progressed)

    def _ingest_one(self, connection: Connection, journal: FollowedJournal, portion: Portion) -> Answer:
        name = journal.journal_id
        try:
            answer = ingest(
                connection,
                name,
                portion.lane,
                portion.first_ordinal,
                portion.frames,
                self._clock(),
                place=(portion.end.segment, portion.end.position),
                header=journal.header,
                with_commands=False,
            )
        except ArmillaryError as problem:
            raise _NotIngested(journal, problem) from problem
        except (ValueError, TypeError, OverflowError, LookupError, DataError, IntegrityError) as problem:
            refused = JournalUnreadable(
                f"Journal {name} could not be ingested: {type(problem).__name__}: {problem}.",
                subject=name,
                advice="It stays where it is. Please report this with that file.",
            )
            raise _NotIngested(journal, refused) from problem
        if answer.missing_from is not None:
            refused = JournalUnreadable(
                f"Journal {name} does not hold what comes before its frame {portion.first_ordinal}.", subject=name
            )
            raise _NotIngested(journal, refused)
        return answer

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
                handed_back = journal.lanes[STATE_LANE].closed
                if settling.settle(connection, root, attempt, self._clock(), handed_back=handed_back):
                    self._done.crashed.append(root)

    def _remove(self, journals: list[FollowedJournal]) -> None:
        if not any(journal.finished_files() for journal in journals):
            return
        table = ingest_cursor
        with self._ledger.write(synced=True) as connection:
            for start in range(0, len(journals), _IDS_AT_ONCE):
                names = [journal.journal_id for journal in journals[start : start + _IDS_AT_ONCE]]
                connection.execute(
                    update(table)
                    .where(table.c.journal_id.in_(names))
                    .values(covered_ordinal=table.c.next_ordinal, updated=self._clock())
                )
            outbox.trim(connection, self._clock())
        for journal in journals:
            journal.let_go()
            if journal.is_over:
                self._done.removed.append(journal.journal_id)

    def _give_up(self, journal: FollowedJournal, problem: ArmillaryError) -> None:
        journal.given_up = True
        self._done.problems.append(problem)


def _lost_events(journal: FollowedJournal) -> Portion:
    lane = journal.lanes[STATE_LANE]
    assert lane.place is not None
    lost = Damaged(b"", "events that waited in memory for a full disk when their owner died")
    ordinal, segment, position = lane.place
    lane.place = Place(ordinal + 1, segment, position)
    return Portion(STATE_LANE, ordinal, [lost], lane.place, at_end=True, read_bytes=0)


class _NotIngested(Exception):
    def __init__(self, journal: FollowedJournal, problem: ArmillaryError) -> None:
        super().__init__(str(problem))
        self.journal = journal
        self.problem = problem
