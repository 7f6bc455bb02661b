"""``/deployments``: flows packaged so that an agent can run them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import BoundedSemaphore
from time import thread_time
from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request, Response
from pydantic import Field
from sqlalchemy import Connection

from armillary.clock import new_id, now_us, to_datetime, to_us
from armillary.core.deployments.backfill import Backfill
from armillary.core.deployments.deployment import Catchup, Deployment, DeploymentSchedule, OnCollision
from armillary.core.errors import InvalidSchedule
from armillary.core.ids import flow_id
from armillary.core.page import Page
from armillary.core.runs.flow_run import FlowRun
from armillary.core.schedules.schedule import MOST_FIRINGS, check_it_fires, due_times, from_document, to_document
from armillary.home import deployments as use_cases
from armillary.ledger.database import result_keys, time_limit
from armillary.ledger.deployments import backfills, deployments, manual_runs, scheduling
from armillary.ledger.querying import criteria
from armillary.ledger.tables.deployment_tables import deployment
from armillary.ledger.views import listings
from armillary.server.api.answers import answer, tagged
from armillary.server.api.bodies import (
    After,
    Body,
    Id,
    IdText,
    JsonObject,
    Limit,
    Listing,
    Moment,
    Name,
    Narrowed,
    Tags,
    Text,
)
from armillary.server.api.idempotency import Key, create_once
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, WORK, WRITE, requires
from armillary.server.problems import Busy

router = api_router("/deployments", tags=["deployments"])

MOST_SCHEDULES = 50
MOST_PREVIEWS = 4
"""At once: the rest of the server's threads is for other requests."""
LONGEST_WORK = 0.3
"""Seconds of processor time for the rules of one request."""
previews = BoundedSemaphore(MOST_PREVIEWS)
NamePart = Annotated[str, Path(min_length=1, max_length=500)]


class ScheduleWanted(Body):
    """``rule`` has exactly one of ``interval`` (seconds), ``cron`` and ``rrule``, and ``timezone``."""

    rule: JsonObject
    catchup: Catchup = Catchup.ALL
    active: bool = True


Schedules = Annotated[list[ScheduleWanted], Field(max_length=MOST_SCHEDULES)]


class DeploymentWanted(Body):
    """``flow_runner`` is its type and options; ``parameter_schema`` the JSON Schema of what the flow takes."""

    name: Name
    flow_name: Name
    entrypoint: Text
    description: Text | None = None
    version: Name | None = None
    flow_runner: JsonObject = {"type": "universal"}
    parameters: JsonObject = {}
    parameter_schema: JsonObject = {}
    tags: Tags = []
    schedules: Schedules = []
    work_queue_name: Name | None = None
    paused: bool = False
    concurrency_limit: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    on_collision: OnCollision = OnCollision.ENQUEUE
    crash_retries: Annotated[int, Field(ge=0, le=1_000)] = 1
    flow_location: Text | None = None
    storage_block_id: IdText | None = None
    project_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{40,64}$")] | None = None


class DeploymentChanges(Body):
    """What is left out stays."""

    description: Text | None = None
    parameters: JsonObject | None = None
    tags: Tags | None = None
    work_queue_name: Name | None = None
    concurrency_limit: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    on_collision: OnCollision | None = None
    crash_retries: Annotated[int, Field(ge=0, le=1_000)] | None = None
    schedules: Schedules | None = None
    paused: bool | None = None


class RunWanted(Body):
    """``parameters`` and ``tags`` come on top of the deployment's. ``scheduled_time`` is now unless said."""

    name: Name | None = None
    parameters: JsonObject = {}
    tags: Tags = []
    scheduled_time: Moment | None = None
    idempotency_key: Name | None = None


class BackfillWanted(Body):
    """``only_missed``: only for times without a run."""

    begin: Moment
    end: Moment
    only_missed: bool = False
    dry_run: bool = False


class DeploymentListing(Listing):
    sort: Literal["NAME_ASC", "NAME_DESC", "CREATED_DESC", "UPDATED_DESC"] = "NAME_ASC"


class SchedulePreview(Body):
    rule: JsonObject
    after: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_FIRINGS)] = 20


@dataclass(slots=True)
class Firings:
    """``words`` is the rule as people say it, ``rule`` with everything it leaves unsaid."""

    words: str
    rule: dict[str, Any]
    times: list[datetime]


