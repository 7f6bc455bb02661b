"""``/work_queues``: which scheduled runs agents take, and how many at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Request, Response
from pydantic import Field

from armillary.clock import new_id, now_us, to_datetime, to_us
from armillary.core.criteria import name_fits
from armillary.core.deployments.queue_contents import contents
from armillary.core.deployments.work_queue import QueueFilter, WorkQueue
from armillary.core.deployments.worker import Worker
from armillary.core.runs.flow_run import FlowRun
from armillary.core.text.names import checked_name
from armillary.home import work_queues as use_cases
from armillary.ledger.database import time_limit
from armillary.ledger.deployments import deployments, work_queues, workers
from armillary.server.api.answers import answer, tagged
from armillary.server.api.bodies import Body, Id, Moment, Name, NameFilter, Tags, Text
from armillary.server.api.idempotency import Key, create_once
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, WRITE, requires

router = api_router("/work_queues", tags=["work queues"])

_SOON_MICROS = 3_600_000_000
_TOLD = 100

Priority = Annotated[int, Field(ge=0, le=1_000_000)]
Most = Annotated[int, Field(ge=0, le=1_000_000)]


class Selection(Body):
    """What is given must all hold: every tag is there, the deployment is one of these, its flow runner one of these."""

    tags: Tags = []
    deployment_ids: Annotated[list[UUID], Field(max_length=1000)] = []
    flow_runner_types: Annotated[list[Name], Field(max_length=100)] = []

    def filter(self) -> QueueFilter:
        return QueueFilter(list(self.tags), [str(each) for each in self.deployment_ids], list(self.flow_runner_types))


class WorkQueueWanted(Body):
    """A lower ``priority`` goes first. An empty filter selects nothing by itself: deployments may name the queue."""

    name: Name
    description: Text | None = None
    filter: Selection = Selection()
    priority: Priority = 100
    concurrency_limit: Most | None = None
    paused: bool = False

    def facts(self) -> dict[str, Any]:
        checked_name(self.name, "work queue name")
        return {**self.model_dump(exclude={"filter"}), "filter": self.filter.filter()}


class WorkQueueChanges(Body):
    """What is left out stays; a ``description`` of null takes it away, ``no_concurrency_limit`` the limit."""

    name: Name | None = None
    description: Text | None = None
    filter: Selection | None = None
    priority: Priority | None = None
    concurrency_limit: Most | None = None
    no_concurrency_limit: bool = False
    paused: bool | None = None

    def facts(self) -> dict[str, Any]:
        given = self.model_dump(exclude_none=True, exclude={"filter", "no_concurrency_limit"})
        if "description" in self.model_fields_set:
            given["description"] = self.description
        if self.name is not None:
            checked_name(self.name, "work queue name")
        if self.filter is not None:
            given["filter"] = self.filter.filter()
        if self.no_concurrency_limit:
            given["concurrency_limit"] = None
        return given


class WorkQueueTried(Body):
    """``id``: of the queue that would be changed so; none for a new one."""

    id: UUID | None = None
    name: Annotated[Text, Field(max_length=500)] = ""
    filter: Selection = Selection()
    priority: Priority = 100


@dataclass(slots=True)
class QueueContents:
    """The ``many`` deployments whose runs would wait in a queue, the first 100 by name; ``sentence`` says it in words, and why
    there is none."""

    sentence: str
    many: int
    deployments: list[str]


@dataclass(slots=True)
class QueueStatus:
    """``running`` runs are held by agents; ``late`` wait although their time has come; ``agents`` work on this queue."""

    work_queue: WorkQueue
    running: int
    late: int
    agents: list[Worker]


@router.get("", response_model=list[WorkQueue], dependencies=[requires(READ)])
def list_work_queues(request: Request, ledger: ServedLedger) -> Response:
    """All queues, by priority and name; `default`, which takes what no other selects, is always there."""
    with ledger.read() as connection:
        found = work_queues.every(connection)
    return tagged(request, found)


@router.post("", response_model=WorkQueue, status_code=201, dependencies=[requires(WRITE)])
def create_work_queue(ledger: ServedLedger, wanted: WorkQueueWanted, key: Key = None) -> Response:
    """409 when there is one of that name."""
    now = now_us()
    at = to_datetime(now)
    queue = WorkQueue(id=new_id(), created=at, updated=at, **wanted.facts())
    return create_once(
        ledger, key, "POST /work_queues", wanted, lambda connection: use_cases.create(connection, queue, now)
    )


@router.post("/filter", response_model=list[WorkQueue], dependencies=[requires(READ)])
def filter_work_queues(ledger: ServedLedger, wanted: NameFilter | None = None) -> Response:
    """Those whose names match."""
    with ledger.read() as connection:
        found = work_queues.every(connection)
    return answer([each for each in found if name_fits(each.name, wanted.name if wanted else None)])


@router.post("/contents", response_model=QueueContents, dependencies=[requires(READ)])
def contents_of_work_queue(ledger: ServedLedger, wanted: WorkQueueTried) -> Response:
    """Which deployments' runs would wait in a queue that is not saved yet."""
    now = to_datetime(now_us())
    queue = WorkQueue(str(wanted.id), wanted.name, now, now, filter=wanted.filter.filter(), priority=wanted.priority)
    with ledger.read() as connection, time_limit.within(connection):
        found = contents(queue, work_queues.every(connection), deployments.every(connection))
    paths = [each.path for each in found.deployments[:_TOLD]]
    return answer(QueueContents(found.sentence, len(found.deployments), paths))


