"""Workers, from the ledger itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from time import monotonic, sleep

from armillary.clock import new_id, now_us, to_us
from armillary.core.deployments.worker import ClaimedRun, Worker
from armillary.core.errors import ArmillaryError
from armillary.core.rules.crash import Death
from armillary.core.rules.listening import ObservationWindow
from armillary.ledger.database.opening import Ledger
from armillary.ledger.deployments import (
    claims,
    collisions,
    scheduled_runs,
    scheduling,
    workers,
)
from armillary.ledger.ingest import output_lines
from armillary.ledger.ownership import suspended_runs

LOOK_EVERY_SECONDS = 0.05
"""How often a claim that waits looks whether anybody wrote: without a server nobody tells it."""


class InProcessWorkers:
    """A part of :class:`armillary.client.in_process.client.InProcessClient`."""

    _ledger: Ledger
    _listening: ObservationWindow
    _catch_up: Callable[[], None]
    cancel: Callable[[str], str]

    def serve_once(self) -> None:
        """One turn of what a server's services would do: schedule, mark late, give up on workers that fell silent for as long as
        this client has had its turns."""
        self._catch_up()
        now = now_us()
        self._listening.heard(now)
        with self._ledger.write() as connection:
            scheduling.schedule_runs(connection, now, new_id)
            scheduled_runs.mark_late(connection, now)
            if self._listening.lasts(now) >= workers.lease_micros():
                claims.reap(connection, now)
            suspended_runs.give_up(connection, now)

    def _written(self) -> tuple[int, int]:
        """Changes whenever any process writes to the database."""
        try:
            found = os.stat(self._ledger.path + "-wal")
        except FileNotFoundError:
            return (0, 0)
        return found.st_size, found.st_mtime_ns

    def workers(self) -> list[Worker]:
        with self._ledger.read() as connection:
            return workers.every(connection, now_us())

    def register_worker(self, wanted: Worker) -> None:
        with self._ledger.write() as connection:
            workers.register(connection, wanted, now_us())

    def worker_lives(self, worker_id: str) -> None:
        with self._ledger.write() as connection:
            workers.heartbeat(connection, worker_id, now_us())

    def claim_runs(
        self, worker_id: str, claim_id: str, queues: Sequence[str], limit: int, wait_seconds: float
    ) -> list[ClaimedRun]:
        deadline = monotonic() + wait_seconds
        while True:
            self._catch_up()
            with self._ledger.write() as connection:
                workers.heartbeat(connection, worker_id, now_us())
                claimed = claims.claim_runs(connection, worker_id, claim_id, queues, limit, now_us())
                due = claims.next_due(connection, now_us())
                in_the_way = collisions.to_cancel(connection, now_us())
            for flow_run_id in in_the_way:
                with suppress(ArmillaryError):  # it ended meanwhile, or somebody on another machine runs it
                    self.cancel(flow_run_id)
            written = self._written()
            left = deadline - monotonic()
            if claimed or left <= 0:
                return claimed
            until_due = left if due is None else max(0.0, (due - now_us()) / 1e6)
            until = monotonic() + min(left, until_due)
            while (pause := until - monotonic()) > 0 and self._written() == written:
                sleep(min(pause, LOOK_EVERY_SECONDS))

    def release_run(
        self,
        worker_id: str,
        flow_run_id: str,
        *,
        attempt: int | None = None,
        died: str | None = None,
        whose: Death = Death.PROCESS,
    ) -> None:
        self._catch_up()
        with self._ledger.write() as connection:
            claims.release(connection, worker_id, flow_run_id, now_us(), attempt=attempt, died=died, whose=whose)

    def record_output(self, worker_id: str, flow_run_id: str, lines: Sequence[tuple[datetime, str]]) -> int:
        with self._ledger.write() as connection:
            said = [(to_us(at), text) for at, text in lines]
            return output_lines.add(connection, worker_id, flow_run_id, said, now_us())

    def hand_run_back(self, worker_id: str, flow_run_id: str, *, attempt: int | None = None) -> None:
        with self._ledger.write() as connection:
            claims.hand_back(connection, worker_id, flow_run_id, now_us(), attempt=attempt)

    def stop_worker(self, worker_id: str) -> None:
        self._catch_up()
        with self._ledger.write() as connection:
            claims.stop(connection, worker_id, now_us())
