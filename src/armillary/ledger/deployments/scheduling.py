"""The scheduler: sees that the next hundred runs of every schedule exist, each occurrence once.

``scheduled_through`` of a schedule is the occurrence up to which this has been seen to. A turn goes on from there, so it is
short where nothing is due, and a turn that was cut short or done twice by two servers makes each run once: an occurrence is
the run's idempotency key.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from msgspec import json
from sqlalchemy import Connection, func, select, update

from armillary.clock import to_datetime, to_us
from armillary.core.deployments.deployment import Catchup
from armillary.core.errors import InvalidSchedule
from armillary.core.schedules.schedule import FARTHEST, MOST_FIRINGS, Schedule, due_times, from_document, with_jitter
from armillary.core.text.names import run_name
from armillary.ledger.deployments import deployments, scheduled_runs
from armillary.ledger.deployments.scheduled_runs import NewRun
from armillary.ledger.tables.deployment_tables import deployment, schedule
from armillary.ledger.tables.run_tables import flow_run

logger = logging.getLogger("armillary.ledger")

MOST_MISSED = 1_000
"""Occurrences of one schedule that are caught up with in one turn."""


def schedule_runs(
    connection: Connection, now: int, new_id: Callable[[], str], deployment_id: str | None = None
) -> dict[str, int]:
    """One turn, of all deployments or of one. ``now`` is UTC microseconds of the ledger's clock."""
    scheduled_runs.lock_schedules(connection)
    waiting = _waiting(connection, now)
    statement = (
        select(schedule, deployment.c.id.label("of"))
        .join(deployment, deployment.c.id == schedule.c.deployment_id)
        .where(schedule.c.active, deployment.c.paused.is_(False))
    )
    if deployment_id is not None:
        statement = statement.where(deployment.c.id == deployment_id)
    made = 0
    for row in connection.execute(statement.order_by(schedule.c.id)).mappings().all():
        lacking = MOST_FIRINGS - waiting[row["id"]]
        through = to_datetime(row["scheduled_through"])
        if lacking <= 0 and through > to_datetime(now):
            continue
        rule = _rule(row["id"], row["rule"])
        if rule is None:
            continue
        times = _wanted(rule, Catchup(row["catchup"]), through, to_datetime(now), lacking)
        if times:
            runs = [_run(rule, each, row["id"], new_id) for each in times]
            made += len(scheduled_runs.make(connection, deployments.get(connection, row["of"]), runs, now))
        reached = max([to_us(at) for at in times] + [min(now, row["scheduled_through"])])
        if Catchup(row["catchup"]) is not Catchup.ALL:
            reached = max(reached, now)
        if reached > row["scheduled_through"]:
            connection.execute(
                update(schedule).where(schedule.c.id == row["id"]).values(scheduled_through=reached, updated=now)
            )
    return {"scheduled": made}


@lru_cache(maxsize=4_096)
def _rule(schedule_id: str, document: str) -> Schedule | None:
    """None, and a warning once, for one that another release took and this one does not: it must not stop all the others."""
    try:
        return from_document(json.decode(document))
    except InvalidSchedule as problem:
        logger.warning("Schedule %s fires no more: %s", schedule_id, problem)
        return None


def _waiting(connection: Connection, now: int) -> Counter[str]:
    """How many runs of each schedule are still to come. Only a SCHEDULED run has a next start, so the index of schedules alone
    answers, a schedule at a time: grouping all such runs would read each of them."""
    coming = (
        select(func.count())
        .where(flow_run.c.schedule_id == schedule.c.id, flow_run.c.next_scheduled_start > now)
        .scalar_subquery()
    )
    return Counter({str(each): many for each, many in connection.execute(select(schedule.c.id, coming))})


def _wanted(rule: Schedule, catchup: Catchup, through: datetime, now: datetime, lacking: int) -> Sequence[datetime]:
    """Occurrences behind ``through``: those missed, as ``catchup`` has it, and those to come that are lacking."""
    missed: list[datetime] = []
    if through < now:
        behind = due_times(rule, through, most=MOST_MISSED, within=now - through)
        missed = {Catchup.ALL: behind, Catchup.LATEST: behind[-1:], Catchup.SKIP: []}[catchup]
        if catchup is Catchup.ALL and len(behind) == MOST_MISSED:
            return behind
    begin = max(through, now)
    coming = due_times(rule, begin, most=max(lacking, 0), within=now + FARTHEST - begin) if lacking > 0 else []
    return [*missed, *coming]


def _run(rule: Schedule, occurrence: datetime, schedule_id: str, new_id: Callable[[], str]) -> NewRun:
    due = with_jitter(rule, occurrence) if rule.jitter_seconds else occurrence
    key = f"{schedule_id}:{occurrence.isoformat()}"
    return NewRun(new_id(), run_name(random.random), to_us(due), key, schedule_id)
