"""Ships this home's journals to the server they are meant for, while the runs run on.

One carrier for each server and process. A thread sends what the journals hold and the server has not, ten times a second at
most; the server answers once it is committed. Another waits at the server for commands, which tells it that this process
lives, and puts them beside the journals, where the owners look. Neither ever holds up a run: with the server away the
journals grow on disk, and one sentence says so.

What a process could not ship before it ended is shipped by the next one that records for this server, or by
``armillary journal ship``. A journal is deleted once the server has said that all of it is safe.

A server that has moved to another address is known by its ledger: what lies here for the old address goes to the new one.
"""

from __future__ import annotations

import atexit
import logging
import os
from contextlib import suppress
from threading import Event, Lock, Thread
from time import monotonic

from armillary import settings
from armillary.client.http.transport import Transport
from armillary.clock import new_id, now_us
from armillary.core.errors import ArmillaryError, AttemptOver, Forbidden, LedgerUnavailable
from armillary.home.home_token import token_for
from armillary.journal.command_file import append_command
from armillary.journal.format.damaged import Damaged
from armillary.journal.format.shipment import Heard, LaneFrames, Listening, Shipment, ShipmentAnswer
from armillary.journal.outbox import JournalOutbox, note_ledger, outboxes_beside
from armillary.journal.reading.files import JournalFiles, journals_in
from armillary.journal.reading.followed_journal import FollowedJournal
from armillary.journal.reading.follower import Follower
from armillary.journal.reading.headers import header_of
from armillary.journal.reading.lane_reader import Portion
from armillary.journal.reading.owner import is_this_process

SHIP_EVERY_SECONDS = 0.1
FRAMES_AT_ONCE = 2_000
_BYTES_AT_ONCE = 2 << 20
LISTEN_SECONDS = 5.0
REFUSED_DRAIN_SECONDS = 1.0
_SHORTEST_TIMEOUT_SECONDS = 0.1
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0

logger = logging.getLogger("armillary.shipping")


