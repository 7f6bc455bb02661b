"""``/flow_runs/{id}/pause``, ``suspend``, ``resume`` and ``input``."""

from __future__ import annotations

from functools import partial

from fastapi import Request, Response
from msgspec import UNSET
from pydantic import Field

from armillary.core.runs.run_input import RunInput
from armillary.home import commands as asking
from armillary.home import flow_runs as use_cases
from armillary.server.access.attempt_tokens import named_run
from armillary.server.api.answers import tagged
from armillary.server.api.bodies import Id, Json
from armillary.server.api.idempotency import Key
from armillary.server.api.routes import api_router
from armillary.server.api.runs.cancelling import Asked, CommandQuestion, ask
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, WRITE, requires

router = api_router("/flow_runs", tags=["flow runs"])


class ResumeQuestion(CommandQuestion):
    """``run_input`` is the value the run asks for, left out where it asks for none."""

    run_input: Json = Field(default=None)


@router.post("/{flow_run_id}/pause", response_model=Asked, status_code=202, dependencies=[requires(WRITE)])
def pause_flow_run(
    ledger: ServedLedger, flow_run_id: Id, question: CommandQuestion | None = None, key: Key = None
) -> Response:
    """Hold a running flow run and the subflow runs below it: what runs goes on to its end, nothing new begins."""
    return ask(ledger, key, f"POST /flow_runs/{flow_run_id}/pause", str(flow_run_id), question, asking.pause)


@router.post("/{flow_run_id}/suspend", response_model=Asked, status_code=202, dependencies=[requires(WRITE)])
def suspend_flow_run(
    ledger: ServedLedger, flow_run_id: Id, question: CommandQuestion | None = None, key: Key = None
) -> Response:
    """Let a running or paused root run give up its process; resumed, it goes on as its next attempt."""
    return ask(ledger, key, f"POST /flow_runs/{flow_run_id}/suspend", str(flow_run_id), question, asking.suspend)


@router.post("/{flow_run_id}/resume", response_model=Asked, status_code=202, dependencies=[requires(WRITE)])
def resume_flow_run(
    ledger: ServedLedger, flow_run_id: Id, question: ResumeQuestion | None = None, key: Key = None
) -> Response:
    """Let a paused or suspended run go on. An input that does not fit what the run asks for is refused, and changes nothing."""
    given = question is not None and "run_input" in question.model_fields_set
    wanted = partial(asking.resume, answer=question.run_input if question is not None and given else UNSET)
    return ask(ledger, key, f"POST /flow_runs/{flow_run_id}/resume", str(flow_run_id), question, wanted)


@router.get("/{flow_run_id}/input", response_model=list[RunInput], dependencies=[requires(READ, attempt=named_run)])
def flow_run_input(request: Request, ledger: ServedLedger, flow_run_id: Id) -> Response:
    """What the run asked for, as JSON Schema, and what it was answered; oldest first."""
    with ledger.read() as connection:
        told = use_cases.inputs(connection, str(flow_run_id))
    return tagged(request, told)
