"""The keeper of a home: the one process that writes its database, and follows its journals.

``kept(home)`` takes the home's lock for as long as the block lasts. A follower thread looks at the journals' sizes every
50 ms and catches up when one has grown, so a local run is seen within 100 ms of what it does. Looking costs one listing of
a folder that is nearly always small; nothing is read, and no statement run, while nothing happens.

A request that reads must not show less than what had happened when it came in, so it catches up too. Those that wait for
the same catching up share one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Event, Lock, Thread
from time import monotonic

from sqlalchemy import Connection

from armillary.core.errors import ArmillaryError, HomeNotWritable
from armillary.journal.command_file import append_command
from armillary.journal.reading.folder_sizes import FolderSizes
from armillary.journal.reading.living_journal import living_journal
from armillary.ledger.database.opening import Ledger, Tell
from armillary.ledger.database.time_limit import ANSWER_SECONDS
from armillary.ledger.ingest import following
from armillary.ledger.ownership import commands
from armillary.ledger.postgresql.home_ledger import open_home
from armillary.server.live.heartbeats import Heartbeats
from armillary.server.live.news import News
from armillary.server.live.remote_owners import RemoteOwners

LOOK_EVERY_SECONDS = 0.05
_REMEMBERED = 10_000


class Keeper:
    """``read()`` and ``write()`` are the ledger's, brought up to date before and announced after. ``owners`` are those that ship
    their journals here."""

    def __init__(self, ledger: Ledger, complaint: Callable[[ArmillaryError], None]) -> None:
        self.ledger = ledger
        self.home = ledger.home
        self.journals = os.path.join(ledger.home, "journal")
        self._complaint = complaint
        self._complained: set[str | None] = set()
        self._sizes = FolderSizes(self.journals)
        self._catching_up = Lock()
        self._begun = 0
        self._news = Condition()
        self._written = 0
        self._listeners: list[Callable[[], None]] = []
        self._over = Event()
        self.owners = RemoteOwners()
        self.heartbeats = Heartbeats(ledger, self.journals)
        self._handing = Lock()
        self._handed: set[str] = set()
        self._asked: set[str] = set()
        self.tell_others: Tell = lambda *_roots: None
        self.news = News()
        self.on_news(self.news.tell)
        self.frames_ingested = 0
        self.last_caught_up = self.last_looked = monotonic()

    @contextmanager
    def read(self, seconds: float = ANSWER_SECONDS) -> Iterator[Connection]:
        """A connection that sees all that had happened when this was called. Raises TooBroad for what takes longer."""
        self.catch_up()
        with self.ledger.read(seconds) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction on all that had happened when this was called; who waits for news hears of it."""
        self.catch_up()
        with self.ledger.write() as connection:
            yield connection
        self.announce()

    def catch_up(self) -> None:
        """Ingest what the journals had said by now. Raises LedgerUnavailable."""
        ticket = self._begun
        with self._catching_up:
            if self._begun > ticket:
                return  # one that began after this was called has ended meanwhile
            self._begun += 1
            self._ingest()
            self.last_looked = monotonic()

    def announce(self) -> None:
        """Tell the listeners that something was written. They are called on this thread and must not block."""
        self._wake()
        self.tell_others()

    def ring(self, root_flow_run_id: str) -> None:
        """The owner of a root run was asked for something: let it know, wherever it listens."""
        self._hand_over([root_flow_run_id])
        self.owners.ring(root_flow_run_id)
        self.tell_others(root_flow_run_id)

    def hear(self, roots: list[str]) -> None:
        """Another server wrote something, and asked the owners of these root runs."""
        self._hand_over(roots)
        for root in roots:
            self.owners.ring(root)
        self._wake()

    def _hand_over(self, roots: list[str]) -> None:
        """Put what the owners of this home's own journals have not answered beside those journals, once. What the disk or the
        database does not take now, the follower tries again."""
        with self._handing:
            self._asked.update(roots)
            for root in sorted(self._asked):
                try:
                    self._hand(root)
                    self._asked.discard(root)
                except ArmillaryError as problem:
                    self._complain(problem)
                except OSError as problem:
                    self._complain(_not_asked(self.journals, problem))

    def _hand(self, root: str) -> None:
        journal_id = living_journal(self.journals, root)
        if journal_id is None:
            return
        with self.ledger.read() as connection:
            asked = commands.waiting(connection, root)
        for command in asked:
            if command.command_id not in self._handed:
                append_command(self.journals, journal_id, command)
                if len(self._handed) >= _REMEMBERED:
                    self._handed.clear()
                self._handed.add(command.command_id)

    def _wake(self) -> None:
        with self._news:
            self._written += 1
            self._news.notify_all()
        for listener in self._listeners:
            listener()

    def on_news(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each write."""
        self._listeners.append(listener)

    def wait_for_news(self, timeout_seconds: float) -> bool:
        """Block until something is written; False when nothing was for that long."""
        with self._news:
            before = self._written
            return self._news.wait_for(lambda: self._written != before, timeout_seconds)

    @property
    def lag_seconds(self) -> float:
        """How long ago the journals were last looked at and nothing new was left."""
        return monotonic() - self.last_looked

    @contextmanager
    def following(self) -> Iterator[None]:
        """Catch up by itself, on a thread, while the block lasts."""
        thread = Thread(target=self._follow, name="armillary-follower", daemon=True)
        thread.start()
        try:
            with self.heartbeats.running():
                yield
        finally:
            self._over.set()
            thread.join()

    def _follow(self) -> None:
        while not self._over.wait(LOOK_EVERY_SECONDS):
            try:
                self.catch_up()
            except ArmillaryError as problem:
                self._complain(problem)
            if self._asked:
                self._hand_over([])

    def _ingest(self) -> None:
        if not self._sizes.changed() and not self._somebody_may_have_died():
            return
        done = following.catch_up(self.ledger, self.journals)
        for problem in done.problems:
            self._complain(problem)
        self._sizes.mark_read()
        self.last_caught_up = monotonic()
        self.frames_ingested += done.frames
        if done.frames or done.crashed:
            self.announce()

    def _somebody_may_have_died(self) -> bool:
        """Once a second while there are journals: their owners' deaths change no file."""
        return not self._sizes.is_empty and monotonic() - self.last_caught_up > 1

    def _complain(self, problem: ArmillaryError) -> None:
        if problem.subject not in self._complained:
            self._complained.add(problem.subject)
            self._complaint(problem)


def _not_asked(folder: str, problem: OSError) -> HomeNotWritable:
    return HomeNotWritable(
        f"What owners of runs were asked for cannot be written in {folder}: {problem.strerror or problem}.",
        subject=folder,
        advice="Make room there, or make it writable: it is tried again by itself.",
    )


@contextmanager
def kept(home: str, name: str, complaint: Callable[[ArmillaryError], None]) -> Iterator[Keeper]:
    """Be the keeper of ``home`` while the block lasts; ``name`` says who that is to others.

    Raises LedgerUnavailable when there is one already.
    """
    with open_home(home) as ledger, ledger.kept(name):
        keeper = Keeper(ledger, complaint)
        keeper.catch_up()
        with ledger.read() as connection:
            asked = commands.unanswered(connection)
        keeper.hear(asked)  # one before this may have died between taking a question and passing it on
        with ledger.hinting(keeper.hear) as keeper.tell_others:
            yield keeper
