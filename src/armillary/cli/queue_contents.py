"""Which deployments' runs wait in which queue: what a queue is for, even while nothing is due in it."""

from __future__ import annotations

from collections.abc import Sequence

from armillary.cli.paging import every
from armillary.client.interface import Client
from armillary.core.deployment import AUTO_SCHEDULED_TAG, Deployment
from armillary.core.work_queue import WorkQueue, queue_of


def deployments_in(client: Client, queue: WorkQueue) -> list[Deployment]:
    """Those whose runs wait in it, but for runs that are given other tags."""
    queues = client.work_queues()
    return [each for each in _every(client) if _queue_id(queues, each) == queue.id]


def queues_without_deployments(client: Client, among: Sequence[WorkQueue]) -> list[WorkQueue]:
    queues = client.work_queues()
    taken = {_queue_id(queues, each) for each in _every(client)}
    return [each for each in among if each.id not in taken]


def _every(client: Client) -> list[Deployment]:
    return list(every(lambda size, after: client.deployments(limit=size, after=after)))


def _queue_id(queues: Sequence[WorkQueue], of: Deployment) -> str | None:
    tags = [*of.tags, AUTO_SCHEDULED_TAG] if of.schedules else of.tags
    found = queue_of(queues, tags, of.id, str(of.flow_runner.get("type")), of.work_queue_name)
    return None if found is None else found.id
