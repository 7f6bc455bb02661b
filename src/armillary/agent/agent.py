"""The agent: claims what is due, submits it to its flow runner, sees it off, and says that it lives."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from threading import Condition, Event, Thread
from time import monotonic

from armillary import settings
from armillary.agent.flow_runners.port import FlowRunner, Submitted
from armillary.agent.ledger_link import AWAY, LedgerLink
from armillary.client.interface import Client
from armillary.client.new_ids import new_id
from armillary.core.errors import ArmillaryError, NotFound
from armillary.core.rules.crash import Death
from armillary.core.states import SCHEDULED
from armillary.core.version import VERSION
from armillary.core.work_queue import WorkQueue
from armillary.core.worker import ClaimedRun, Worker

CLAIM_SECONDS = 55.0
"""An idle agent asks about once a minute; proxies like to cut what says nothing for longer."""
AWAY_SECONDS = 1.0
_ASKED_SECONDS = 10.0
_KILLED_SECONDS = 5.0
_GOODBYE_SECONDS = 0.8

logger = logging.getLogger("armillary.agent")


class Agent:
    """``run()`` works until ``stop()`` is called, from a signal handler for example: then it claims nothing more and waits for
    what runs, for ARMILLARY_AGENT_DRAIN_SECONDS. Called twice, what runs is killed at once. ``claims`` and ``pulse`` are links to
    one ledger. ``before_release`` is called when a run has ended, before the ledger is told. ``ready`` hears of the queues once
    they are found."""

    def __init__(
        self,
        claims: LedgerLink,
        pulse: LedgerLink,
        queues: Sequence[str],
        limit: int,
        runners: Callable[[str], FlowRunner],
        *,
        name: str | None = None,
        before_release: Callable[[], None] = lambda: None,
        ready: Callable[[list[WorkQueue]], None] = lambda _queues: None,
    ) -> None:
        self._claims = claims
        self._pulse = pulse
        self._before_release = before_release
        self._ready = ready
        now = datetime.now(UTC)
        host = socket.gethostname()
        name = name or f"{host}-{os.getpid()}"
        self.worker = Worker(new_id(), name, host, os.getpid(), VERSION, now, now, list(queues), limit)
        self._runners = runners(self.worker.id)
        self._running: dict[str, Submitted] = {}
        self._starting = 0
        self._ended_by_us: set[str] = set()
        self._claim_id = new_id()
        self._changed = Condition()
        self._stopping = Event()
        self._over = Event()
        self._stops = 0
        self._away = False

    def run(self) -> None:
        """Raises NotFound for a queue that is not there. A ledger that is away is waited for."""
        try:
            if self._begin():
                # A claim may wait for a minute; this thread is free to hear a signal meanwhile.
                Thread(target=self._keep_taking, name="armillary-claims", daemon=True).start()
                Thread(target=self._beat, name="armillary-heartbeat", daemon=True).start()
                self._stopping.wait()
                self._drain()
        finally:
            self._stopping.set()
            self._over.set()
            self._end()

    def stop(self) -> None:
        """Safe in a signal handler."""
        self._stops += 1
        self._stopping.set()
        if self._stops > 1:
            for each in list(self._running.values()):
                self._ended_by_us.add(each.claimed.flow_run.id)
                each.kill()

    def _begin(self) -> bool:
        """Whether the agent is registered; else it was stopped before the ledger answered."""
        while not self._stopping.is_set():
            try:
                queues = self._claims.ask(partial(_find_queues, self.worker.queues))
                self.worker.queues = [each.name for each in queues]
                self._register()
            except AWAY as problem:
                self._say_away(problem)
                self._stopping.wait(AWAY_SECONDS)
            else:
                self._say_back()
                self._ready(queues)
                return True
        return False

    def _register(self) -> None:
        self._claims.ask(lambda client: client.register_worker(self.worker))

    def _keep_taking(self) -> None:
        while not self._stopping.is_set():
            try:
                self._take_some()
            except ArmillaryError as problem:
                self._say_away(problem)
                self._stopping.wait(AWAY_SECONDS)

    def _take_some(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._free > 0 or self._stopping.is_set(), 0.5)
            free = self._free
        if free <= 0 or self._stopping.is_set():
            return
        claim_id, queues = self._claim_id, self.worker.queues
        try:
            # Under the same id until it is answered: what an answer that was lost gave us is given again.
            claimed = self._claims.ask(
                lambda client: client.claim_runs(self.worker.id, claim_id, queues, free, CLAIM_SECONDS)
            )
        except NotFound as problem:  # the ledger gave us up; or a queue went, which registering does not mend
            if problem.subject != self.worker.id:
                raise
            if not self._stopping.is_set():
                self._register()
            return
        self._claim_id = new_id()
        self._say_back()
        with self._changed:
            self._starting += len(claimed)
        for each in claimed:
            Thread(target=self._run, args=(each,), name=f"armillary-run-{each.flow_run.id[-6:]}", daemon=True).start()

    @property
    def _free(self) -> int:
        return (self.worker.slots or 1) - len(self._running) - self._starting

    def _run(self, claimed: ClaimedRun) -> None:
        """One run, from the claim to its end; on a thread of its own, as a storage that is slow to answer concerns no other run."""
        submitted = self._submitted(claimed)
        with self._changed:
            self._starting -= 1
            if submitted is not None:
                self._running[claimed.flow_run.id] = submitted
            self._changed.notify_all()
        if submitted is not None:
            self._see_off(submitted)

    def _submitted(self, claimed: ClaimedRun) -> Submitted | None:
        run = claimed.flow_run
        logger.info("Starting flow run %r of %s", run.name, claimed.deployment.path)
        try:
            return None if self._handed_back(run.id) else self._runners.submit(claimed)
        except Exception as problem:  # whatever it is, this run is the only one it concerns
            logger.error("Flow run %r cannot be started: %s", run.name, problem)
            self._release(run.id, f"Its process could not be started: {problem}", Death.PROCESS)
            return None

    def _handed_back(self, run_id: str) -> bool:
        """Once the agent stops nothing begins; what it holds then goes back to its queue, here or when it says goodbye."""
        if self._stopping.is_set():
            with suppress(ArmillaryError):
                self._pulse.ask(lambda client: client.hand_run_back(self.worker.id, run_id))
        return self._stopping.is_set()

    def _see_off(self, submitted: Submitted) -> None:
        died = submitted.wait()
        run = submitted.claimed.flow_run
        if died is None:
            logger.info("Flow run %r has ended", run.name)
        elif run.id in self._ended_by_us:
            logger.warning("Flow run %r was ended by the agent", run.name)
        else:
            logger.error("Flow run %r: %s", run.name, died)
        if died is not None and run.id in self._ended_by_us:
            self._release(run.id, "The agent that ran it stopped.", Death.AGENT)
        else:
            self._release(run.id, died, Death.PROCESS)
        with self._changed:
            self._running.pop(run.id, None)
            self._ended_by_us.discard(run.id)
            self._changed.notify_all()
        if not self._stopping.is_set():
            self._runners.forget(submitted)

    def _release(self, run_id: str, died: str | None, whose: Death) -> None:
        """Until the ledger knows, or the agent is over. What the run recorded goes first: what the ledger does not know by then has
        not happened."""
        while not self._over.is_set():
            try:
                self._before_release()
                self._pulse.ask(lambda client: client.release_run(self.worker.id, run_id, died=died, whose=whose))
                return
            except AWAY as problem:
                self._say_away(problem)
                self._over.wait(AWAY_SECONDS)
            except ArmillaryError as problem:
                logger.warning("%s", problem)
                return

    def _beat(self) -> None:
        while not self._over.wait(settings.get("WORKER_LEASE_SECONDS") / 3):
            try:
                self._pulse.ask(self._live)
            except ArmillaryError as problem:
                self._say_away(problem)

    def _live(self, client: Client) -> None:
        try:
            client.worker_lives(self.worker.id)
        except NotFound:
            client.register_worker(self.worker)
            self._end_what_is_lost(client)

    def _end_what_is_lost(self, client: Client) -> None:
        """The ledger took the agent for dead, and gave its runs to others or back to their queues."""
        for each in list(self._running.values()):
            run = each.claimed.flow_run
            try:
                now = client.find_flow_run(run.id)
            except NotFound:
                now = None
            if now is None or now.attempt != run.attempt or now.state_type is SCHEDULED:
                logger.warning(
                    "Flow run %r was given to others while nothing was heard of this agent: it ends here", run.name
                )
                self._ended_by_us.add(run.id)
                each.kill()

    def _drain(self) -> None:
        """Let what runs go on to its end, for a while; then ask it to end, and kill what does not."""
        patience = settings.get("AGENT_DRAIN_SECONDS")
        if self._running:
            logger.info(
                "%d still going on, for %g seconds at most; Ctrl-C again ends it at once", len(self._running), patience
            )
        for left in self._left_after(patience):
            self._ended_by_us.add(left.claimed.flow_run.id)
            left.ask_to_end()
        for left in self._left_after(_ASKED_SECONDS):
            left.kill()
        self._left_after(_KILLED_SECONDS)

    def _left_after(self, seconds: float) -> list[Submitted]:
        with self._changed:
            deadline = monotonic() + seconds
            while self._running and monotonic() < deadline and (self._stops < 2 or seconds == _KILLED_SECONDS):
                self._changed.wait(0.2)
            return list(self._running.values())

    def _end(self) -> None:
        """A ledger that does not answer sees soon enough that the agent is gone: nobody waits for it long."""
        goodbye = Thread(target=self._say_goodbye, name="armillary-goodbye", daemon=True)
        goodbye.start()
        goodbye.join(AWAY_SECONDS / 2 if self._away else _GOODBYE_SECONDS)
        self._runners.close()

    def _say_goodbye(self) -> None:
        try:
            self._pulse.ask(lambda client: client.stop_worker(self.worker.id))
        except ArmillaryError as problem:
            if not self._away:
                logger.warning("%s", problem)
        self._pulse.close()

    def _say_away(self, problem: ArmillaryError) -> None:
        if not self._away and not self._stopping.is_set():
            self._away = True
            logger.warning("%s The agent goes on as soon as it can.", problem.message)

    def _say_back(self) -> None:
        if self._away:
            self._away = False
            logger.warning("The agent goes on.")


def _find_queues(wanted: Sequence[str], client: Client) -> list[WorkQueue]:
    return [client.find_work_queue(each) for each in wanted]
