"""Rows of runs in memory: read in one go, and moved from state to state."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Table, select

from armillary.core.states import RUNNING, SCHEDULED, TERMINAL, StateType
from armillary.journal.format.events import StateChanged
from armillary.ledger.database.checks import clean_or_none, is_id
from armillary.ledger.database.dialect import Row

_IDS_AT_ONCE = 500


def load(connection: Connection, table: Table, ids: Iterable[str]) -> list[Row]:
    """The rows there are of these ids; a text that is no id has none."""
    wanted = sorted(each for each in ids if is_id(each))
    found: list[Row] = []
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        statement = select(table).where(table.c.id.in_(wanted[start : start + _IDS_AT_ONCE]))
        found.extend(dict(row) for row in connection.execute(statement).mappings())
    return found


def first_state(kind: StateType, name: str, message: str | None, at: int) -> Row:
    """What a new run's row says of its state and times."""
    return {
        "state_type": str(kind),
        "state_name": name,
        "state_message": clean_or_none(message),
        "state_at": at,
        "started": None,
        "ended": None,
        "run_time": 0,
        "run_count": 0,
        "next_scheduled_start": None,
        "updated": at,
        "history_length": 1,
        "before_crash": None,
    }


def take_state(
    run: Row, kind: StateType, name: str, message: str | None, at: int, run_count: int, scheduled: int | None = None
) -> None:
    """Move a run's row to a state that was found to count. Its history line comes from ``history_line`` next."""
    if run["state_type"] == RUNNING:
        run["run_time"] += max(0, at - run["state_at"])
    if kind is RUNNING and run["started"] is None:
        run["started"] = at
    run["ended"] = at if kind in TERMINAL else None
    run["next_scheduled_start"] = scheduled if kind is SCHEDULED else None
    run["state_type"] = kind.value
    run["state_name"] = name
    run["state_message"] = clean_or_none(message)
    run["state_at"] = at
    run["run_count"] = run_count
    run["updated"] = max(run["updated"], at)
    run["before_crash"] = None
    run["history_length"] += 1


def history_line(key: str, run: Row, attempt: int) -> Row:
    """The line for the state the run has just taken."""
    return {
        key: run["id"],
        "sequence": run["history_length"] - 1,
        "type": run["state_type"],
        "name": run["state_name"],
        "message": run["state_message"],
        "at": run["state_at"],
        "attempt": attempt,
        "run_count": run["run_count"],
        "applied": True,
    }


def refused_line(key: str, run: Row, kind: StateType, event: StateChanged, attempt: int) -> Row:
    """The line for a state the run was told to take and did not."""
    run["history_length"] += 1
    return {
        key: run["id"],
        "sequence": run["history_length"] - 1,
        "type": str(kind),
        "name": event.name,
        "message": clean_or_none(event.message),
        "at": event.at,
        "attempt": attempt,
        "run_count": event.run_count,
        "applied": False,
    }
