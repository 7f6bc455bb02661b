"""``/flow_run_states`` and ``/task_run_states``: the histories of runs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from armillary.core.runs.state_change import StateChange
from armillary.ledger.runs import flow_runs, task_runs
from armillary.server.access.attempt_tokens import named_run
from armillary.server.api.answers import tagged
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, requires

flow_run_router = api_router("/flow_run_states", tags=["states"])
task_run_router = api_router("/task_run_states", tags=["states"])


@flow_run_router.get("", response_model=list[StateChange], dependencies=[requires(READ, attempt=named_run)])
def flow_run_states(request: Request, ledger: ServedLedger, flow_run_id: Annotated[UUID, Query()]) -> Response:
    """Every state the flow run took or was told to take, oldest first. Of a run that does not exist: none."""
    with ledger.read() as connection:
        told = flow_runs.history(connection, str(flow_run_id))
    return tagged(request, told)


@task_run_router.get("", response_model=list[StateChange], dependencies=[requires(READ, attempt=named_run)])
def task_run_states(request: Request, ledger: ServedLedger, task_run_id: Annotated[UUID, Query()]) -> Response:
    """Every state the task run took or was told to take, oldest first. Of a run that does not exist: none."""
    with ledger.read() as connection:
        told = task_runs.history(connection, str(task_run_id))
    return tagged(request, told)
