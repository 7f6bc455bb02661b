"""Work queues."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from armillary.clock import new_id, to_datetime
from armillary.core.deployments.work_queue import WorkQueue
from armillary.ledger.deployments import work_queues


def create(connection: Connection, wanted: WorkQueue, now: int) -> WorkQueue:
    """The new queue has an id of its own. Raises Conflict for a name that is taken."""
    at = to_datetime(now)
    return work_queues.create(connection, replace(wanted, id=new_id(), created=at, updated=at), now)
