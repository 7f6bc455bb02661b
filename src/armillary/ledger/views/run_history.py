"""How runs went over time: counts by state in buckets, and how long and how late each run was."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Table, case, func, literal, select

from armillary.clock import to_datetime, to_us
from armillary.core.errors import InvalidOption
from armillary.core.runs.run_history import HistoryBucket, HistoryState, RunFacts
from armillary.core.states import CANCELLED, COMPLETED, CRASHED, FAILED, StateType
from armillary.ledger.database.checks import is_time
from armillary.ledger.tables.run_tables import flow_run, task_run

MOST_BUCKETS = 1_000
LEAST_INTERVAL = timedelta(seconds=1)
MOST_FACTS = 1_000
_ENDED = (COMPLETED, FAILED, CRASHED, CANCELLED)
_MICROSECONDS = 1_000_000


def flow_run_buckets(
    connection: Connection,
    condition: ColumnElement[bool],
    start: datetime,
    end: datetime,
    interval: timedelta,
    now: int,
) -> list[HistoryBucket]:
    """Flow runs by expected start, in buckets of ``interval`` from ``start``; the last one may reach behind ``end``. Buckets
    of the future show what is scheduled. ``condition`` narrows the rows of ``flow_run``.

    Raises InvalidOption for an interval under a second or for more than 1,000 buckets.
    """
    return _buckets(connection, flow_run, flow_run.c.expected_start, condition, start, end, interval, now)


def task_run_buckets(
    connection: Connection,
    condition: ColumnElement[bool],
    start: datetime,
    end: datetime,
    interval: timedelta,
    now: int,
) -> list[HistoryBucket]:
    """As ``flow_run_buckets``; task runs by creation."""
    return _buckets(connection, task_run, task_run.c.created, condition, start, end, interval, now)


def flow_run_facts(
    connection: Connection, condition: ColumnElement[bool], now: int, *, limit: int = 200
) -> list[RunFacts]:
    """State, time, duration and lateness of the latest flow runs, oldest first: a chart's worth."""
    if not 1 <= limit <= MOST_FACTS:
        raise InvalidOption(f"limit is {limit}.", subject="limit", advice=f"Give a number from 1 to {MOST_FACTS}.")
    run = flow_run.c
    statement = (
        select(
            run.id,
            run.name,
            run.state_type,
            run.state_name,
            run.expected_start,
            _run_time(flow_run, now).label("run_time"),
            _lateness(flow_run, now).label("lateness"),
        )
        .where(condition)
        .order_by(run.expected_start.desc(), run.id.desc())
        .limit(limit)
    )
    return [
        RunFacts(
            row.id,
            row.name,
            StateType(row.state_type),
            row.state_name,
            to_datetime(row.expected_start),
            row.run_time / _MICROSECONDS,
            row.lateness / _MICROSECONDS,
        )
        for row in reversed(connection.execute(statement).all())
    ]


def _buckets(
    connection: Connection,
    table: Table,
    when: ColumnElement[Any],
    condition: ColumnElement[bool],
    start: datetime,
    end: datetime,
    interval: timedelta,
    now: int,
) -> list[HistoryBucket]:
    width = interval // timedelta(microseconds=1)
    first, last = to_us(start), to_us(end)
    if interval < LEAST_INTERVAL:
        raise InvalidOption(
            "The interval is under one second.", subject="history_interval_seconds", advice="Give 1 or more."
        )
    if last <= first:
        raise InvalidOption("The end is not behind the start.", subject="history_end")
    many = -((first - last) // width)
    if many > MOST_BUCKETS:
        raise InvalidOption(
            f"That is {many} buckets.", subject="history_interval_seconds", advice=f"Ask for at most {MOST_BUCKETS}."
        )
    until = first + many * width
    if not (is_time(first) and is_time(until)):
        raise InvalidOption(
            "There is no history at that time.", subject="history_start", advice="Ask for years from 1970 on."
        )
    bucket = ((when - literal(first, BigInteger)) // literal(width, BigInteger)).label("bucket")
    statement = (
        select(
            bucket,
            table.c.state_type,
            table.c.state_name,
            func.count().label("runs"),
            func.sum(_run_time(table, now)).label("run_time"),
            func.sum(_lateness(table, now)).label("lateness"),
        )
        .where(condition, when >= first, when < until)
        .group_by(bucket, table.c.state_type, table.c.state_name)
        .order_by(bucket, table.c.state_type, table.c.state_name)
    )
    found = [
        HistoryBucket(to_datetime(first + place * width), to_datetime(first + (place + 1) * width))
        for place in range(many)
    ]
    for row in connection.execute(statement):
        found[row.bucket].states.append(
            HistoryState(
                StateType(row.state_type),
                row.state_name,
                row.runs,
                float(row.run_time) / _MICROSECONDS,
                float(row.lateness) / _MICROSECONDS,
            )
        )
    return found


def _run_time(table: Table, now: int) -> ColumnElement[int]:
    """From start to end, or to now, in microseconds."""
    run = table.c
    return _positive(func.coalesce(run.ended, literal(now, BigInteger)) - run.started)


def _lateness(table: Table, now: int) -> ColumnElement[int]:
    """Start, or now where it has not started, minus the time it was expected at; one that ended unstarted stopped being late."""
    run = table.c
    expected = run.expected_start if table is flow_run else run.created
    unstarted = case((run.state_type.in_(_ENDED), func.coalesce(run.ended, expected)), else_=literal(now, BigInteger))
    return _positive(func.coalesce(run.started, unstarted) - expected)


def _positive(value: ColumnElement[int]) -> ColumnElement[int]:
    return case((value > 0, value), else_=literal(0, BigInteger))
