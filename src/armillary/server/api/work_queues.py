"""``/work_queues``: which scheduled runs wait where."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from sqlalchemy import Connection

from armillary.core.flow_run import FlowRun
from armillary.core.work_queue import QueueFilter, WorkQueue
from armillary.ledger import criteria, work_queues
from armillary.ledger.rows import moment
from armillary.server.api.answers import answer, tagged
from armillary.server.api.bodies import Body, Id, Limit, Name, Tags, Text
from armillary.server.api.clock import now_micros
from armillary.server.api.idempotency import Key, create_once
from armillary.server.api.ids import new_id
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, WRITE, requires

router = APIRouter(prefix="/work_queues", tags=["work queues"])

_HOUR_MICROS = 3_600_000_000


class FilterBody(Body):
    tags: Tags = []
    deployment_ids: Tags = []
    flow_runner_types: Tags = []


class WorkQueueBody(Body):
    name: Name
    description: Text | None = None
    filter: FilterBody = FilterBody()
    priority: Annotated[int, Field(ge=0, le=1_000_000)] = 100
    concurrency_limit: Annotated[int, Field(ge=0, le=100_000)] | None = None
    paused: bool = False

    def record(self, queue_id: str) -> WorkQueue:
        wanted = self.filter
        now = moment(now_micros())
        return WorkQueue(
            queue_id,
            self.name,
            now,
            now,
            self.description,
            QueueFilter(wanted.tags, wanted.deployment_ids, wanted.flow_runner_types),
            self.priority,
            self.concurrency_limit,
            self.paused,
        )


@router.get("", response_model=list[WorkQueue], dependencies=[requires(READ)])
def list_work_queues(request: Request, ledger: ServedLedger) -> Response:
    """By priority and name; the default queue is always there."""
    with ledger.read() as connection:
        return tagged(request, work_queues.every(connection))


@router.get("/find", response_model=WorkQueue, dependencies=[requires(READ)])
def find_work_queue(request: Request, ledger: ServedLedger, words: Annotated[str, Query(max_length=500)]) -> Response:
    """By id or name."""
    with ledger.read() as connection:
        return tagged(request, work_queues.find(connection, words))


@router.get("/{queue_id}", response_model=WorkQueue, dependencies=[requires(READ)])
def read_work_queue(request: Request, ledger: ServedLedger, queue_id: Id) -> Response:
    with ledger.read() as connection:
        return tagged(request, work_queues.find(connection, str(queue_id)))


@router.get("/{queue_id}/preview", response_model=list[FlowRun], dependencies=[requires(READ)])
def preview(
    request: Request, ledger: ServedLedger, queue_id: Id, until: datetime | None = None, limit: Limit = 200
) -> Response:
    """What is coming before ``until``, in the next hour unless said; late runs first."""
    end = now_micros() + _HOUR_MICROS if until is None else criteria.micros(until)
    with ledger.read() as connection:
        queue = work_queues.find(connection, str(queue_id))
        return tagged(request, work_queues.preview(connection, queue, end, limit=limit))


@router.post("", response_model=WorkQueue, status_code=201, dependencies=[requires(WRITE)])
def create_work_queue(ledger: ServedLedger, wanted: WorkQueueBody, key: Key = None) -> Response:
    def create(connection: Connection) -> WorkQueue:
        return work_queues.create(connection, wanted.record(new_id()), now_micros())

    return create_once(ledger, key, "POST /work_queues", wanted, create)


@router.put("/{queue_id}", response_model=WorkQueue, dependencies=[requires(WRITE)])
def change_work_queue(ledger: ServedLedger, queue_id: Id, wanted: WorkQueueBody) -> Response:
    """Write it whole."""
    with ledger.write() as connection:
        work_queues.find(connection, str(queue_id))
        return answer(work_queues.change(connection, wanted.record(str(queue_id)), now_micros()))


@router.delete("/{queue_id}", status_code=204, dependencies=[requires(WRITE)])
def delete_work_queue(ledger: ServedLedger, queue_id: Id) -> Response:
    """What waits in it goes to whichever queue selects it next."""
    with ledger.write() as connection:
        work_queues.remove(connection, str(queue_id))
    return Response(status_code=204)