@router.get("/find", response_model=WorkQueue, dependencies=[requires(READ)])
def find_work_queue(
    request: Request,
    ledger: ServedLedger,
    words: Annotated[str, Query(min_length=1, max_length=500, description="An id or a name.")],
) -> Response:
    with ledger.read() as connection:
        found = work_queues.find(connection, words)
    return tagged(request, found)


@router.get("/name/{name:path}", response_model=WorkQueue, dependencies=[requires(READ)])
def read_work_queue_by_name(
    request: Request, ledger: ServedLedger, name: Annotated[str, Path(min_length=1, max_length=500)]
) -> Response:
    with ledger.read() as connection:
        found = work_queues.find(connection, name)
    return tagged(request, found)


@router.get("/{work_queue_id}", response_model=WorkQueue, dependencies=[requires(READ)])
def read_work_queue(request: Request, ledger: ServedLedger, work_queue_id: Id) -> Response:
    with ledger.read() as connection:
        found = work_queues.find(connection, str(work_queue_id))
    return tagged(request, found)


@router.put("/{work_queue_id}", response_model=WorkQueue, dependencies=[requires(WRITE)])
def replace_work_queue(ledger: ServedLedger, work_queue_id: Id, wanted: WorkQueueWanted) -> Response:
    """Write it whole."""
    return _changed(ledger, str(work_queue_id), wanted.facts())


@router.patch("/{work_queue_id}", response_model=WorkQueue, dependencies=[requires(WRITE)])
def update_work_queue(ledger: ServedLedger, work_queue_id: Id, changes: WorkQueueChanges) -> Response:
    """Change some of it."""
    return _changed(ledger, str(work_queue_id), changes.facts())


@router.delete("/{work_queue_id}", status_code=204, dependencies=[requires(WRITE)])
def delete_work_queue(ledger: ServedLedger, work_queue_id: Id) -> Response:
    """What waits in it goes to whichever queue selects it next."""
    with ledger.write() as connection:
        work_queues.remove(connection, str(work_queue_id))
    return Response(status_code=204)


@router.post("/{work_queue_id}/pause", response_model=WorkQueue, dependencies=[requires(WRITE)])
def pause_work_queue(ledger: ServedLedger, work_queue_id: Id) -> Response:
    """No agent is given anything from it."""
    return _changed(ledger, str(work_queue_id), {"paused": True})


@router.post("/{work_queue_id}/resume", response_model=WorkQueue, dependencies=[requires(WRITE)])
def resume_work_queue(ledger: ServedLedger, work_queue_id: Id) -> Response:
    return _changed(ledger, str(work_queue_id), {"paused": False})


@router.get("/{work_queue_id}/preview", response_model=list[FlowRun], dependencies=[requires(READ)])
def preview_work_queue(
    request: Request,
    ledger: ServedLedger,
    work_queue_id: Id,
    until: Annotated[Moment | None, Query(description="In the next hour unless said.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:
    """What is coming in it, late runs first."""
    last = now_us() + _SOON_MICROS if until is None else to_us(until)
    with ledger.read() as connection:
        queue = work_queues.find(connection, str(work_queue_id))
        coming = work_queues.preview(connection, queue, last, limit=limit)
    return tagged(request, coming)


@router.get("/{work_queue_id}/status", response_model=QueueStatus, dependencies=[requires(READ)])
def work_queue_status(request: Request, ledger: ServedLedger, work_queue_id: Id) -> Response:
    """How it goes: what runs, what is late, and which agents work on it."""
    now = now_us()
    with ledger.read() as connection:
        queue = work_queues.find(connection, str(work_queue_id))
        agents = [each for each in workers.every(connection, now) if not each.queues or queue.name in each.queues]
        running = work_queues.running(connection).get(queue.id, 0)
        late = len(work_queues.preview(connection, queue, now, limit=1000))
    return tagged(request, QueueStatus(queue, running, late, agents))


def _changed(ledger: ServedLedger, work_queue_id: str, facts: dict[str, Any]) -> Response:
    with ledger.write() as connection:
        queue = work_queues.find(connection, work_queue_id)
        changed = work_queues.change(connection, replace(queue, **facts), now_us())
    return answer(changed)
