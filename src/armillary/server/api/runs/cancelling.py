"""``/flow_runs/{id}/cancel`` and ``/task_runs/{id}/cancel``; and how an owner is asked for anything."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import Response
from sqlalchemy import Connection

from armillary.clock import new_id, now_us
from armillary.home import commands as asking
from armillary.server.api.bodies import Body, Id
from armillary.server.api.idempotency import Key, create_once
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.live.keeper import Keeper
from armillary.server.permissions import WRITE, requires

router = api_router()


class CommandQuestion(Body):
    """``command_id`` makes it safe to ask twice, as an idempotency key does; left out, the server makes one."""

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
def cancel_flow_run(
    ledger: ServedLedger, flow_run_id: Id, question: CommandQuestion | None = None, key: Key = None
) -> Response:
    """Cancel it with everything below it: its owner is asked to; a run that nobody owns is cancelled at once."""
    return ask(ledger, key, f"POST /flow_runs/{flow_run_id}/cancel", str(flow_run_id), question, asking.cancel)


@router.post(
    "/task_runs/{task_run_id}/cancel",
    response_model=Asked,
    status_code=202,
    tags=["task runs"],
    dependencies=[requires(WRITE)],
)
def cancel_task_run(
    ledger: ServedLedger, task_run_id: Id, question: CommandQuestion | None = None, key: Key = None
) -> Response:
    """Ask the owner of its flow run to cancel it."""
    return ask(ledger, key, f"POST /task_runs/{task_run_id}/cancel", str(task_run_id), question, asking.cancel)


def ask(
    ledger: Keeper, key: str | None, route: str, run_id: str, question: CommandQuestion | None, wanted: asking.Asking
) -> Response:
    """Ask for something, once under a key or command id."""
    given = None if question is None or question.command_id is None else str(question.command_id)
    rung: list[str] = []

    def take(connection: Connection) -> Asked:
        command_id = given or new_id()
        root = wanted(connection, run_id, command_id, now_us())
        if root is not None:
            rung.append(root)
        return Asked(run_id, command_id)

    asked = create_once(ledger, key or given, route, question, take, 202)
    for root in rung:
        ledger.ring(root)
    return asked