class Carrier:
    """Ships one outbox. ``ship_all()`` does so once, on the calling thread; ``start()`` from now on, on its own."""

    def __init__(self, folder: str, api_url: str, token: str | None) -> None:
        self.folder = folder
        self.api_url = api_url
        self.ledger_id: str | None = None
        self._token = token
        self._server = Transport(api_url, token, retry_seconds=0, timeout_seconds=30)
        self._looked_for_moved = False
        self.heard_at = monotonic()
        self._follower = Follower(folder, most_frames=FRAMES_AT_ONCE, most_bytes=_BYTES_AT_ONCE, leave_living=True)
        self._complained: set[str | None] = set()
        self._handed: set[str] = set()
        self._shipping = Lock()
        self._over = Event()
        self._deadline: float | None = None
        self._wake = Event()
        self._away_since: float | None = None
        self._threads: list[Thread] = []

    @property
    def _journals(self) -> dict[str, FollowedJournal]:
        """This process's own, and those of dead owners."""
        return self._follower.journals

    def start(self) -> None:
        """Ship until the process ends."""
        for work, name in ((self._keep_shipping, "armillary-shipper"), (self._keep_listening, "armillary-listener")):
            thread = Thread(target=work, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def ship_all(self) -> int:
        """Send what the server lacks; how many journals are left because they are not finished. Raises LedgerUnavailable
        when the server does not answer, and other errors of ours when it refuses."""
        with self._shipping:
            return self._ship_all()

    def find_ledger(self) -> str:
        """The id of the ledger at this address. Raises as ``ship_all()`` does."""
        nothing = Shipment(next(iter(self._journals), new_id()), [], died=True)
        return self._answered(nothing).ledger_id

    def _ship_all(self) -> int:
        self._follower.look()
        for problem in self._follower.problems:
            self._complain(problem)
        for journal in list(self._journals.values()):
            if not journal.given_up:
                self._ship(journal)
        if self.ledger_id is not None and not self._looked_for_moved:
            self._ship_moved(self.ledger_id)
            self._looked_for_moved = True
        return len(self._journals)

    def _ship_moved(self, ledger_id: str) -> None:
        """What earlier processes recorded for another address of the same ledger, or for one at which no server ever answered."""
        for outbox in outboxes_beside(self.folder):
            if outbox.folder == self.folder or not journals_in(outbox.folder):
                continue
            if outbox.may_go_to(ledger_id):
                moved = Carrier(outbox.folder, self.api_url, self._token)
                moved._looked_for_moved = True
                moved.ship_all()
            else:
                logger.warning("%s", left_for_another_ledger(outbox, self.api_url))

    def drain(self, seconds: float) -> None:
        """The process ends: send what is left, for so long, even when the server takes a question and does not answer. A server
        that refuses connections ends it after a second."""
        self._over.set()
        self._wake.set()
        deadline = self._deadline = monotonic() + seconds
        refused_until = monotonic() + min(seconds, REFUSED_DRAIN_SECONDS)
        while True:
            try:
                if not self._shipping.acquire(timeout=max(0.0, deadline - monotonic())):
                    break  # the shipper still waits for an answer
                try:
                    self._ship_all()
                finally:
                    self._shipping.release()
                left = [each for each in self._journals.values() if each.owned_here and not each.given_up]
                if not left or monotonic() > deadline:
                    break
            except LedgerUnavailable as problem:
                if monotonic() > (refused_until if "refused" in str(problem) else deadline):
                    break
            except ArmillaryError as problem:
                logger.warning("%s", problem)
                break
            Event().wait(SHIP_EVERY_SECONDS)
        many = sum(each.owned_here for each in self._journals.values()) or self._unread_here()
        if many:
            logger.warning(
                "The journals of %d runs have not reached %s yet. They are safe in %s: the next run that records there ships "
                "them, or `armillary journal ship`.",
                many,
                self.api_url,
                self.folder,
            )

    def _unread_here(self) -> int:
        """Journals of this process that were never looked at, because the server never answered."""
        return 0 if self._away_since is None else sum(map(_is_ours, journals_in(self.folder)))

    def _keep_shipping(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while not self._over.is_set():
            if not self._follower.sizes.changed():
                self._wake.wait(SHIP_EVERY_SECONDS)
                continue
            try:
                self.ship_all()
                self._follower.sizes.mark_read()
                self._said_back()
                pause = _FIRST_PAUSE_SECONDS
                self._wake.wait(SHIP_EVERY_SECONDS)
            except ArmillaryError as problem:
                self._say_away(problem)
                self._over.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _keep_listening(self) -> None:
        while not self._over.is_set():
            living = [
                each
                for each in list(self._journals.values())
                if each.owned_here and not (each.is_over or each.given_up)
            ]
            if not living:
                self._over.wait(SHIP_EVERY_SECONDS)
                continue
            try:
                heard = self._server.ask_packed(
                    "owners/listen",
                    Heard,
                    Listening({each.journal_id: each.header.root_flow_run_id for each in living}, LISTEN_SECONDS),
                )
            except AttemptOver as problem:
                for journal in living:
                    self._lose(journal, problem)
                continue
            except ArmillaryError:
                self._over.wait(_LONGEST_PAUSE_SECONDS / 5)  # the shipper says what is wrong
                continue
            self.heard_at = monotonic()
            new = False
            for journal_id, commands in heard.commands.items():
                for command in commands:
                    if command.command_id not in self._handed:
                        new = True
                        self._handed.add(command.command_id)
                        append_command(self.folder, journal_id, command)
            if heard.commands and not new:  # its owner has them, and has not answered yet
                self._over.wait(SHIP_EVERY_SECONDS)
            for journal in living:
                if journal.journal_id in heard.fenced:
                    journal.stop(now_us())

    def _ship(self, journal: FollowedJournal) -> None:
        """Send what there is of one journal, part after part, and let it go when it is over and safe."""
        try:
            self._send_portions(journal)
            while journal.is_over and self._follower.has_more_files(journal):
                self._send_portions(journal)
        except FileNotFoundError:  # another process was faster with what a dead owner left
            self._follower.forget(journal)
            return
        except Forbidden as problem:
            self._leave_to_others(journal, problem)
            return
        except AttemptOver as problem:
            self._lose(journal, problem)
            return
        if journal.is_over:
            over = Shipment(journal.journal_id, [], died=journal.dead, over=True, lost=journal.lost_events)
            self._send(journal, over)
            journal.let_go()
            self._follower.forget(journal)

    def _send_portions(self, journal: FollowedJournal) -> None:
        at_end = False
        while not at_end:
            portions = journal.next_portions()
            at_end = all(portion.at_end for portion in portions)
            parts = [_lane_frames(portion) for portion in portions if portion.frames]
            if parts:
                self._send(journal, Shipment(journal.journal_id, parts))

    def _leave_to_others(self, journal: FollowedJournal, problem: Forbidden) -> None:
        """The process of a claimed run has a token for that run alone; what else is here, its agent ships when the process has
        ended."""
        journal.given_up = True
        if journal.owned_here:
            logger.warning(
                "Flow run %s is recorded in %s and not shipped from here: %s",
                journal.header.root_flow_run_id,
                self.folder,
                problem.message,
            )

    def _lose(self, journal: FollowedJournal, problem: AttemptOver) -> None:
        """Its run has another owner by now, or is about to: the body stops, and what it recorded is left to the agent. With the token
        of that run nothing else is shipped from here either."""
        if journal.header.root_flow_run_id == problem.subject:
            journal.stop(now_us())
            journal.given_up = True
        else:
            self._leave_to_others(journal, Forbidden(problem.message, subject=problem.subject))

    def _send(self, journal: FollowedJournal, shipment: Shipment) -> None:
        answer = self._answered(shipment)
        for each in answer.lanes:
            journal.seek(each.lane, each.next_ordinal)
            journal.lanes[each.lane].closed = each.closed
        if answer.fenced:
            journal.stop(now_us())

    def _answered(self, shipment: Shipment) -> ShipmentAnswer:
        seconds = None if self._deadline is None else max(_SHORTEST_TIMEOUT_SECONDS, self._deadline - monotonic())
        answer = self._server.ask_packed("ingest", ShipmentAnswer, shipment, seconds)
        self.heard_at = monotonic()
        if answer.ledger_id and answer.ledger_id != self.ledger_id:
            self.ledger_id = answer.ledger_id
            if shipment.lanes or shipment.over:
                with suppress(OSError):  # on a full disk it is noted another time
                    note_ledger(self.folder, answer.ledger_id)
        return answer

    def _complain(self, problem: ArmillaryError) -> None:
        if problem.subject not in self._complained:
            self._complained.add(problem.subject)
            logger.warning("%s", problem)

    def _say_away(self, problem: ArmillaryError) -> None:
        if self._away_since is None:
            self._away_since = monotonic()
            logger.warning("%s Runs go on, and are recorded in %s until it is back.", problem.message, self.folder)

    def _said_back(self) -> None:
        if self._away_since is not None:
            logger.warning("%s is back, and has what was recorded meanwhile.", self.api_url)
            self._away_since = None


def left_for_another_ledger(outbox: JournalOutbox, api_url: str) -> str:
    """Why these journals stay where they are, and what to type."""
    return (
        f"Journals that were recorded for {outbox.api_url} stay here: the ledger that has what came before them is not the one at "
        f"{api_url}. Send them to the old address with `ARMILLARY_API_URL={outbox.api_url} armillary journal ship`, or to the new "
        f"ledger with `armillary journal ship --from {outbox.api_url}`."
    )


def _is_ours(files: JournalFiles) -> bool:
    header = header_of(files)
    return header is not None and is_this_process(header)


def _lane_frames(portion: Portion) -> LaneFrames:
    """Of a damaged frame the bytes that are left are sent: the server records them as what they are, unreadable."""
    frames = [each.body if isinstance(each, Damaged) else each for each in portion.frames]
    return LaneFrames(portion.lane, portion.first_ordinal, frames)


_carriers: dict[tuple[str, str, int], Carrier] = {}
_lock = Lock()


def ship(folder: str, api_url: str) -> None:
    """Let a carrier of this process ship ``folder`` from now on. Returns at once; asking again changes nothing."""
    with _lock:
        key = (folder, api_url, os.getpid())
        if key in _carriers:
            return
        if not any(pid == os.getpid() for _, _, pid in _carriers):
            atexit.register(_drain_all)
        carrier = _carriers[key] = Carrier(folder, api_url, token_for(api_url))
    carrier.start()


def ship_now() -> None:
    """Ship what this process has recorded by now, on the calling thread. Raises as :meth:`Carrier.ship_all`."""
    for (_folder, _url, pid), carrier in list(_carriers.items()):
        if pid == os.getpid():
            carrier.ship_all()


def seconds_unheard() -> float:
    """How long ago the server that this process records on was heard of last; 0 where it records on none."""
    ours = [carrier.heard_at for (_folder, _url, pid), carrier in list(_carriers.items()) if pid == os.getpid()]
    return monotonic() - min(ours) if ours else 0.0


def _drain_all() -> None:
    for (_folder, _url, pid), carrier in list(_carriers.items()):
        if pid == os.getpid():
            carrier.drain(settings.get("DRAIN_SECONDS"))
