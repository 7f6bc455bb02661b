"""How the task runs of flow runs went over the time of each: what a row in a list of runs has room for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, Connection, case, func, literal, select

from armillary.core.runs.run_history import TaskRunMark
from armillary.core.states import StateType
from armillary.ledger.runs import flow_runs
from armillary.ledger.tables.run_tables import flow_run, task_run

PARTS = 24
MOST_TASK_RUNS = 5_000
"""Of a run with more each task run would have to be looked at, for a picture of a finger's width."""


def of_flow_runs(connection: Connection, flow_run_ids: Sequence[str], now: int) -> dict[str, list[TaskRunMark]]:
    """Each flow run's time, from its start to its end or ``now``, in 24 parts, and how many task runs began in each, by the state
    they are in. Left out are flow runs without task runs, and those with more than 5,000."""
    counts = flow_runs.task_run_counts_of(connection, flow_run_ids)
    small = [each for each, states in counts.items() if sum(states.values()) <= MOST_TASK_RUNS]
    length = func.coalesce(flow_run.c.ended, literal(now, BigInteger)) - flow_run.c.started
    place = (task_run.c.started - flow_run.c.started) * PARTS // case((length > 0, length), else_=1)
    part = case((place < 0, 0), (place >= PARTS, PARTS - 1), else_=place).label("part")
    statement = (
        select(task_run.c.flow_run_id, part, task_run.c.state_type, func.count().label("runs"))
        .join(flow_run, flow_run.c.id == task_run.c.flow_run_id)
        .where(task_run.c.flow_run_id.in_(small), task_run.c.started.is_not(None), flow_run.c.started.is_not(None))
        .group_by(task_run.c.flow_run_id, part, task_run.c.state_type)
        .order_by(task_run.c.flow_run_id, part, task_run.c.state_type)
    )
    found: dict[str, list[TaskRunMark]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.flow_run_id, []).append(TaskRunMark(int(row.part), StateType(row.state_type), row.runs))
    return found