@router.post("", response_model=Deployment, status_code=201, dependencies=[requires(WRITE)])
def save_deployment(ledger: ServedLedger, wanted: DeploymentWanted, key: Key = None) -> Response:
    """Make a deployment, or replace the one of that flow and name: its id stays, and so does a pause. The next runs of its
    schedules are there with the answer."""
    now = now_us()
    at = to_datetime(now)
    given = Deployment(
        id=new_id(),
        name=wanted.name,
        flow_id=flow_id(wanted.flow_name),
        flow_name=wanted.flow_name,
        entrypoint=wanted.entrypoint,
        created=at,
        updated=at,
        description=wanted.description,
        version=wanted.version,
        flow_runner=wanted.flow_runner,
        parameters=wanted.parameters,
        parameter_schema=wanted.parameter_schema,
        tags=wanted.tags,
        schedules=_schedules(wanted.schedules),
        work_queue_name=wanted.work_queue_name,
        paused=wanted.paused,
        concurrency_limit=wanted.concurrency_limit,
        on_collision=wanted.on_collision,
        crash_retries=wanted.crash_retries,
        flow_location=wanted.flow_location,
        storage_block_id=wanted.storage_block_id,
        project_hash=wanted.project_hash,
    )

    def save(connection: Connection) -> Deployment:
        return use_cases.save(connection, given, now)

    return create_once(ledger, key, "POST /deployments", wanted, save)


@router.get("", response_model=Page[Deployment], dependencies=[requires(READ)])
def list_deployments(request: Request, ledger: ServedLedger, limit: Limit = 200, after: After = None) -> Response:
    """Deployments by flow and name."""
    with ledger.read() as connection:
        page = deployments.page(connection, limit=limit, after=after)
    return tagged(request, page)


@router.post("/filter", response_model=Page[Deployment], dependencies=[requires(READ)])
def filter_deployments(ledger: ServedLedger, wanted: DeploymentListing | None = None) -> Response:
    """Deployments that match, a page of them."""
    wanted = wanted or DeploymentListing()
    with ledger.read() as connection, time_limit.within(connection):
        ids = listings.deployment_ids(
            connection, wanted.criteria(), sort=wanted.sort, limit=wanted.limit, after=wanted.after
        )
        page = Page([deployments.get(connection, each) for each in ids.items], ids.after)
    return answer(page)


@router.post("/count", response_model=int, dependencies=[requires(READ)])
def count_deployments(ledger: ServedLedger, wanted: Narrowed | None = None) -> Response:
    """How many deployments match."""
    condition = criteria.of_deployments((wanted or Narrowed()).criteria())
    with ledger.read() as connection, time_limit.within(connection):
        many = listings.count(connection, deployment, condition)
    return answer(many)


@router.post("/preview_schedule", response_model=Firings, dependencies=[requires(READ)])
def preview_schedule(wanted: SchedulePreview) -> Response:
    """When a schedule would fire next. Nothing is saved; an invalid rule returns 422 with the reason. 429 while several others are
    worked out."""
    if not previews.acquire(blocking=False):
        raise Busy("Too many previews at once.", subject="preview", advice="Ask again in a second.")
    try:
        rule = from_document(wanted.rule)
        after = wanted.after or to_datetime(now_us())
        return answer(Firings(rule.words(), to_document(rule), due_times(rule, after, most=wanted.limit)))
    finally:
        previews.release()


@router.get("/find", response_model=Deployment, dependencies=[requires(READ)])
def find_deployment(
    request: Request,
    ledger: ServedLedger,
    words: Annotated[
        str, Query(min_length=1, max_length=1001, description="An id, flow/name, or a name only one has.")
    ],
) -> Response:
    with ledger.read() as connection:
        found = deployments.find(connection, words)
    return tagged(request, found)


@router.get("/name/{flow_name}/{deployment_name}", response_model=Deployment, dependencies=[requires(READ)])
def read_deployment_by_name(
    request: Request, ledger: ServedLedger, flow_name: NamePart, deployment_name: NamePart
) -> Response:
    with ledger.read() as connection:
        found = deployments.find(connection, f"{flow_name}/{deployment_name}")
    return tagged(request, found)


@router.get("/{deployment_id}", response_model=Deployment, dependencies=[requires(READ)])
def read_deployment(request: Request, ledger: ServedLedger, deployment_id: Id) -> Response:
    with ledger.read() as connection:
        found = deployments.get(connection, str(deployment_id))
    return tagged(request, found)


@router.get("/{deployment_id}/result_secret", response_model=str, dependencies=[requires(WORK)])
def read_result_secret(ledger: ServedLedger, deployment_id: Id) -> Response:
    """What its runs sign the results with that they keep: for who runs it, or checks what it kept, which may be after it was
    deleted."""
    with ledger.write() as connection:
        secret = result_keys.of_deployment(connection, str(deployment_id))
    return answer(secret)


@router.patch("/{deployment_id}", response_model=Deployment, dependencies=[requires(WRITE)])
def update_deployment(ledger: ServedLedger, deployment_id: Id, changes: DeploymentChanges, key: Key = None) -> Response:
    """Change some of it. Its runs that nobody started are made anew."""
    given = changes.model_dump(exclude_none=True, exclude={"schedules", "paused"})
    now = now_us()

    def change(connection: Connection) -> Deployment:
        changed = deployments.get(connection, str(deployment_id))
        if given or changes.schedules is not None:
            schedules = changed.schedules if changes.schedules is None else _schedules(changes.schedules)
            changed = use_cases.save(connection, replace(changed, **given, schedules=schedules), now)
        if changes.paused is not None:
            changed = use_cases.set_paused(connection, changed.id, changes.paused, now)
        return changed

    return create_once(ledger, key, f"PATCH /deployments/{deployment_id}", changes, change, 200)


