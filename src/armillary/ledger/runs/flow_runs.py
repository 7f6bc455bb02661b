"""Reading flow runs, their histories and their counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select

from armillary.core.filters import FlowRunFilter
from armillary.core.page import Page
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.state_change import StateChange
from armillary.core.states import StateType
from armillary.ledger.database import rows
from armillary.ledger.querying import criteria
from armillary.ledger.querying.paging import Order, next_cursor, paged
from armillary.ledger.tables.run_tables import flow_run, flow_run_state, flow_run_tag, task_group

_BY_START = (flow_run.c.expected_start, flow_run.c.id)

LATEST_FIRST = Order("latest", _BY_START)
EARLIEST_FIRST = Order("earliest", _BY_START, descending=False)
CREATED_FIRST = Order("created", (flow_run.c.id,), descending=False)


def page(
    connection: Connection,
    wanted: FlowRunFilter | None = None,
    *,
    order: Order = LATEST_FIRST,
    limit: int = 200,
    after: str | None = None,
) -> Page[FlowRun]:
    """Flow runs that match, latest expected start first. ``limit`` is 1 to 1000."""
    statement = page_statement(wanted, order, limit, after)
    found = connection.execute(statement).mappings().all()
    return Page([rows.flow_run(row) for row in found[:limit]], next_cursor(found, order, limit))


def page_statement(wanted: FlowRunFilter | None, order: Order, limit: int, after: str | None) -> Select[Any]:
    """The rows of a page. Runs with a tag are taken in order from the tag's own index: the database could not know
    whether it is better to look through all runs for the tag or to sort all runs that have it."""
    statement = select(flow_run).where(_condition(wanted))
    if wanted is not None and wanted.tags and order.columns is _BY_START:
        tag = flow_run_tag.c
        statement = statement.join(flow_run_tag, tag.flow_run_id == flow_run.c.id).where(tag.tag == wanted.tags[0])
        order = Order(order.name, (tag.expected_start, tag.flow_run_id), order.descending)
    return paged(statement, order, limit, after)


def count(connection: Connection, wanted: FlowRunFilter | None = None) -> int:
    return connection.execute(select(func.count()).select_from(flow_run).where(_condition(wanted))).scalar_one()


def count_by_state_type(connection: Connection, wanted: FlowRunFilter | None = None) -> dict[StateType, int]:
    """How many of the matching flow runs are in each state type; types nobody is in are left out."""
    statement = select(flow_run.c.state_type, func.count()).where(_condition(wanted)).group_by(flow_run.c.state_type)
    return {StateType(kind): many for kind, many in connection.execute(statement)}


def with_key(connection: Connection, flow_id: str, key: str) -> FlowRun | None:
    """The run of a flow that was made under an idempotency key."""
    table = flow_run
    statement = select(table).where(table.c.flow_id == flow_id, table.c.idempotency_key == key)
    row = connection.execute(statement).mappings().first()
    return None if row is None else rows.flow_run(row)


def get(connection: Connection, flow_run_id: str) -> FlowRun | None:
    row = connection.execute(select(flow_run).where(flow_run.c.id == flow_run_id)).mappings().first()
    return None if row is None else rows.flow_run(row)


def subflow_runs(connection: Connection, flow_run_id: str) -> list[FlowRun]:
    """The flow runs started directly by this one, in order of creation."""
    statement = select(flow_run).where(flow_run.c.parent_flow_run_id == flow_run_id).order_by(flow_run.c.id)
    return [rows.flow_run(row) for row in connection.execute(statement).mappings()]


HIGHEST = 1_000
"""Flow runs above one that are found: Python itself nests no calls deeper by default."""


def ancestors(connection: Connection, flow_run_id: str) -> list[FlowRun]:
    """The flow runs that it is a subflow of, the outermost first: the nearest thousand of them."""
    run, height = flow_run.c, literal(0).label("height")
    above = select(run.id, run.parent_flow_run_id, height).where(run.id == flow_run_id).cte("above", recursive=True)
    parent = flow_run.alias("parent")
    next_up = select(parent.c.id, parent.c.parent_flow_run_id, above.c.height + 1)
    above = above.union(next_up.where(parent.c.id == above.c.parent_flow_run_id, above.c.height < HIGHEST))
    statement = select(flow_run, above.c.height).join(above, above.c.id == flow_run.c.id).where(above.c.height > 0)
    found: dict[str, FlowRun] = {}
    for row in connection.execute(statement.order_by(above.c.height)).mappings():
        if row["id"] == flow_run_id or row["id"] in found:
            break  # a circle, which earlier releases took in
        found[row["id"]] = rows.flow_run(row)
    return [*reversed(found.values())]


def history(connection: Connection, flow_run_id: str) -> list[StateChange]:
    """Every state the run took or was told to take, oldest first."""
    table = flow_run_state
    statement = (
        select(table, table.c.flow_run_id.label("run_id"))
        .where(table.c.flow_run_id == flow_run_id)
        .order_by(table.c.sequence)
    )
    return [rows.state_change(row) for row in connection.execute(statement).mappings()]


def task_run_counts_of(connection: Connection, flow_run_ids: Sequence[str]) -> dict[str, dict[StateType, int]]:
    """How many task runs of each flow run are in each state type; flow runs without task runs are left out."""
    group = task_group.c
    statement = (
        select(group.flow_run_id, group.state_type, func.sum(group.task_runs))
        .where(group.flow_run_id.in_(flow_run_ids))
        .group_by(group.flow_run_id, group.state_type)
    )
    found: dict[str, dict[StateType, int]] = {}
    for flow_run_id, kind, many in connection.execute(statement):
        if many:
            found.setdefault(flow_run_id, {})[StateType(kind)] = int(many)
    return found


def task_run_counts(connection: Connection, flow_run_id: str) -> dict[StateType, int]:
    """How many task runs of this flow run are in each state type."""
    statement = (
        select(task_group.c.state_type, func.sum(task_group.c.task_runs))
        .where(task_group.c.flow_run_id == flow_run_id)
        .group_by(task_group.c.state_type)
    )
    return {StateType(kind): int(many) for kind, many in connection.execute(statement) if many}


def _condition(wanted: FlowRunFilter | None) -> ColumnElement[bool]:
    return criteria.of_flow_runs(None if wanted is None else wanted.criteria())
