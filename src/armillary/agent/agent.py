"""The agent: claims due runs, submits them to their flow runner, releases them when they end, and sends heartbeats."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from threading import Event, Thread
from time import monotonic

from armillary import settings
from armillary.agent.flow_runners.port import FlowRunner, RunLost, Submitted
from armillary.agent.held_runs import HeldRun, HeldRuns
from armillary.agent.lease import Lease
from armillary.agent.ledger_link import AWAY, LedgerLink
from armillary.agent.registration import Registration
from armillary.client.interface.client import Client
from armillary.clock import new_id
from armillary.core.deployments.work_queue import WorkQueue
from armillary.core.deployments.worker import Worker
from armillary.core.errors import ArmillaryError, NotFound
from armillary.core.rules.crash import Death
from armillary.core.version import VERSION

CLAIM_SECONDS = 55.0
"""An idle agent polls about once a minute, because proxies tend to cut connections that are silent for longer."""
AWAY_SECONDS = 1.0
_ASKED_SECONDS = 10.0
_KILLED_SECONDS = 5.0
_GOODBYE_SECONDS = 0.8
_SIGNAL_SECONDS = 0.25
"""How long the main thread waits at a time. A signal that arrives just before a wait begins does not end it: the interpreter runs
the handler after the wait."""

logger = logging.getLogger("armillary.agent")


class Agent:
    """``run()`` works until ``stop()`` is called, from a signal handler for example: then it claims nothing more and waits for
    running runs, for ARMILLARY_AGENT_DRAIN_SECONDS. A second call kills them at once. ``claims`` and ``pulse`` are links to
    one ledger. ``before_release`` is called when a run has ended, before it is released, and when
    the agent is registered again, before it claims. ``ready`` is called with the queues once
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
        self._held = HeldRuns()
        self._registration = Registration(self.worker, self._held, Lease(settings.get("WORKER_LEASE_SECONDS")))
        self._runners = runners(self.worker.id)
        self._claim_id = new_id()
        self._shipped_under = 0
        self._stopping = Event()
        self._over = Event()
        self._stops = 0
        self._disconnected = False
        self._failed: BaseException | None = None

    def run(self) -> None:
        """Raises NotFound for a queue that does not exist. Waits for a ledger that cannot be reached."""
        try:
            # A request to the ledger may take a minute; this thread stays free to handle signals.
            Thread(target=self._work, name="armillary-claims", daemon=True).start()
            while not self._stopping.wait(_SIGNAL_SECONDS):
                pass
            if self._failed is not None:
                raise self._failed
            self._drain()
        finally:
            self._stopping.set()
            self._over.set()
            self._registration.wanted.set()
            self._end()

    def stop(self) -> None:
        """Safe in a signal handler."""
        self._stops += 1
        self._stopping.set()
        if self._stops > 1:
            for each in self._held.running():
                _end_by_agent(each).kill()

    def _work(self) -> None:
        try:
            if self._begin():
                Thread(target=self._beat, name="armillary-heartbeat", daemon=True).start()
                self._claim_until_stopped()
        except BaseException as problem:  # the main thread raises it
            self._failed = problem
            self._stopping.set()

    def _begin(self) -> bool:
        """Whether the agent is registered; else it was stopped before the ledger answered."""
        while not self._stopping.is_set():
            try:
                queues = self._claims.ask(partial(_find_queues, self.worker.queues))
                self.worker.queues = [each.name for each in queues]
                self._claims.ask(self._registration.register)
            except AWAY as problem:
                self._warn_disconnected(problem)
                self._stopping.wait(AWAY_SECONDS)
            else:
                self._log_reconnected()
                self._ready(queues)
                return True
        return False

    def _claim_until_stopped(self) -> None:
        while not self._stopping.is_set():
            try:
                self._claim()
            except ArmillaryError as problem:
                self._warn_disconnected(problem)
                self._stopping.wait(AWAY_SECONDS)

    def _claim(self) -> None:
        with self._held.changed:
            self._held.changed.wait_for(lambda: self._free > 0 or self._stopping.is_set(), 0.5)
            free = self._free
        if free <= 0 or self._stopping.is_set():
            return
        claim_id, queues, registration = self._claim_id, self.worker.queues, self._registration.number
        if registration != self._shipped_under:
            if len(self._held):
                self._before_release()  # a run that finished while the agent was disconnected must not be claimed and run again
            self._shipped_under = registration
        try:
            # Retry with the same id until there is a response: the runs of a lost response are returned again.
            claimed = self._claims.ask(
                lambda client: client.claim_runs(self.worker.id, claim_id, queues, free, CLAIM_SECONDS)
            )
        except NotFound as problem:  # the ledger removed us; or a queue was deleted, which registering does not fix
            if problem.subject != self.worker.id:
                raise
            if not self._stopping.is_set():
                self._claims.ask(self._registration.register)
            return
        self._claim_id = new_id()
        self._log_reconnected()
        for held in self._held.add(claimed, registration):
            Thread(target=self._run, args=(held,), name=f"armillary-run-{held.id[-6:]}", daemon=True).start()

    @property
    def _free(self) -> int:
        return (self.worker.slots or 1) - len(self._held)

    def _run(self, held: HeldRun) -> None:
        """One run, from the claim to its end; on its own thread, so that slow storage does not delay other runs."""
        submitted = None
        try:
            submitted = self._submitted(held)
            if submitted is not None:
                self._held.started(held, submitted)
                if held.lost:
                    submitted.kill()
                self._await_end(held, submitted)
        finally:
            self._held.remove(held)
        if submitted is not None and not self._stopping.is_set():
            self._runners.forget(submitted)

    def _submitted(self, held: HeldRun) -> Submitted | None:
        logger.info("Starting flow run %r of %s", held.name, held.claimed.deployment.path)
        try:
            self._wait_for_earlier_attempts(held)
            if self._stopping.is_set():
                raise RunLost("the agent is stopping.", subject=held.id)
            self._confirm(held)
            return self._runners.submit(held.claimed, partial(self._confirm, held))
        except RunLost as problem:
            logger.info("Flow run %r was not started: %s", held.name, problem)
            if not held.lost:
                self._hand_back(held)
            return None
        except Exception as problem:  # any error affects only this run
            logger.error("Flow run %r could not be started: %s", held.name, problem)
            self._release(held, f"Its process could not be started: {problem}", Death.PROCESS)
            return None

    def _wait_for_earlier_attempts(self, held: HeldRun) -> None:
        with self._held.changed:
            while self._held.earlier_attempts(held) and not self._stopping.is_set():
                self._held.changed.wait(AWAY_SECONDS)

    def _confirm(self, held: HeldRun) -> None:
        """Return once the run certainly belongs to the agent. Raises RunLost if it does not, if the agent stops before that is known, or
        if it must stop at once."""
        while True:
            if held.lost:
                raise RunLost("it was reassigned to another agent.", subject=held.id)
            if self._stops > 1:
                raise RunLost("the agent is stopping.", subject=held.id)
            if self._registration.covers(held):
                return
            if self._stopping.is_set():
                raise RunLost("the agent is stopping.", subject=held.id)
            try:
                self._pulse.ask(self._registration.live)
            except ArmillaryError as problem:  # on any error the run stays in doubt until there is a response
                self._warn_disconnected(problem)
                self._stopping.wait(AWAY_SECONDS)

    def _hand_back(self, held: HeldRun) -> None:
        with suppress(ArmillaryError):
            self._pulse.ask(lambda client: client.hand_run_back(self.worker.id, held.id, attempt=held.attempt))

    def _await_end(self, held: HeldRun, submitted: Submitted) -> None:
        died = submitted.wait()
        ended_by_agent = held.ended_by_agent
        if died is None:
            logger.info("Flow run %r finished", held.name)
        elif held.lost or ended_by_agent:
            logger.warning("Flow run %r was stopped by the agent", held.name)
        else:
            logger.error("Flow run %r: %s", held.name, died)
        if died is not None and ended_by_agent:
            self._release(held, "Its agent stopped.", Death.AGENT)
        else:
            self._release(held, died, Death.PROCESS)

    def _release(self, held: HeldRun, died: str | None, whose: Death) -> None:
        """Retries until the ledger has the release, or the agent stops. The run's events are sent first: the ledger ignores
        those that arrive later. The agent does not release a lost run."""
        while not self._over.is_set():
            try:
                self._before_release()
                if held.lost:
                    return
                self._pulse.ask(
                    lambda client: client.release_run(
                        self.worker.id, held.id, attempt=held.attempt, died=died, whose=whose
                    )
                )
                return
            except AWAY as problem:
                self._warn_disconnected(problem)
                self._over.wait(AWAY_SECONDS)
            except ArmillaryError as problem:
                logger.warning("%s", problem)
                return

    def _beat(self) -> None:
        wait = self._registration.next_beat_seconds
        while not self._over.is_set():
            self._registration.wanted.wait(wait)
            if self._over.is_set():
                return
            wait = self._registration.next_beat_seconds
            try:
                self._pulse.ask(self._registration.live)
            except ArmillaryError as problem:
                self._warn_disconnected(problem)
                self._registration.wanted.clear()
                wait = min(wait, AWAY_SECONDS)

    def _drain(self) -> None:
        """Wait a while for running and starting runs to finish; then ask them to end, and kill those that do not."""
        patience = settings.get("AGENT_DRAIN_SECONDS")
        if many := len(self._held.running()):
            logger.info(
                "Waiting at most %g seconds for %d running flow runs; press Ctrl-C again to end them at once",
                patience,
                many,
            )
        for left in self._left_after(patience):
            _end_by_agent(left).ask_to_end()
        for left in self._left_after(_ASKED_SECONDS):
            _end_by_agent(left).kill()
        self._left_after(_KILLED_SECONDS)

    def _left_after(self, seconds: float) -> list[HeldRun]:
        deadline = monotonic() + seconds
        with self._held.changed:
            while monotonic() < deadline and self._is_waited_for(seconds):
                self._held.changed.wait(0.2)
            return self._held.running()

    def _is_waited_for(self, seconds: float) -> bool:
        if self._stops > 1:
            return bool(self._held.running()) and seconds == _KILLED_SECONDS
        return len(self._held) > 0

    def _end(self) -> None:
        """Wait only briefly for the ledger: missing heartbeats show soon enough that the agent is gone."""
        goodbye = Thread(target=self._say_goodbye, name="armillary-goodbye", daemon=True)
        goodbye.start()
        goodbye.join(AWAY_SECONDS / 2 if self._disconnected else _GOODBYE_SECONDS)
        self._runners.close()

    def _say_goodbye(self) -> None:
        try:
            self._pulse.ask(lambda client: client.stop_worker(self.worker.id))
        except ArmillaryError as problem:
            if not self._disconnected:
                logger.warning("%s", problem)
        self._pulse.close()

    def _warn_disconnected(self, problem: ArmillaryError) -> None:
        if not self._disconnected and not self._stopping.is_set():
            self._disconnected = True
            logger.warning("%s Reconnecting.", problem.message)

    def _log_reconnected(self) -> None:
        if self._disconnected:
            self._disconnected = False
            logger.warning("Reconnected.")


def _end_by_agent(held: HeldRun) -> Submitted:
    assert held.submitted is not None
    held.ended_by_agent = True
    return held.submitted


def _find_queues(wanted: Sequence[str], client: Client) -> list[WorkQueue]:
    return [client.find_work_queue(each) for each in wanted]
