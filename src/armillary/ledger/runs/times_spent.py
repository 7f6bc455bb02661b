"""Where the time of flow runs went."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from armillary.core.runs.time_spent import TimeSpent
from armillary.journal.format.events import TimeSpent as TimeSpentEvent
from armillary.ledger.database import dialect
from armillary.ledger.tables.run_tables import flow_run
from armillary.ledger.tables.server_tables import time_spent

_MICROS = 1_000_000
_PARTS = ("user", "waiting", "serialisation", "orchestration")


def row_of(event: TimeSpentEvent) -> dialect.Row:
    return {
        "flow_run_id": event.run,
        **{part: min(max(getattr(event, part), 0), 2**62) for part in _PARTS},
        "task_runs": min(max(event.task_runs, 0), 2**62),
    }


def write(connection: Connection, rows: Iterable[dialect.Row]) -> None:
    """What owners recorded; of a flow run that was tried again, what its last try says."""
    dialect.upsert(connection, time_spent, list(rows))


def get(connection: Connection, flow_run_id: str) -> TimeSpent | None:
    """None while the run has not ended."""
    found = connection.execute(select(time_spent).where(time_spent.c.flow_run_id == flow_run_id)).mappings().first()
    if found is None:
        return None
    return TimeSpent(
        flow_run_id,
        user_seconds=found["user"] / _MICROS,
        waiting_seconds=found["waiting"] / _MICROS,
        serialisation_seconds=found["serialisation"] / _MICROS,
        orchestration_seconds=found["orchestration"] / _MICROS,
        task_runs=found["task_runs"],
    )


def totals(connection: Connection) -> dict[str, float]:
    """Seconds by part, over every root run that is kept: subflow runs count in their roots."""
    sums = [func.coalesce(func.sum(time_spent.c[part]), 0).label(part) for part in _PARTS]
    statement = (
        select(*sums)
        .join(flow_run, flow_run.c.id == time_spent.c.flow_run_id)
        .where(flow_run.c.root_flow_run_id == flow_run.c.id)
    )
    row = connection.execute(statement).mappings().one()
    return {part: float(row[part]) / _MICROS for part in _PARTS}
