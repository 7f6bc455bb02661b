"""Which deployments' runs wait in a queue, asked of a client."""

from __future__ import annotations

from armillary.cli.terminal.paging import every
from armillary.client.interface.client import Client
from armillary.core.deployments.queue_contents import Contents, contents
from armillary.core.deployments.work_queue import WorkQueue


def contents_of(client: Client, queue: WorkQueue) -> Contents:
    deployments = every(lambda size, after: client.deployments(limit=size, after=after))
    return contents(queue, client.work_queues(), deployments)
