"""The agent: claims what is due, starts it, sees it off, and says that it lives."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from operator import methodcaller
from threading import Condition, Event, Thread
from time import monotonic

from armillary import settings
from armillary.agent.starting import ProcessStarter, Running, Starter
from armillary.client.interface import Client
from armillary.client.new_ids import new_id
from armillary.core.errors import ArmillaryError, LedgerUnavailable, NotFound
from armillary.core.version import VERSION
from armillary.core.worker import ClaimedRun, Worker

HEARTBEAT_SECONDS = 5.0
CLAIM_SECONDS = 30.0
AWAY_SECONDS = 1.0
DRAIN_SECONDS = 30.0

logger = logging.getLogger("armillary.agent")


class Agent:
    """``run()`` works until ``stop()`` is called, from a signal handler for example: then it claims nothing more and waits for
    what runs, for 30 seconds. Called twice, what runs is killed at once. ``before_release`` is called when a run's process
    has ended, before the ledger is told. ``warm`` interpreters are kept ready; ``starter`` makes another way to start runs, given
    the worker's id."""

    def __init__(
        self,
        connect: Callable[[], Client],
        queues: Sequence[str],
        limit: int,
        name: str | None = None,
        before_release: Callable[[], None] = lambda: None,
        starter: Callable[[str], Starter] | None = None,
        warm: int = 0,
    ) -> None:
        self._client = connect()
        self._pulse = connect()
        self._queues = list(queues)
        self._limit = limit
        self._before_release = before_release
        now = datetime.now(UTC)
        host = socket.gethostname()
        self.worker = Worker(
            new_id(), name or f"{host}-{os.getpid()}", host, os.getpid(), VERSION, now, now, self._queues, limit
        )
        make = starter or (lambda worker_id: ProcessStarter(connect, settings.home(), worker_id, warm))
        self._starter = make(self.worker.id)
        self._running: dict[str, Running] = {}
        self._changed = Condition()
        self._stopping = Event()
        self._stops = 0
        self._away = False

    def run(self) -> None:
        """Raises NotFound for a queue that is not there."""
        for queue in self._queues:
            self._client.find_work_queue(queue)
        self._client.register_worker(self.worker)
        Thread(target=self._beat, name="armillary-heartbeat", daemon=True).start()
        # A claim may wait for half a minute; this thread is free to hear a signal meanwhile.
        Thread(target=self._keep_taking, name="armillary-claims", daemon=True).start()
        try:
            self._stopping.wait()
            self._drain()
        finally:
            self._stopping.set()
            self._end()

    def stop(self) -> None:
        """Safe in a signal handler."""
        self._stops += 1
        self._stopping.set()
        if self._stops > 1:
            for process in list(self._running.values()):
                process.kill()

    def _keep_taking(self) -> None:
        while not self._stopping.is_set():
            try:
                self._take_some()
            except ArmillaryError as problem:
                logger.warning("%s", problem)
                self._stopping.wait(AWAY_SECONDS)

    def _take_some(self) -> None:
        with self._changed:
            while len(self._running) >= self._limit and not self._stopping.is_set():
                self._changed.wait(0.5)
            free = self._limit - len(self._running)
        if self._stopping.is_set():
            return
        claim_id = new_id()
        try:
            wait = CLAIM_SECONDS if not self._running else 1.0
            claimed = self._client.claim_runs(self.worker.id, claim_id, self._queues, free, min(wait, CLAIM_SECONDS))
            self._back()
        except NotFound:
            if not self._stopping.is_set():
                self._client.register_worker(self.worker)
            return
        except LedgerUnavailable as problem:
            self._say_away(problem)
            self._stopping.wait(AWAY_SECONDS)
            return
        for each in claimed:
            self._start(each)

    def _start(self, claimed: ClaimedRun) -> None:
        run = claimed.flow_run
        if self._stopping.is_set():
            self._client.hand_run_back(self.worker.id, run.id)
            return
        logger.info("Starting flow run %r of %s", run.name, claimed.deployment.path)
        try:
            process = self._starter.start(claimed)
        except (ArmillaryError, OSError) as problem:
            logger.error("Flow run %r cannot be started: %s", run.name, problem)
            self._release(run.id, f"Its process could not be started: {problem}")
            return
        with self._changed:
            self._running[run.id] = process
        Thread(target=self._see_off, args=(process,), name=f"armillary-run-{run.id[-6:]}", daemon=True).start()

    def _see_off(self, process: Running) -> None:
        died = process.wait()
        run = process.claimed.flow_run
        if died is not None:
            logger.error("Flow run %r: %s", run.name, died)
        else:
            logger.info("Flow run %r has ended", run.name)
        try:
            self._before_release()
        except ArmillaryError as problem:
            logger.warning("%s", problem)
        self._release(run.id, died)
        with self._changed:
            self._running.pop(run.id, None)
            self._changed.notify_all()
        if not self._stopping.is_set():
            self._starter.over(process)

    def _release(self, run_id: str, died: str | None) -> None:
        """Until the ledger knows, or the agent's lease has run out and it knows anyway."""
        deadline = monotonic() + DRAIN_SECONDS
        while True:
            try:
                self._pulse.release_run(self.worker.id, run_id, died=died)
                return
            except LedgerUnavailable as problem:
                self._say_away(problem)
                if monotonic() > deadline:
                    return
                Event().wait(AWAY_SECONDS)
            except ArmillaryError as problem:
                logger.warning("%s", problem)
                return

    def _beat(self) -> None:
        while not self._stopping.wait(HEARTBEAT_SECONDS) or self._running:
            try:
                self._pulse.worker_lives(self.worker.id)
            except NotFound:
                self._pulse.register_worker(self.worker)
            except ArmillaryError as problem:
                self._say_away(problem)
            if self._stopping.is_set():
                Event().wait(HEARTBEAT_SECONDS)

    def _drain(self) -> None:
        """Let what runs go on to its end, for a while; then ask it to end, and kill what does not."""
        for patience, end in ((DRAIN_SECONDS, methodcaller("ask_to_end")), (10.0, methodcaller("kill")), (5.0, None)):
            deadline = monotonic() + patience
            with self._changed:
                while self._running and monotonic() < deadline and self._stops < 2:
                    self._changed.wait(0.2)
                left = list(self._running.values())
            if not left:
                return
            for process in left:
                if end is not None:
                    end(process)

    def _end(self) -> None:
        try:
            self._pulse.stop_worker(self.worker.id)
        except ArmillaryError as problem:
            logger.warning("%s", problem)
        self._starter.close()
        self._pulse.close()

    def _say_away(self, problem: ArmillaryError) -> None:
        if not self._away:
            self._away = True
            logger.warning("%s The agent goes on once it is back.", problem.message)

    def _back(self) -> None:
        if self._away:
            self._away = False
            logger.warning("It is back.")
