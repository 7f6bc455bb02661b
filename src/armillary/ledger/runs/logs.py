"""Reading log lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from armillary.core.criteria import LogCriteria
from armillary.core.errors import InvalidOption
from armillary.core.page import Page
from armillary.core.runs.log_line import LogLine
from armillary.core.text.escape_codes import without_escape_codes
from armillary.ledger.database import dialect, rows
from armillary.ledger.querying import criteria
from armillary.ledger.querying.paging import Order, bounded_page, narrowed, no_more_than_fits, paged
from armillary.ledger.tables.run_tables import flow_run, log, task_run


def lines(
    connection: Connection,
    flow_run_id: str,
    *,
    task_run_id: str | None = None,
    with_subflows: bool = False,
    after: int = -1,
    before: int | None = None,
    least_level: int = 0,
    containing: str | None = None,
    limit: int = 1000,
    longest: int | None = None,
    named: bool = False,
) -> list[LogLine]:
    """Lines of a flow run behind the ordinal ``after``, oldest first. Following is asking again with the last line's
    ordinal. ``with_subflows`` of a root run gives the lines of every run below it too; a subflow run gives its own.

    With ``before``, the last lines before that ordinal (and behind ``after``), oldest first too: how the end of a long log
    is read. ``containing``: only lines that have that text; case does not matter. ``longest``: of each message at most so many
    characters, so that a page of lines stays small whatever was logged; without it a page ends early once its messages have
    ``paging.MOST_CHARACTERS``, so that only an empty one says that there are no more. ``named``: with the names of the runs that said them.
    """
    root = _root(connection, flow_run_id)
    told = _columns(longest)
    if named:
        told.append(case((log.c.task_run_id.is_(None), flow_run.c.name), else_=task_run.c.name).label("run_name"))
    statement = _of(told, root, flow_run_id, with_subflows, task_run_id, least_level).where(log.c.ordinal > after)
    if named:
        statement = statement.outerjoin(task_run, task_run.c.id == log.c.task_run_id)
        statement = statement.outerjoin(flow_run, flow_run.c.id == log.c.flow_run_id)
    if containing is not None:
        statement = statement.where(_says(connection, containing, "search"))
    if before is not None:
        statement = statement.where(log.c.ordinal < before).order_by(log.c.ordinal.desc())
    else:
        statement = statement.order_by(log.c.ordinal)
    found = [rows.log_line(row) for row in no_more_than_fits(connection, statement.limit(limit), "message")]
    return found if before is None else found[::-1]


def page(
    connection: Connection,
    wanted: LogCriteria | None,
    *,
    newest_first: bool = False,
    limit: int = 200,
    after: str | None = None,
) -> Page[LogLine]:
    """Lines of any runs that match, by time. A page ends early once its messages have
    ``paging.MOST_CHARACTERS``."""
    name = "logs, newest first" if newest_first else "logs"
    columns = (log.c.at, log.c.root_flow_run_id, log.c.ordinal)
    order = narrowed(Order(name, columns, descending=newest_first), wanted)
    statement = select(*_columns(None)).where(criteria.of_logs(wanted))
    if wanted is not None and wanted.message is not None and wanted.message.like_:
        statement = statement.where(_says(connection, wanted.message.like_, "like_"))
    return bounded_page(connection, paged(statement, order, limit, after), order, limit, log.c.message, rows.log_line)


def _columns(longest: int | None) -> list[ColumnElement[Any]]:
    shown: list[ColumnElement[Any]] = [column for column in log.c if column is not log.c.plain]
    if longest is None:
        return shown
    length = func.length(log.c.message)
    return [
        *(column for column in shown if column is not log.c.message),
        func.substr(log.c.message, 1, longest).label("message"),
        case((length > longest, length)).label("whole_length"),
    ]


def _says(connection: Connection, part: str, subject: str) -> ColumnElement[bool]:
    """Lines that show that text. What is looked for may have been copied out of a terminal, escape codes and all."""
    shown = without_escape_codes(criteria.clean_text(part))
    if not shown:
        raise InvalidOption("An empty text is contained in every line.", subject=subject, advice="Leave it out.")
    return dialect.contains(connection, func.coalesce(log.c.plain, log.c.message), shown)


def _of(
    told: Sequence[ColumnElement[Any]],
    root: str,
    flow_run_id: str,
    with_subflows: bool,
    task_run_id: str | None,
    least_level: int,
) -> Select[tuple[object, ...]]:
    statement = select(*told).where(log.c.root_flow_run_id == root)
    if not (with_subflows and root == flow_run_id):
        statement = statement.where(log.c.flow_run_id == flow_run_id)
    if task_run_id is not None:
        statement = statement.where(log.c.task_run_id == task_run_id)
    if least_level:
        statement = statement.where(log.c.level >= least_level)
    return statement


def last_ordinal(connection: Connection, flow_run_id: str) -> int | None:
    """The ordinal of the last line of the flow run's root run, of whichever run below it; None where there is none."""
    root = _root(connection, flow_run_id)
    found: int | None = connection.execute(
        select(func.max(log.c.ordinal)).where(log.c.root_flow_run_id == root)
    ).scalar()
    return found


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
