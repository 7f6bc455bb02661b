"""What others than its owner may change of a flow run: its name and tags, and its state while nobody owns it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import json
from sqlalchemy import Connection, delete

from armillary.core.errors import IllegalTransition, NotFound
from armillary.core.rules.ownership import SUSPENDED, has_owner
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.task_run import TaskRun
from armillary.core.states import (
    CANCELLED,
    CRASHED,
    FAILED,
    NAMES,
    PAUSED,
    SCHEDULED,
    TERMINAL,
    State,
    StateType,
    can_move,
)
from armillary.core.text.names import checked_name
from armillary.ledger.database import dialect, run_rows
from armillary.ledger.database.dialect import Row
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.database.run_rows import history_line, take_state
from armillary.ledger.ownership import fresh_starts, settling
from armillary.ledger.runs import deleting, flow_runs
from armillary.ledger.tables.deployment_tables import run_death
from armillary.ledger.tables.run_tables import flow_run, flow_run_state, flow_run_tag

_GIVEN = frozenset({SCHEDULED, PAUSED, CANCELLED, FAILED, CRASHED})
"""What a run that nobody owns can be told to be. Who runs it says the rest."""


def rename(
    connection: Connection, flow_run_id: str, now: int, *, name: str | None = None, tags: Sequence[str] | None = None
) -> FlowRun:
    """Give a flow run another name, other tags, or both. Raises NotFound, or InvalidOption for an unusable name."""
    run = _locked(connection, flow_run_id)
    if name is not None:
        run["name"] = checked_name(name, "run name")
    if tags is not None:
        wanted = list(dict.fromkeys(checked_name(tag, "tag") for tag in tags))
        run["tags"] = json.encode(wanted).decode()
        connection.execute(delete(flow_run_tag).where(flow_run_tag.c.flow_run_id == flow_run_id))
        start = run["expected_start"]
        dialect.insert_missing(
            connection,
            flow_run_tag,
            [{"tag": tag, "expected_start": start, "flow_run_id": flow_run_id} for tag in wanted],
        )
    run["updated"] = max(run["updated"], now)
    return _written(connection, run, [], now)


def set_state(
    connection: Connection, flow_run_id: str, state: State, now: int, scheduled: int | None = None
) -> FlowRun:
    """Move a root run that nobody owns to a state; ``scheduled`` is when a SCHEDULED one is due, now unless said.

    Raises NotFound, or IllegalTransition: for a run that somebody runs or that ended, for a subflow run, and for a state only
    an owner can tell.
    """
    run = _locked(connection, flow_run_id)
    kind = StateType(run["state_type"])
    if has_owner(kind, run["state_name"]):
        raise IllegalTransition(
            f"{run['name']!r} is {run['state_name']}: only its owner decides its state.",
            subject=run["name"],
            advice="Ask the owner to cancel, pause or resume it instead.",
        )
    if run["root_flow_run_id"] != flow_run_id:
        raise IllegalTransition(f"{run['name']!r} is a subflow run: its state is its root run's.", subject=run["name"])
    if state.type not in _GIVEN:
        raise IllegalTransition(f"Only the process running {run['name']!r} can set {state.type}.", subject=run["name"])
    if not can_move(kind, state.type):
        raise IllegalTransition(
            f"{run['name']!r} is {run['state_name']} and cannot become {state.type}.",
            subject=run["name"],
            advice="Retry it instead." if kind in TERMINAL else None,
        )
    outbox = Outbox(now)
    settling.settle_late(connection, run, now, outbox)
    due = (now if scheduled is None else scheduled) if state.type is SCHEDULED else None
    at = max(now, run["state_at"])
    name = SUSPENDED if state.type is PAUSED else state.name  # nobody waits in a process for it
    take_state(run, state.type, name, state.message, at, run["run_count"], due)
    return _written(connection, run, [history_line("flow_run_id", run, run["attempt"])], now, outbox)


def schedule_again(
    connection: Connection,
    flow_run_id: str,
    now: int,
    scheduled: int | None = None,
    *,
    because: str | None = None,
    from_failure: bool = True,
) -> FlowRun:
    """Put a deployed root run that has ended back into its queue, as its next attempt. ``because``: nobody asked for that, its
    process died; who asks forgives it the deaths it died before. ``from_failure``: it takes over the results and answers that
    were kept; else it does all again.

    Raises NotFound, or IllegalTransition for a run that has not ended, a subflow run, and one without a deployment: nobody
    would know how to start it.
    """
    run = _locked(connection, flow_run_id)
    if StateType(run["state_type"]) not in TERMINAL:
        raise IllegalTransition(
            f"{run['name']!r} is {run['state_name']}: it has not ended.", subject=run["name"], advice="Cancel it first."
        )
    if run["root_flow_run_id"] != flow_run_id:
        raise IllegalTransition(
            f"{run['name']!r} is a subflow run and is tried again only with the run that started it.",
            subject=run["name"],
            advice=f"Retry {run['root_flow_run_id']} instead.",
        )
    if run["deployment_id"] is None:
        raise IllegalTransition(
            f"{run['name']!r} belongs to no deployment, so no agent can run it.",
            subject=run["name"],
            advice=f"Retry it where its code is: armillary flow-run retry {flow_run_id}",
        )
    outbox = Outbox(now)
    replaced = None if because is None else run["before_crash"]
    settling.settle_below(connection, flow_run_id, run["attempt"], now, presumed=replaced is not None, outbox=outbox)
    run["attempt"] += 1
    if not from_failure:  # by whichever clock is ahead, the ledger's or that of who kept the results
        fresh_starts.put(connection, flow_run_id, max(now, run["state_at"]))
    due = now if scheduled is None else scheduled
    if because is None:
        connection.execute(delete(run_death).where(run_death.c.flow_run_id == flow_run_id))
    message = f"Attempt {run['attempt']} was asked for." if because is None else f"To be tried again: {because}"
    take_state(run, SCHEDULED, NAMES[SCHEDULED][0], message, max(now, run["state_at"]), 0, due)
    run["before_crash"] = (
        replaced  # until somebody is granted the attempt, the owner before may yet say that it had finished
    )
    return _written(connection, run, [history_line("flow_run_id", run, run["attempt"])], now, outbox)


def cancel_unowned(connection: Connection, run: FlowRun | TaskRun, root: FlowRun, now: int) -> None:
    """Cancel a root run that nobody runs. Raises IllegalTransition for a run below one."""
    if run.id != root.id:
        raise IllegalTransition(
            f"{run.name!r} is {run.state_name}, and nobody runs it now.",
            subject=run.name,
            advice=f"Cancel its root run: armillary flow-run cancel {root.id}",
        )
    set_state(connection, root.id, State(CANCELLED, "", "Cancelled while nobody ran it."), now)


def back_to_queue(connection: Connection, flow_run_id: str, now: int, why: str) -> FlowRun:
    """A run that was handed out and not started waits for its time again. Raises NotFound."""
    run = _locked(connection, flow_run_id)
    take_state(run, SCHEDULED, NAMES[SCHEDULED][0], why, max(now, run["state_at"]), 0, run["expected_start"])
    return _written(connection, run, [history_line("flow_run_id", run, run["attempt"])], now)


def delete_unowned(connection: Connection, flow_run_id: str, now: int) -> int:
    """Delete a flow run that nobody runs, with every subflow run below it; how many that were.

    Raises NotFound, or IllegalTransition for one that somebody is running.
    """
    run = _locked(connection, flow_run_id)
    if has_owner(StateType(run["state_type"]), run["state_name"]):
        raise IllegalTransition(
            f"{run['name']!r} is {run['state_name']}: somebody is running it.",
            subject=run["name"],
            advice=f"Cancel it first: armillary flow-run cancel {run['name']}",
        )
    return deleting.delete_flow_run(connection, flow_run_id, now)


def _locked(connection: Connection, flow_run_id: str) -> Row:
    found = run_rows.load(connection, flow_run, [flow_run_id])
    if found:
        dialect.lock(connection, found[0]["root_flow_run_id"])
        found = run_rows.load(connection, flow_run, [flow_run_id])
    if not found:
        raise NotFound(f"There is no flow run {flow_run_id!r}.", subject=flow_run_id)
    return found[0]


def _written(
    connection: Connection, run: Row, history: Sequence[dict[str, Any]], now: int, outbox: Outbox | None = None
) -> FlowRun:
    outbox = outbox or Outbox(now)
    dialect.upsert(connection, flow_run, [run])
    dialect.insert(connection, flow_run_state, history)
    outbox.tell_run("flow_run", run, run["root_flow_run_id"])
    outbox.number(connection)
    found = flow_runs.get(connection, run["id"])
    assert found is not None
    return found
