"""Listings by any criteria, in any of a noun's orders, page by page.

A cursor belongs to one listing: its noun, order and criteria. Orders by a time that not every run has list only the runs that
have it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select

from armillary.core.criteria import Criteria
from armillary.core.errors import InvalidOption, did_you_mean
from armillary.core.page import Page
from armillary.core.runs.flow import Flow
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.task_run import TaskRun
from armillary.core.states import StateType
from armillary.ledger.database import rows
from armillary.ledger.querying import criteria
from armillary.ledger.querying.paging import Order, narrowed, next_cursor, paged
from armillary.ledger.runs import task_runs
from armillary.ledger.tables.deployment_tables import deployment
from armillary.ledger.tables.run_tables import flow, flow_run, flow_run_tag, task_run

_Columns = tuple[tuple[ColumnElement[Any], ...], bool]

_RUN = flow_run.c
_TASK = task_run.c

FLOW_ORDERS: dict[str, _Columns] = {
    "NAME_ASC": ((flow.c.name,), False),
    "NAME_DESC": ((flow.c.name,), True),
    "CREATED_DESC": ((flow.c.created, flow.c.id), True),
    "UPDATED_DESC": ((flow.c.updated, flow.c.id), True),
}
DEPLOYMENT_ORDERS: dict[str, _Columns] = {
    "NAME_ASC": ((deployment.c.name, deployment.c.id), False),
    "NAME_DESC": ((deployment.c.name, deployment.c.id), True),
    "CREATED_DESC": ((deployment.c.created, deployment.c.id), True),
    "UPDATED_DESC": ((deployment.c.updated, deployment.c.id), True),
}
FLOW_RUN_ORDERS: dict[str, _Columns] = {
    "EXPECTED_START_TIME_DESC": ((_RUN.expected_start, _RUN.id), True),
    "EXPECTED_START_TIME_ASC": ((_RUN.expected_start, _RUN.id), False),
    "ID_DESC": ((_RUN.id,), True),
    "NAME_ASC": ((_RUN.name, _RUN.id), False),
    "NAME_DESC": ((_RUN.name, _RUN.id), True),
    "START_TIME_ASC": ((_RUN.started, _RUN.id), False),
    "START_TIME_DESC": ((_RUN.started, _RUN.id), True),
    "END_TIME_DESC": ((_RUN.ended, _RUN.id), True),
    "NEXT_SCHEDULED_START_TIME_ASC": ((_RUN.next_scheduled_start, _RUN.id), False),
}
TASK_RUN_ORDERS: dict[str, _Columns] = {
    "ID_ASC": ((_TASK.id,), False),
    "ID_DESC": ((_TASK.id,), True),
    "NAME_ASC": ((_TASK.name, _TASK.id), False),
    "NAME_DESC": ((_TASK.name, _TASK.id), True),
    "START_TIME_ASC": ((_TASK.started, _TASK.id), False),
    "START_TIME_DESC": ((_TASK.started, _TASK.id), True),
    "END_TIME_DESC": ((_TASK.ended, _TASK.id), True),
}


def flows(
    connection: Connection,
    wanted: Criteria | None,
    *,
    sort: str = "NAME_ASC",
    limit: int = 200,
    after: str | None = None,
) -> Page[Flow]:
    order = ordered(FLOW_ORDERS, "flows", sort, wanted)
    found, cursor = _page(connection, select(flow).where(criteria.of_flows(wanted)), order, limit, after)
    return Page([rows.flow(row) for row in found], cursor)


def flow_runs(
    connection: Connection,
    wanted: Criteria | None,
    *,
    sort: str = "EXPECTED_START_TIME_DESC",
    limit: int = 200,
    after: str | None = None,
) -> Page[FlowRun]:
    statement, order = flow_runs_statement(wanted, sort)
    found, cursor = _page(connection, statement, order, limit, after)
    return Page([rows.flow_run(row) for row in found], cursor)


def flow_runs_statement(wanted: Criteria | None, sort: str) -> tuple[Select[Any], Order]:
    """Runs with a tag are taken in order from the tag's own index: the database could not know whether it is better to look
    through all runs for the tag or to sort all runs that have it."""
    statement = select(flow_run).where(criteria.of_flow_runs(wanted))
    order = ordered(FLOW_RUN_ORDERS, "flow runs", sort, wanted)
    tags = wanted.flow_runs.tags if wanted is not None and wanted.flow_runs is not None else None
    needed = [] if tags is None else [*(tags.all_ or ()), *(tags.any_ if tags.any_ and len(tags.any_) == 1 else ())]
    if needed and sort.startswith("EXPECTED"):
        tag = flow_run_tag.c
        statement = statement.join(flow_run_tag, tag.flow_run_id == _RUN.id).where(tag.tag == needed[0])
        order = Order(order.name, (tag.expected_start, tag.flow_run_id), order.descending)
    return statement, order


def task_runs_page(
    connection: Connection, wanted: Criteria | None, *, sort: str = "ID_ASC", limit: int = 200, after: str | None = None
) -> Page[TaskRun]:
    order = ordered(TASK_RUN_ORDERS, "task runs", sort, wanted)
    found, cursor = _page(connection, select(task_run).where(criteria.of_task_runs(wanted)), order, limit, after)
    return Page(task_runs.records(connection, found), cursor)


def deployment_ids(
    connection: Connection,
    wanted: Criteria | None,
    *,
    sort: str = "NAME_ASC",
    limit: int = 200,
    after: str | None = None,
) -> Page[str]:
    order = ordered(DEPLOYMENT_ORDERS, "deployments", sort, wanted)
    columns = {deployment.c.id, *order.columns}
    statement = select(*columns).where(criteria.of_deployments(wanted))
    found, cursor = _page(connection, statement, order, limit, after)
    return Page([row["id"] for row in found], cursor)


def count(connection: Connection, table: Table, condition: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one()


def count_by_state_type(connection: Connection, table: Table, condition: ColumnElement[bool]) -> dict[StateType, int]:
    """Of flow runs or task runs; types nobody is in are left out."""
    kind = table.c.state_type
    statement = select(kind, func.count()).where(condition).group_by(kind)
    return {StateType(each): many for each, many in connection.execute(statement)}


def ordered(orders: dict[str, _Columns], noun: str, sort: str, wanted: object) -> Order:
    """The order of that name, for cursors of this noun and these criteria only. Raises InvalidOption for an unknown one."""
    known = orders.get(sort)
    if known is None:
        raise InvalidOption(f"There is no order {sort!r} of {noun}.", subject="sort", advice=did_you_mean(sort, orders))
    columns, descending = known
    return narrowed(Order(f"{noun} {sort}", columns, descending), wanted)


def _page(
    connection: Connection, statement: Select[Any], order: Order, limit: int, after: str | None
) -> tuple[list[Any], str | None]:
    first = order.columns[0]
    if getattr(first, "nullable", False):
        statement = statement.where(first.is_not(None))
    found = connection.execute(paged(statement, order, limit, after)).mappings().all()
    return list(found[:limit]), next_cursor(found, order, limit)
