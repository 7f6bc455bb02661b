"""Runs that gave up their process and wait: resumed, or given up when nobody answers in time."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, json
from sqlalchemy import Connection, select

from armillary.core.errors import IllegalTransition, NotFound
from armillary.core.rules.ownership import SUSPENDED
from armillary.core.runs.flow_run import FlowRun
from armillary.core.states import FAILED, NAMES, PAUSED, SCHEDULED, StateType
from armillary.ledger.database import dialect, run_rows
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.database.run_rows import history_line, take_state
from armillary.ledger.runs import flow_runs, run_inputs
from armillary.ledger.tables.run_tables import flow_run, flow_run_state
from armillary.ledger.tables.server_tables import run_input

RESUMING = "Resuming"
_AT_ONCE = 500


def resume(connection: Connection, flow_run_id: str, now: int, answer: Any = UNSET) -> FlowRun:
    """Put a suspended run back to be started, at once, as its next attempt.

    ``answer`` is the input it asked for. Raises NotFound, IllegalTransition for a run that is not suspended, and
    InvalidParameters for an input that does not fit; then nothing is changed.
    """
    dialect.lock(connection, flow_run_id)
    found = run_rows.load(connection, flow_run, [flow_run_id])
    if not found:
        raise NotFound(f"There is no flow run {flow_run_id!r}.", subject=flow_run_id)
    run = found[0]
    if StateType(run["state_type"]) is not PAUSED or run["state_name"] != SUSPENDED:
        raise IllegalTransition(f"{run['name']!r} is {run['state_name']}: it is not paused.", subject=run["name"])
    question = run_inputs.open_question(connection, flow_run_id)
    run_inputs.check(question, answer)
    if question is not None:
        text = None if answer is UNSET else json.encode(answer).decode()
        run_inputs.settle(connection, flow_run_id, question.key, text, now)
    _take(connection, run, SCHEDULED, RESUMING, "It was resumed.", now)
    resumed = flow_runs.get(connection, flow_run_id)
    assert resumed is not None
    return resumed


def give_up(connection: Connection, now: int) -> int:
    """Fail the suspended runs that nobody answered in time; how many, a bounded number at a time."""
    statement = (
        select(flow_run.c.id)
        .join(run_input, run_input.c.flow_run_id == flow_run.c.id)
        .where(run_input.c.answered.is_(None), run_input.c.expires < now)
        .where(flow_run.c.state_type == str(PAUSED), flow_run.c.state_name == SUSPENDED)
        .distinct()
        .limit(_AT_ONCE)
    )
    free = dialect.lock_free(connection, sorted(str(each) for each in connection.execute(statement).scalars()))
    expired = list(connection.execute(statement.where(flow_run.c.id.in_(free))).scalars())
    for run in run_rows.load(connection, flow_run, expired):
        _take(connection, run, FAILED, "TimedOut", "Not resumed in time.", now)
    return len(expired)


def _take(connection: Connection, run: dialect.Row, kind: StateType, name: str, message: str, now: int) -> None:
    assert name in NAMES[kind]
    due = now if kind is SCHEDULED else None
    take_state(run, kind, name, message, max(now, run["state_at"]), run["run_count"], due)
    dialect.upsert(connection, flow_run, [run])
    dialect.insert(connection, flow_run_state, [history_line("flow_run_id", run, run["attempt"])])
    outbox = Outbox(now)
    outbox.tell_run("flow_run", run, run["root_flow_run_id"])
    outbox.number(connection)
