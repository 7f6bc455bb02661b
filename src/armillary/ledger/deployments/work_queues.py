"""Work queues: which runs wait where, and what is coming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import json
from sqlalchemy import Connection, RowMapping, delete, func, insert, or_, select, update

from armillary.clock import to_datetime
from armillary.core.deployments.deployment import DEFAULT_QUEUE
from armillary.core.deployments.work_queue import QueueFilter, WorkQueue, queue_of
from armillary.core.errors import Conflict, NotFound, did_you_mean
from armillary.core.runs.flow_run import FlowRun
from armillary.core.states import SCHEDULED
from armillary.core.text.names import checked_name
from armillary.ledger.database import dialect, rows
from armillary.ledger.database.checks import is_id
from armillary.ledger.tables.deployment_tables import deployment, held_attempt, work_queue
from armillary.ledger.tables.run_tables import flow_run

DEFAULT_ID = "00000000-0000-7000-8000-000000000001"
MOST_CANDIDATES = 1_000


def every(connection: Connection) -> list[WorkQueue]:
    """All queues, by priority and name; the default one is always there."""
    found = connection.execute(select(work_queue).order_by(work_queue.c.priority, work_queue.c.name)).mappings().all()
    queues = [_record(row) for row in found]
    if not any(queue.name == DEFAULT_QUEUE for queue in queues):
        queues.append(
            WorkQueue(DEFAULT_ID, DEFAULT_QUEUE, to_datetime(0), to_datetime(0), "Takes what no queue selects.")
        )
    return queues


def find(connection: Connection, words: str) -> WorkQueue:
    """The queue of that id or name. Raises NotFound with the nearest."""
    queues = every(connection)
    for queue in queues:
        if words == (queue.id if is_id(words) else queue.name):
            return queue
    raise NotFound(
        f"There is no work queue {words!r}.",
        subject=words,
        advice=did_you_mean(words, [queue.name for queue in queues]),
    )


def create(connection: Connection, wanted: WorkQueue, now: int) -> WorkQueue:
    """Raises Conflict when there is one of that name."""
    checked_name(wanted.name, "work queue name")
    if any(queue.name == wanted.name for queue in every(connection) if queue.id != DEFAULT_ID):
        raise Conflict(f"There is a work queue {wanted.name!r} already.", subject=wanted.name)
    connection.execute(insert(work_queue), {**_values(wanted), "id": wanted.id, "created": now, "updated": now})
    return find(connection, wanted.id)


def change(connection: Connection, queue: WorkQueue, now: int) -> WorkQueue:
    """Write a queue as it is now. The default queue becomes a row with its first change."""
    row = {"id": queue.id, "created": now, "updated": now, "last_polled": None, **_values(queue)}
    dialect.insert_missing(connection, work_queue, [row])
    connection.execute(update(work_queue).where(work_queue.c.id == queue.id).values(**_values(queue), updated=now))
    return find(connection, queue.id)


def remove(connection: Connection, queue_id: str) -> None:
    """What waits in it goes to whichever queue selects it next. Raises NotFound."""
    find(connection, queue_id)
    connection.execute(delete(work_queue).where(work_queue.c.id == queue_id))


def waiting(connection: Connection, until: int, *, limit: int = MOST_CANDIDATES) -> list[tuple[RowMapping, RowMapping]]:
    """Scheduled root runs of deployments that are due before ``until``, the earliest first, each with its deployment's row."""
    run, of = flow_run.c, deployment.c
    statement = (
        select(flow_run)
        .join(deployment, of.id == run.deployment_id)
        .where(run.state_type == str(SCHEDULED), run.next_scheduled_start <= until, run.root_flow_run_id == run.id)
        .order_by(run.next_scheduled_start, run.id)
        .limit(limit)
    )
    runs = connection.execute(statement).mappings().all()
    ids = {row["deployment_id"] for row in runs}
    found = connection.execute(select(deployment).where(of.id.in_(ids))).mappings()
    deployments = {row["id"]: row for row in found}
    return [(row, deployments[row["deployment_id"]]) for row in runs]


def queue_for(queues: Sequence[WorkQueue], run: RowMapping, of: RowMapping) -> WorkQueue | None:
    """The queue a scheduled run waits in."""
    runner: Any = json.decode(of["flow_runner"])
    return queue_of(queues, json.decode(run["tags"]), of["id"], str(runner.get("type")), of["work_queue_name"])


def preview(connection: Connection, queue: WorkQueue, until: int, *, limit: int = 200) -> list[FlowRun]:
    """What is coming in a queue before ``until``, late runs first."""
    queues = every(connection)
    found = []
    for run, of in waiting(connection, until, limit=MOST_CANDIDATES * 10):
        chosen = queue_for(queues, run, of)
        if chosen is not None and chosen.id == queue.id:
            found.append(rows.flow_run(run))
            if len(found) == limit:
                break
    return found


def running(connection: Connection) -> dict[str, int]:
    """How many runs of each queue are held by workers."""
    held = held_attempt.c.work_queue_id
    statement = select(held, func.count()).where(held.is_not(None)).group_by(held)
    return {str(queue_id): many for queue_id, many in connection.execute(statement)}


def polled(connection: Connection, queue_ids: Sequence[str], now: int) -> None:
    """Agents asked these queues for work. Noted once a second, and by whoever comes to it: nobody waits for that."""
    table = work_queue
    stale = (
        select(table.c.id)
        .where(table.c.id.in_(queue_ids), or_(table.c.last_polled.is_(None), table.c.last_polled < now - 1_000_000))
        .order_by(table.c.id)
        .with_for_update(skip_locked=True)
    )
    connection.execute(update(table).where(table.c.id.in_(stale)).values(last_polled=now))


def _values(queue: WorkQueue) -> dict[str, Any]:
    return {
        "name": queue.name,
        "description": queue.description,
        "filter": json.encode(queue.filter).decode(),
        "priority": queue.priority,
        "concurrency_limit": queue.concurrency_limit,
        "paused": queue.paused,
    }


def _record(row: RowMapping) -> WorkQueue:
    return WorkQueue(
        id=row["id"],
        name=row["name"],
        created=to_datetime(row["created"]),
        updated=to_datetime(row["updated"]),
        description=row["description"],
        filter=json.decode(row["filter"], type=QueueFilter),
        priority=row["priority"],
        concurrency_limit=row["concurrency_limit"],
        paused=row["paused"],
        last_polled=None if row["last_polled"] is None else to_datetime(row["last_polled"]),
    )
