"""Work queues, from a server."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import to_builtins

from armillary.client.http.transport import Transport
from armillary.core.deployments.work_queue import WorkQueue
from armillary.core.runs.flow_run import FlowRun

_QUEUE_FACTS = ("name", "description", "filter", "priority", "concurrency_limit", "paused")


class HttpWorkQueues:
    """A part of :class:`armillary.client.http.client.HttpClient`."""

    _server: Transport

    def work_queues(self) -> list[WorkQueue]:
        return self._server.get("work_queues", list[WorkQueue])

    def find_work_queue(self, words: str) -> WorkQueue:
        return self._server.get("work_queues/find", WorkQueue, words=words)

    def create_work_queue(self, wanted: WorkQueue) -> WorkQueue:
        return self._server.change("POST", "work_queues", WorkQueue, _facts(wanted), once=True)

    def change_work_queue(self, queue: WorkQueue) -> WorkQueue:
        facts = {**_facts(queue), "no_concurrency_limit": queue.concurrency_limit is None}
        return self._server.change("PATCH", f"work_queues/{queue.id}", WorkQueue, facts, once=True)

    def delete_work_queue(self, queue_id: str) -> None:
        self._server.change("DELETE", f"work_queues/{queue_id}", type(None))

    def preview_work_queue(self, queue_id: str, until: datetime, *, limit: int = 200) -> list[FlowRun]:
        path = f"work_queues/{queue_id}/preview"
        return self._server.get(path, list[FlowRun], until=until.isoformat(), limit=limit)


def _facts(queue: WorkQueue) -> dict[str, Any]:
    facts: dict[str, Any] = to_builtins(queue)
    return {name: value for name, value in facts.items() if name in _QUEUE_FACTS}
