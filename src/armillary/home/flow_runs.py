"""Flow runs."""

from __future__ import annotations

from sqlalchemy import Connection

from armillary.core.errors import NotFound
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.run_input import RunInput
from armillary.ledger.ownership import attempts
from armillary.ledger.runs import flow_runs, run_inputs


def get(connection: Connection, flow_run_id: str) -> FlowRun:
    """Raises NotFound."""
    found = flow_runs.get(connection, flow_run_id)
    if found is None:
        raise NotFound(f"There is no flow run {flow_run_id!r}.", subject=flow_run_id)
    return found


def grant_attempt(connection: Connection, flow_run_id: str, now: int) -> FlowRun:
    """Raises NotFound, and IllegalTransition for a run that has not ended or has a parent."""
    attempts.grant_attempt(connection, flow_run_id, now)
    return get(connection, flow_run_id)


def inputs(connection: Connection, flow_run_id: str) -> list[RunInput]:
    """What the run asked for and what it was answered, oldest first. Raises NotFound."""
    get(connection, flow_run_id)
    return run_inputs.every(connection, flow_run_id)
