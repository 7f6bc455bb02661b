"""What a client offers of work queues."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from armillary.core.deployments.work_queue import WorkQueue
from armillary.core.runs.flow_run import FlowRun


class WorkQueues(Protocol):
    """A part of :class:`armillary.client.interface.client.Client`."""

    def work_queues(self) -> list[WorkQueue]: ...

    def find_work_queue(self, words: str) -> WorkQueue:
        """By id or name. Raises NotFound."""
        ...

    def create_work_queue(self, wanted: WorkQueue) -> WorkQueue:
        """Raises Conflict for a name that is taken."""
        ...

    def change_work_queue(self, queue: WorkQueue) -> WorkQueue:
        """Write it as it is now."""
        ...

    def delete_work_queue(self, queue_id: str) -> None: ...

    def preview_work_queue(self, queue_id: str, until: datetime, *, limit: int = 200) -> list[FlowRun]:
        """What is coming in it before ``until``, late runs first."""
        ...
