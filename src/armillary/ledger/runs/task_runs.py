"""Reading task runs, their histories and the edges between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from armillary.clock import to_datetime
from armillary.core.filters import TaskRunFilter
from armillary.core.page import Page
from armillary.core.runs.state_change import StateChange
from armillary.core.runs.task_run import TaskRun
from armillary.core.states import PENDING, StateType
from armillary.ledger.database import rows
from armillary.ledger.querying import criteria
from armillary.ledger.querying.paging import Order, next_cursor, paged
from armillary.ledger.tables.run_tables import edge, task_run, task_run_state

NEWEST_FIRST = Order("newest", (task_run.c.id,))
CREATED_FIRST = Order("created", (task_run.c.id,), descending=False)

_IDS_AT_ONCE = 500


@dataclass(slots=True)
class Edge:
    """``task_run_id`` depends on ``upstream_task_run_id`` through ``parameter`` (``wait_for``: without data)."""

    task_run_id: str
    parameter: str
    upstream_task_run_id: str


def page(
    connection: Connection,
    wanted: TaskRunFilter | None = None,
    *,
    order: Order = CREATED_FIRST,
    limit: int = 200,
    after: str | None = None,
) -> Page[TaskRun]:
    """Task runs that match, in order of creation. ``limit`` is 1 to 1000."""
    statement = paged(select(task_run).where(_condition(wanted)), order, limit, after)
    found = connection.execute(statement).mappings().all()
    return Page(records(connection, found[:limit]), next_cursor(found, order, limit))


def count(connection: Connection, wanted: TaskRunFilter | None = None) -> int:
    return connection.execute(select(func.count()).select_from(task_run).where(_condition(wanted))).scalar_one()


def count_by_state_type(connection: Connection, wanted: TaskRunFilter | None = None) -> dict[StateType, int]:
    """How many of the matching task runs are in each state type. For one flow run ``flow_runs.task_run_counts`` is faster."""
    statement = select(task_run.c.state_type, func.count()).where(_condition(wanted)).group_by(task_run.c.state_type)
    return {StateType(kind): many for kind, many in connection.execute(statement)}


def get(connection: Connection, task_run_id: str) -> TaskRun | None:
    found = connection.execute(select(task_run).where(task_run.c.id == task_run_id)).mappings().all()
    return next(iter(records(connection, found)), None)


def history(connection: Connection, task_run_id: str) -> list[StateChange]:
    """Every state the run took or was told to take, oldest first. Empty when there is no such run."""
    first = connection.execute(
        select(task_run.c.created, task_run.c.attempt).where(task_run.c.id == task_run_id)
    ).first()
    if first is None:
        return []
    table = task_run_state
    statement = (
        select(table, table.c.task_run_id.label("run_id"))
        .where(table.c.task_run_id == task_run_id)
        .order_by(table.c.sequence)
    )
    created = StateChange(task_run_id, PENDING, "Pending", to_datetime(first.created), attempt=first.attempt)
    return [created, *(rows.state_change(row) for row in connection.execute(statement).mappings())]


def edges(connection: Connection, flow_run_id: str) -> list[Edge]:
    """Every dependency of the flow run's task runs, by downstream in order of creation."""
    columns = (edge.c.task_run_id, edge.c.parameter, edge.c.upstream_task_run_id)
    statement = select(*columns).where(edge.c.flow_run_id == flow_run_id).order_by(*columns)
    return [Edge(*row) for row in connection.execute(statement)]


def downstreams(connection: Connection, task_run_id: str) -> list[str]:
    """Ids of the task runs that depend directly on this one."""
    statement = select(edge.c.task_run_id).distinct().where(edge.c.upstream_task_run_id == task_run_id)
    return list(connection.execute(statement.order_by(edge.c.task_run_id)).scalars())


def records(connection: Connection, found: Iterable[RowMapping]) -> list[TaskRun]:
    """Rows of ``task_run`` as records, their upstreams read with them."""
    found = list(found)
    upstreams: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for start in range(0, len(found), _IDS_AT_ONCE):
        part = found[start : start + _IDS_AT_ONCE]
        statement = (
            select(edge)
            .where(
                edge.c.flow_run_id.in_({row["flow_run_id"] for row in part}),
                edge.c.task_run_id.in_([row["id"] for row in part]),
            )
            .order_by(edge.c.upstream_task_run_id)
        )
        for each in connection.execute(statement).mappings():
            upstreams[each["task_run_id"]].setdefault(each["parameter"], []).append(each["upstream_task_run_id"])
    return [rows.task_run(row, upstreams.get(row["id"], {})) for row in found]


def _condition(wanted: TaskRunFilter | None) -> ColumnElement[bool]:
    return criteria.of_task_runs(None if wanted is None else wanted.criteria())
