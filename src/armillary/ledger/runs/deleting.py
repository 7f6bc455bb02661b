"""Deleting flow runs with all that belongs to them. A tombstone stays, which late events meet."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table, delete, select

from armillary.core.errors import NotFound
from armillary.ledger.database import dialect
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.tables import run_tables
from armillary.ledger.tables.deployment_tables import fresh_start, run_death
from armillary.ledger.tables.run_tables import flow_run, task_run
from armillary.ledger.tables.server_tables import run_input, time_spent

_IDS_AT_ONCE = 500
_WHOLE = 1 << 62

_BY_FLOW_RUN = (
    run_tables.edge,
    run_tables.task_group,
    run_tables.flow_run_state,
    run_tables.flow_run_tag,
    run_tables.stored_result,
    run_tables.artifact,
    run_input,
    time_spent,
    run_death,
    fresh_start,
)
_BY_TASK_RUN = (run_tables.task_run_state, run_tables.task_run_tag)
_BY_ROOT = (run_tables.log, run_tables.quarantine, run_tables.command, run_tables.ingest_cursor)


def delete_flow_run(connection: Connection, flow_run_id: str, now: int) -> int:
    """Delete a flow run and every subflow run below it, finished or not, and say how many flow runs that were.

    What its owner still reports is dropped; an owner asking the ledger learns that it must stop. In the parent's graph
    the task run that stood for a deleted subflow stays. Raises NotFound.
    """
    ids = below(connection, flow_run_id)
    if not ids:
        raise NotFound(f"There is no flow run {flow_run_id!r}.", subject=flow_run_id)
    bury(connection, ids, now)
    delete_part(connection, ids, _WHOLE)
    return len(ids)


def below(connection: Connection, flow_run_id: str) -> list[str]:
    """The ids of a flow run and of all flow runs below it, parents first. Empty when there is none."""
    tree = select(flow_run.c.id).where(flow_run.c.id == flow_run_id).cte("tree", recursive=True)
    tree = tree.union(select(flow_run.c.id).where(flow_run.c.parent_flow_run_id == tree.c.id))
    return list(connection.execute(select(tree.c.id).order_by(tree.c.id)).scalars())


def bury(connection: Connection, ids: Sequence[str], now: int) -> None:
    """From here on events of these flow runs, which share a root, are dropped."""
    root = connection.execute(select(flow_run.c.root_flow_run_id).where(flow_run.c.id == ids[0])).scalar_one()
    dialect.lock(connection, root)
    graves = [{"flow_run_id": each, "root_flow_run_id": root, "deleted": now} for each in sorted(ids)]
    dialect.insert_missing(connection, run_tables.tombstone, graves)
    outbox = Outbox(now)
    for each in ids:
        outbox.tell("flow_run", each, root, {"deleted": True})
    outbox.number(connection)


def delete_part(connection: Connection, ids: Sequence[str], most_task_runs: int) -> bool:
    """Delete up to about that many task runs of these flow runs; once none is left, the flow runs. True when all is gone."""
    left = most_task_runs
    for flow_run_id in ids:
        while left > 0:
            some = select(task_run.c.id).where(task_run.c.flow_run_id == flow_run_id).limit(min(left, _IDS_AT_ONCE))
            found = list(connection.execute(some).scalars())
            if not found:
                break
            for table in _BY_TASK_RUN:
                connection.execute(delete(table).where(table.c.task_run_id.in_(found)))
            connection.execute(delete(task_run).where(task_run.c.id.in_(found)))
            left -= len(found)
        if left <= 0:
            return False
    root = connection.execute(select(flow_run.c.root_flow_run_id).where(flow_run.c.id == ids[0])).scalar()
    for start in range(0, len(ids), _IDS_AT_ONCE):
        part = ids[start : start + _IDS_AT_ONCE]
        for table in _BY_FLOW_RUN:
            connection.execute(delete(table).where(table.c.flow_run_id.in_(part)))
        if root is not None:
            log = run_tables.log.c
            connection.execute(delete(run_tables.log).where(log.root_flow_run_id == root, log.flow_run_id.in_(part)))
    if root in ids:
        _delete_by_root(connection, _BY_ROOT, root)
    for start in range(0, len(ids), _IDS_AT_ONCE):
        connection.execute(delete(flow_run).where(flow_run.c.id.in_(ids[start : start + _IDS_AT_ONCE])))
    return True


def _delete_by_root(connection: Connection, which: Sequence[Table], root: str | None) -> None:
    for table in which:
        connection.execute(delete(table).where(table.c.root_flow_run_id == root))