@router.put("/{deployment_id}/schedules", response_model=Deployment, dependencies=[requires(WRITE)])
def replace_schedules(ledger: ServedLedger, deployment_id: Id, wanted: Schedules) -> Response:
    """Give it these schedules instead; the runs that the old ones made and nobody started go, those of the new ones are there
    with the answer."""
    now = now_us()
    with ledger.write() as connection:
        changed = use_cases.set_schedules(connection, str(deployment_id), _schedules(wanted), now)
    return answer(changed)


@router.delete("/{deployment_id}", response_model=Deployment, dependencies=[requires(WRITE)])
def delete_deployment(ledger: ServedLedger, deployment_id: Id) -> Response:
    """Take it away with its schedules and the runs nobody started; what ran stays. The answer is what it was."""
    with ledger.write() as connection:
        gone = deployments.remove(connection, str(deployment_id), now_us())
    return answer(gone)


@router.post(
    "/{deployment_id}/set_schedule_inactive",
    response_model=Deployment,
    dependencies=[requires(WRITE)],
    include_in_schema=False,
)
@router.post("/{deployment_id}/pause", response_model=Deployment, dependencies=[requires(WRITE)])
def pause_deployment(ledger: ServedLedger, deployment_id: Id) -> Response:
    """Let it make no runs by itself; those that nobody started go."""
    with ledger.write() as connection:
        paused = use_cases.set_paused(connection, str(deployment_id), True, now_us())
    return answer(paused)


@router.post(
    "/{deployment_id}/set_schedule_active",
    response_model=Deployment,
    dependencies=[requires(WRITE)],
    include_in_schema=False,
)
@router.post("/{deployment_id}/resume", response_model=Deployment, dependencies=[requires(WRITE)])
def resume_deployment(ledger: ServedLedger, deployment_id: Id) -> Response:
    """Let it make runs again, from now on."""
    now = now_us()
    with ledger.write() as connection:
        resumed = use_cases.set_paused(connection, str(deployment_id), False, now)
    return answer(resumed)


@router.post(
    "/{deployment_id}/create_flow_run", response_model=FlowRun, status_code=201, dependencies=[requires(WRITE)]
)
def create_flow_run(
    ledger: ServedLedger, deployment_id: Id, wanted: RunWanted | None = None, key: Key = None
) -> Response:
    """Schedule a run, for now unless said. Under an ``idempotency_key`` it is made once: asked again, that run is told."""
    said = wanted or RunWanted()
    now = now_us()

    def create(connection: Connection) -> FlowRun:
        return manual_runs.create(
            connection,
            deployments.get(connection, str(deployment_id)),
            new_id(),
            now,
            parameters=said.parameters,
            tags=tuple(said.tags),
            due=None if said.scheduled_time is None else to_us(said.scheduled_time),
            name=said.name,
            key=said.idempotency_key,
        )

    return create_once(ledger, key, f"POST /deployments/{deployment_id}/create_flow_run", said, create)


@router.post("/{deployment_id}/schedule", response_model=dict[str, int], dependencies=[requires(WRITE)])
def schedule_deployment(ledger: ServedLedger, deployment_id: Id) -> Response:
    """See now that its next hundred runs exist, as the scheduler does by itself; how many were lacking."""
    with ledger.write() as connection:
        deployments.get(connection, str(deployment_id))
        made = scheduling.schedule_runs(connection, now_us(), new_id, str(deployment_id))
    return answer(made)


@router.post("/{deployment_id}/backfill", response_model=Backfill, status_code=201, dependencies=[requires(WRITE)])
def backfill_deployment(ledger: ServedLedger, deployment_id: Id, wanted: BackfillWanted, key: Key = None) -> Response:
    """Make the runs that its schedules would have made from ``begin`` to before ``end``, each with its own time as its expected
    start; at most 1,000. With ``dry_run`` nothing is made."""
    now = now_us()

    def make(connection: Connection) -> Backfill:
        return backfills.backfill(
            connection,
            deployments.get(connection, str(deployment_id)),
            wanted.begin,
            wanted.end,
            now,
            new_id,
            only_missed=wanted.only_missed,
            dry_run=wanted.dry_run,
        )

    return create_once(ledger, key, f"POST /deployments/{deployment_id}/backfill", wanted, make)


def _schedules(wanted: Sequence[ScheduleWanted]) -> list[DeploymentSchedule]:
    found = []
    begin = thread_time()
    for each in wanted:
        if thread_time() - begin > LONGEST_WORK:
            raise InvalidSchedule(
                "These schedules take too long to work out.", subject="schedules", advice="Give fewer."
            )
        rule = from_document(each.rule)
        check_it_fires(rule, datetime.now(UTC))
        found.append(DeploymentSchedule(new_id(), to_document(rule), rule.words(), each.catchup, each.active))
    return found
