"""Reading log lines."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from armillary.core.log_line import LogLine
from armillary.ledger import rows
from armillary.ledger.tables import flow_run, log


def lines(
    connection: Connection,
    flow_run_id: str,
    *,
    task_run_id: str | None = None,
    with_subflows: bool = False,
    after: int = -1,
    least_level: int = 0,
    limit: int = 1000,
) -> list[LogLine]:
    """Lines of a flow run behind the ordinal ``after``, oldest first. Following is asking again with the last line's
    ordinal. ``with_subflows`` of a root run gives the lines of every run below it too; a subflow run gives its own."""
    root = _root(connection, flow_run_id)
    statement = select(log).where(log.c.root_flow_run_id == root, log.c.ordinal > after)
    if not (with_subflows and root == flow_run_id):
        statement = statement.where(log.c.flow_run_id == flow_run_id)
    if task_run_id is not None:
        statement = statement.where(log.c.task_run_id == task_run_id)
    if least_level:
        statement = statement.where(log.c.level >= least_level)
    return [rows.log_line(row) for row in connection.execute(statement.order_by(log.c.ordinal).limit(limit)).mappings()]


def count(connection: Connection, flow_run_id: str) -> int:
    """How many lines the flow run itself has."""
    root = _root(connection, flow_run_id)
    statement = (
        select(func.count()).select_from(log).where(log.c.root_flow_run_id == root, log.c.flow_run_id == flow_run_id)
    )
    return connection.execute(statement).scalar_one()


def _root(connection: Connection, flow_run_id: str) -> str:
    found = connection.execute(select(flow_run.c.root_flow_run_id).where(flow_run.c.id == flow_run_id)).scalar()
    return flow_run_id if found is None else str(found)
