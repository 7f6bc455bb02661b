"""Preconditions of pause, suspend and resume, and which owner gets the command.

Each answers with the root run whose owner is to be asked. All raise NotFound, and IllegalTransition naming what the run is.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET
from sqlalchemy import Connection

from armillary.core.errors import IllegalTransition, NotFound
from armillary.core.rules.ownership import SUSPENDED
from armillary.core.runs.flow_run import FlowRun
from armillary.core.states import PAUSED, RUNNING
from armillary.ledger.ownership import suspended_runs
from armillary.ledger.runs import flow_runs, run_inputs


def to_pause(connection: Connection, flow_run_id: str) -> FlowRun:
    """The run must be running."""
    run = _found(connection, flow_run_id)
    if run.state_type is not RUNNING:
        raise IllegalTransition(
            f"{run.name!r} is {run.state_name}: only a running flow run can be paused.",
            subject=run.name,
            advice=None
            if run.deployment_id is None
            else "To hold scheduled runs, pause their deployment or work queue.",
        )
    return _root(connection, run)


def to_suspend(connection: Connection, flow_run_id: str) -> FlowRun:
    """The run must be a root run, running or paused."""
    run = _found(connection, flow_run_id)
    if run.state_type not in (RUNNING, PAUSED) or run.state_name == SUSPENDED:
        raise IllegalTransition(
            f"{run.name!r} is {run.state_name}: only a running or paused flow run can be suspended.", subject=run.name
        )
    if run.root_flow_run_id != run.id:
        raise IllegalTransition(
            f"{run.name!r} is a subflow run and has no process of its own to give up.",
            subject=run.name,
            advice=f"Suspend its root run {run.root_flow_run_id}, or pause this one.",
        )
    return run


def to_resume(connection: Connection, flow_run_id: str, now: int, answer: Any = UNSET) -> FlowRun | None:
    """The run must be paused, and ``answer`` fit what it asks for, else InvalidParameters. A suspended one, which nobody owns, is
    put back to be started: None."""
    run = _found(connection, flow_run_id)
    if run.state_type is not PAUSED:
        raise IllegalTransition(f"{run.name!r} is {run.state_name}: it is not paused.", subject=run.name)
    if run.state_name == SUSPENDED:
        suspended_runs.resume(connection, flow_run_id, now, answer)
        return None
    run_inputs.check(run_inputs.open_question(connection, flow_run_id), answer)
    return _root(connection, run)


def _found(connection: Connection, flow_run_id: str) -> FlowRun:
    run = flow_runs.get(connection, flow_run_id)
    if run is None:
        raise NotFound(f"There is no flow run {flow_run_id!r}.", subject=flow_run_id)
    return run


def _root(connection: Connection, run: FlowRun) -> FlowRun:
    return run if run.root_flow_run_id == run.id else _found(connection, run.root_flow_run_id)
