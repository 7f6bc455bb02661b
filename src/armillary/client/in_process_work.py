"""Deployments, work queues and workers, from the ledger itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from time import monotonic, sleep
from typing import Any

from armillary.clock import new_id, now_us, to_us
from armillary.core.deployments.backfill import Backfill
from armillary.core.deployments.deployment import Deployment, DeploymentSchedule
from armillary.core.deployments.work_queue import WorkQueue
from armillary.core.deployments.worker import ClaimedRun, Worker
from armillary.core.errors import ArmillaryError
from armillary.core.page import Page
from armillary.core.rules.crash import Death
from armillary.core.rules.listening import ObservationWindow
from armillary.core.runs.flow_run import FlowRun
from armillary.ledger.database import result_keys
from armillary.ledger.database.opening import Ledger
from armillary.ledger.deployments import (
    backfills,
    claims,
    collisions,
    deployments,
    manual_runs,
    scheduled_runs,
    scheduling,
    work_queues,
    workers,
)
from armillary.ledger.ingest import output_lines
from armillary.ledger.ownership import suspended_runs

LOOK_EVERY_SECONDS = 0.05
"""How often a claim that waits looks whether anybody wrote: without a server nobody tells it."""


class InProcessWork:
    """A part of :class:`armillary.client.in_process.InProcessClient`."""

    _ledger: Ledger
    _listening: ObservationWindow
    _catch_up: Callable[[], None]
    cancel: Callable[[str], str]

    def save_deployment(self, wanted: Deployment) -> Deployment:
        with self._ledger.write() as connection:
            saved = deployments.save(connection, wanted, _now())
            scheduling.schedule_runs(connection, _now(), new_id, saved.id)
            return deployments.get(connection, saved.id)

    def deployments(self, *, limit: int = 200, after: str | None = None) -> Page[Deployment]:
        with self._ledger.read() as connection:
            return deployments.page(connection, limit=limit, after=after)

    def find_deployment(self, words: str) -> Deployment:
        with self._ledger.read() as connection:
            return deployments.find(connection, words)

    def deployment_result_secret(self, deployment_id: str) -> str:
        with self._ledger.write() as connection:
            return result_keys.of_deployment(connection, deployment_id)

    def set_deployment_paused(self, deployment_id: str, paused: bool) -> Deployment:
        with self._ledger.write() as connection:
            deployments.set_paused(connection, deployment_id, paused, _now())
            scheduling.schedule_runs(connection, _now(), new_id, deployment_id)
            return deployments.get(connection, deployment_id)

    def set_deployment_schedules(self, deployment_id: str, schedules: Sequence[DeploymentSchedule]) -> Deployment:
        with self._ledger.write() as connection:
            deployments.set_schedules(connection, deployment_id, schedules, _now())
            scheduling.schedule_runs(connection, _now(), new_id, deployment_id)
            return deployments.get(connection, deployment_id)

    def delete_deployment(self, deployment_id: str) -> None:
        with self._ledger.write() as connection:
            deployments.remove(connection, deployment_id, _now())

    def run_deployment(
        self,
        deployment_id: str,
        *,
        parameters: dict[str, Any] | None = None,
        tags: Sequence[str] = (),
        due: datetime | None = None,
        name: str | None = None,
    ) -> FlowRun:
        with self._ledger.write() as connection:
            return manual_runs.create(
                connection,
                deployments.get(connection, deployment_id),
                new_id(),
                _now(),
                parameters=parameters,
                tags=tuple(tags),
                due=None if due is None else to_us(due),
                name=name,
            )

    def backfill_deployment(
        self, deployment_id: str, begin: datetime, end: datetime, *, only_missed: bool = False, dry_run: bool = False
    ) -> Backfill:
        self._catch_up()
        with self._ledger.write() as connection:
            of = deployments.get(connection, deployment_id)
            return backfills.backfill(
                connection, of, begin, end, _now(), new_id, only_missed=only_missed, dry_run=dry_run
            )

    def serve_once(self) -> None:
        """One turn of what a server's services would do: schedule, mark late, give up on workers that fell silent for as long as
        this client has had its turns."""
        self._catch_up()
        now = _now()
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

    def work_queues(self) -> list[WorkQueue]:
        with self._ledger.read() as connection:
            return work_queues.every(connection)

    def find_work_queue(self, words: str) -> WorkQueue:
        with self._ledger.read() as connection:
            return work_queues.find(connection, words)

    def create_work_queue(self, wanted: WorkQueue) -> WorkQueue:
        with self._ledger.write() as connection:
            return work_queues.create(connection, wanted, _now())

    def change_work_queue(self, queue: WorkQueue) -> WorkQueue:
        with self._ledger.write() as connection:
            return work_queues.change(connection, queue, _now())

    def delete_work_queue(self, queue_id: str) -> None:
        with self._ledger.write() as connection:
            work_queues.remove(connection, queue_id)

    def preview_work_queue(self, queue_id: str, until: datetime, *, limit: int = 200) -> list[FlowRun]:
        self._catch_up()
        with self._ledger.read() as connection:
            queue = work_queues.find(connection, queue_id)
            return work_queues.preview(connection, queue, to_us(until), limit=limit)

    def workers(self) -> list[Worker]:
        with self._ledger.read() as connection:
            return workers.every(connection, _now())

    def register_worker(self, wanted: Worker) -> None:
        with self._ledger.write() as connection:
            workers.register(connection, wanted, _now())

    def worker_lives(self, worker_id: str) -> None:
        with self._ledger.write() as connection:
            workers.heartbeat(connection, worker_id, _now())

    def claim_runs(
        self, worker_id: str, claim_id: str, queues: Sequence[str], limit: int, wait_seconds: float
    ) -> list[ClaimedRun]:
        deadline = monotonic() + wait_seconds
        while True:
            self._catch_up()
            with self._ledger.write() as connection:
                workers.heartbeat(connection, worker_id, _now())
                claimed = claims.claim_runs(connection, worker_id, claim_id, queues, limit, _now())
                due = claims.next_due(connection, _now())
                in_the_way = collisions.to_cancel(connection, _now())
            for flow_run_id in in_the_way:
                with suppress(ArmillaryError):  # it ended meanwhile, or somebody on another machine runs it
                    self.cancel(flow_run_id)
            written = self._written()
            left = deadline - monotonic()
            if claimed or left <= 0:
                return claimed
            until_due = left if due is None else max(0.0, (due - _now()) / 1e6)
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
            claims.release(connection, worker_id, flow_run_id, _now(), attempt=attempt, died=died, whose=whose)

    def record_output(self, worker_id: str, flow_run_id: str, lines: Sequence[tuple[datetime, str]]) -> int:
        with self._ledger.write() as connection:
            said = [(to_us(at), text) for at, text in lines]
            return output_lines.add(connection, worker_id, flow_run_id, said, _now())

    def hand_run_back(self, worker_id: str, flow_run_id: str, *, attempt: int | None = None) -> None:
        with self._ledger.write() as connection:
            claims.hand_back(connection, worker_id, flow_run_id, _now(), attempt=attempt)

    def stop_worker(self, worker_id: str) -> None:
        self._catch_up()
        with self._ledger.write() as connection:
            claims.stop(connection, worker_id, _now())


def _now() -> int:
    return now_us()
