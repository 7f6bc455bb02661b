"""Runs for times that are past: those a schedule would have made, had it been there or had anybody been there to see to it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from armillary.clock import to_datetime, to_us
from armillary.core.deployments.backfill import Backfill
from armillary.core.deployments.deployment import Deployment
from armillary.core.errors import InvalidOption, TooBroad
from armillary.core.schedules.schedule import due_times, from_document
from armillary.core.text.names import run_name
from armillary.ledger.deployments import scheduled_runs
from armillary.ledger.deployments.manual_runs import check_parameters
from armillary.ledger.deployments.scheduled_runs import NewRun
from armillary.ledger.tables.run_tables import flow_run

MOST_RUNS = 1_000
TAG = "backfill"


def backfill(
    connection: Connection,
    of: Deployment,
    begin: datetime,
    end: datetime,
    now: int,
    new_id: Callable[[], str],
    *,
    only_missed: bool = False,
    dry_run: bool = False,
) -> Backfill:
    """Make a run for each occurrence of the deployment's schedules from ``begin`` to before ``end``, each with its own time as its
    expected start, tagged ``backfill``. ``only_missed``: not for those that have a run already, whatever became of it.

    Raises InvalidOption for a deployment without a schedule and for times that are none, TooBroad for more than 1,000 runs.
    """
    if not of.schedules:
        raise InvalidOption(f"Deployment {of.path} has no schedule.", subject=of.path, advice="Run it by hand instead.")
    if begin >= end:
        raise InvalidOption("The time to begin with is not before the end.", subject="from", advice="Swap them.")
    if end > to_datetime(now):
        raise InvalidOption(
            "The end is yet to come.", subject="to", advice="The schedule itself makes the runs to come: end it now."
        )
    check_parameters(of, of.parameters)
    times: set[datetime] = set()
    just_before = begin - timedelta(microseconds=1)
    for each in of.schedules:
        rule = from_document(each.rule)
        times.update(due_times(rule, just_before, most=MOST_RUNS + 1, within=end - begin))
    times = {each for each in times if each < end}
    if only_missed:
        times -= _with_runs(connection, of.id, begin, end)
    if len(times) > MOST_RUNS:
        raise TooBroad(
            f"That would be more than {MOST_RUNS} runs.",
            subject="from",
            advice="Give a shorter time, and go on from there.",
        )
    wanted = sorted(times)
    if dry_run:
        return Backfill(wanted)
    mark = new_id()
    runs = [
        NewRun(new_id(), run_name(random.random), to_us(at), f"{TAG}:{mark}:{at.isoformat()}", None, None, (TAG,))
        for at in wanted
    ]
    return Backfill(wanted, scheduled_runs.make(connection, of, runs, now))


def _with_runs(connection: Connection, deployment_id: str, begin: datetime, end: datetime) -> set[datetime]:
    column = flow_run.c.expected_start
    statement = select(column).where(
        flow_run.c.deployment_id == deployment_id, column >= to_us(begin), column < to_us(end)
    )
    return {to_datetime(each) for each in connection.execute(statement).scalars()}
