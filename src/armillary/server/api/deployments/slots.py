"""``/concurrency_limits/slots``: taking and giving back, for who runs tasks."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field

from armillary.clock import now_us
from armillary.ledger.nouns import concurrency_limits
from armillary.ledger.nouns.concurrency_limits import Granting
from armillary.server.access.attempt_tokens import check_root, check_task_run, named_slots, told_in_body
from armillary.server.api.answers import answer
from armillary.server.api.bodies import Body, Id, Name, Tags
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import WORK, requires

router = api_router("/concurrency_limits/slots", tags=["concurrency limits"])


class SlotsWanted(Body):
    """``holder`` names the journal or worker whose end frees them."""

    root_flow_run_id: UUID
    task_run_id: UUID
    tags: Annotated[Tags, Field(min_length=1)]
    holder: Name | None = None


@router.post("", response_model=Granting, dependencies=[requires(WORK, attempt=told_in_body)])
def take_slots(request: Request, ledger: ServedLedger, wanted: SlotsWanted) -> Response:
    """A slot of every limited tag for a task run, or none at all: then `full` names the tags that have none left. Asking again
    for a run that holds them is granted again. The token of a run takes them for its task runs that are known: 404 for one whose
    beginning has not been shipped yet."""
    caller = request.scope["caller"]
    check_root(caller, str(wanted.root_flow_run_id))
    with ledger.write() as connection:
        check_task_run(connection, caller, str(wanted.task_run_id))
        granting = concurrency_limits.acquire(
            connection, str(wanted.root_flow_run_id), str(wanted.task_run_id), wanted.tags, wanted.holder, now_us()
        )
    return answer(granting)


@router.delete("/{task_run_id}", response_model=int, dependencies=[requires(WORK, attempt=named_slots)])
def give_slots_back(ledger: ServedLedger, task_run_id: Id) -> Response:
    """Give back every slot of a task run; how many that were."""
    with ledger.write() as connection:
        freed = concurrency_limits.release(connection, str(task_run_id))
    return answer(freed)
