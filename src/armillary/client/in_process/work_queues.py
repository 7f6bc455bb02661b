"""Work queues, from the ledger itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from armillary.clock import now_us, to_us
from armillary.core.deployments.work_queue import WorkQueue
from armillary.core.runs.flow_run import FlowRun
from armillary.home import work_queues as home_queues
from armillary.ledger.database.opening import Ledger
from armillary.ledger.deployments import (
    work_queues,
)


class InProcessWorkQueues:
    """A part of :class:`armillary.client.in_process.client.InProcessClient`."""

    _ledger: Ledger
    _catch_up: Callable[[], None]

    def work_queues(self) -> list[WorkQueue]:
        with self._ledger.read() as connection:
            return work_queues.every(connection)

    def find_work_queue(self, words: str) -> WorkQueue:
        with self._ledger.read() as connection:
            return work_queues.find(connection, words)

    def create_work_queue(self, wanted: WorkQueue) -> WorkQueue:
        with self._ledger.write() as connection:
            return home_queues.create(connection, wanted, now_us())

    def change_work_queue(self, queue: WorkQueue) -> WorkQueue:
        with self._ledger.write() as connection:
            return work_queues.change(connection, queue, now_us())

    def delete_work_queue(self, queue_id: str) -> None:
        with self._ledger.write() as connection:
            work_queues.remove(connection, queue_id)

    def preview_work_queue(self, queue_id: str, until: datetime, *, limit: int = 200) -> list[FlowRun]:
        self._catch_up()
        with self._ledger.read() as connection:
            queue = work_queues.find(connection, queue_id)
            return work_queues.preview(connection, queue, to_us(until), limit=limit)
