"""``/flow_runs/{id}/cancel`` and ``/task_runs/{id}/cancel``."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import Response

from armillary.client.new_ids import new_id
from armillary.server import asking
from armillary.server.api.answers import answer
from armillary.server.api.bodies import Body, Id
from armillary.server.api.clock import now_micros
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import WRITE, requires

router = api_router()


class CancelQuestion(Body):
    """``command_id`` makes it safe to ask twice; left out, the server makes one."""

    command_id: UUID | None = None


@dataclass(slots=True)
class Asked:
    """The command that the run's owner gets. Cancelling is cooperative: the run reads CANCELLING or CANCELLED once it is
    obeyed, and CANCELLED at once where nobody owned it."""

    run_id: str
    command_id: str


@router.post(
    "/flow_runs/{flow_run_id}/cancel",
    response_model=Asked,
    status_code=202,
    tags=["flow runs"],
    dependencies=[requires(WRITE)],
)
def cancel_flow_run(ledger: ServedLedger, flow_run_id: Id, question: CancelQuestion | None = None) -> Response:
    """Cancel it with everything below it: its owner is asked to; a run that nobody owns is cancelled at once."""
    return _cancel(ledger, str(flow_run_id), question)


@router.post(
    "/task_runs/{task_run_id}/cancel",
    response_model=Asked,
    status_code=202,
    tags=["task runs"],
    dependencies=[requires(WRITE)],
)
def cancel_task_run(ledger: ServedLedger, task_run_id: Id, question: CancelQuestion | None = None) -> Response:
    """Ask the owner of its flow run to cancel it."""
    return _cancel(ledger, str(task_run_id), question)


def _cancel(ledger: ServedLedger, run_id: str, question: CancelQuestion | None) -> Response:
    given = None if question is None else question.command_id
    command_id = new_id() if given is None else str(given)
    asking.cancel(ledger, run_id, command_id, now_micros())
    return answer(Asked(run_id, command_id), 202)
