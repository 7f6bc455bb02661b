"""``/flow_runs``: listing, reading, and what others than its owner may ask of a flow run."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import Field
from sqlalchemy import Connection

from armillary.clock import now_us
from armillary.core.page import Page
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.run_history import HistoryBucket, RunFacts, TaskRunMark
from armillary.core.runs.stored_result import StoredResult
from armillary.core.runs.time_spent import TimeSpent
from armillary.core.runs.waiting import Waiting
from armillary.core.states import State, StateType
from armillary.home import flow_runs as use_cases
from armillary.ledger.database import time_limit
from armillary.ledger.ownership import flow_run_changes
from armillary.ledger.querying import criteria
from armillary.ledger.runs import flow_runs, stored_results, times_spent
from armillary.ledger.tables.run_tables import flow_run
from armillary.ledger.views import finding, listings, run_history, task_run_strips, waiting
from armillary.server.access.attempt_tokens import named_run
from armillary.server.api.answers import answer, found, tagged
from armillary.server.api.bodies import Body, Id, Listing, Moment, Name, Narrowed, Tags, Text
from armillary.server.api.idempotency import Key, create_once
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, WRITE, requires

router = api_router("/flow_runs", tags=["flow runs"])


class FlowRunListing(Listing):
    sort: Literal[
        "EXPECTED_START_TIME_DESC",
        "EXPECTED_START_TIME_ASC",
        "ID_DESC",
        "NAME_ASC",
        "NAME_DESC",
        "START_TIME_ASC",
        "START_TIME_DESC",
        "END_TIME_DESC",
        "NEXT_SCHEDULED_START_TIME_ASC",
    ] = "EXPECTED_START_TIME_DESC"


class HistoryQuestion(Narrowed):
    history_start: Moment
    history_end: Moment
    history_interval_seconds: Annotated[float, Field(ge=1, le=366 * 86400)]


class FactsQuestion(Narrowed):
    limit: Annotated[int, Field(ge=1, le=run_history.MOST_FACTS)] = 200


class FlowRunChanges(Body):
    """What is left out stays."""

    name: Name | None = None
    tags: Tags | None = None


class FlowRunIds(Body):
    ids: Annotated[list[UUID], Field(max_length=1000)]


class GivenState(Body):
    """``name`` defaults to the type's own; ``scheduled_time`` is for SCHEDULED: now unless said."""

    type: StateType
    name: Name | None = None
    message: Text | None = None
    scheduled_time: Moment | None = None


class RetryQuestion(Body):
    """``from_failure``: take over the kept results of tasks that completed and the answers that were given, where the flow keeps
    them: with retries, ``crash_retries``, or persisted results. Else all is done again."""

    from_failure: bool = False


@router.post("/filter", response_model=Page[FlowRun], dependencies=[requires(READ)])
def filter_flow_runs(ledger: ServedLedger, wanted: FlowRunListing | None = None) -> Response:
    """Flow runs that match, a page of them."""
    wanted = wanted or FlowRunListing()

    with ledger.read() as connection, time_limit.within(connection):
        told = listings.flow_runs(
            connection, wanted.criteria(), sort=wanted.sort, limit=wanted.limit, after=wanted.after
        )
    return answer(told)


@router.post("/count", response_model=int, dependencies=[requires(READ)])
def count_flow_runs(ledger: ServedLedger, wanted: Narrowed | None = None) -> Response:
    """How many flow runs match."""
    condition = criteria.of_flow_runs((wanted or Narrowed()).criteria())

    with ledger.read() as connection, time_limit.within(connection):
        told = listings.count(connection, flow_run, condition)
    return answer(told)


@router.post("/count_by_state", response_model=dict[StateType, int], dependencies=[requires(READ)])
def count_flow_runs_by_state(ledger: ServedLedger, wanted: Narrowed | None = None) -> Response:
    """How many of the flow runs that match are in each state type; types nobody is in are left out."""
    condition = criteria.of_flow_runs((wanted or Narrowed()).criteria())

    with ledger.read() as connection, time_limit.within(connection):
        told = listings.count_by_state_type(connection, flow_run, condition)
    return answer(told)


@router.post("/history", response_model=list[HistoryBucket], dependencies=[requires(READ)])
def flow_run_history(ledger: ServedLedger, wanted: HistoryQuestion) -> Response:
    """Counts by state, run time and lateness of the flow runs that match, in buckets of time by expected start. Buckets of the
    future show what is scheduled."""

    with ledger.read() as connection, time_limit.within(connection):
        told = run_history.flow_run_buckets(
            connection,
            criteria.of_flow_runs(wanted.criteria()),
            wanted.history_start,
            wanted.history_end,
            timedelta(seconds=wanted.history_interval_seconds),
            now_us(),
        )
    return answer(told)


@router.post("/facts", response_model=list[RunFacts], dependencies=[requires(READ)])
def flow_run_facts(ledger: ServedLedger, wanted: FactsQuestion | None = None) -> Response:
    """State, time, duration and lateness of the latest flow runs that match, oldest first: a chart's worth."""
    wanted = wanted or FactsQuestion()

    with ledger.read() as connection, time_limit.within(connection):
        condition = criteria.of_flow_runs(wanted.criteria())
        told = run_history.flow_run_facts(connection, condition, now_us(), limit=wanted.limit)
    return answer(told)


@router.post("/task_run_counts", response_model=dict[str, dict[StateType, int]], dependencies=[requires(READ)])
def count_task_runs_of_many(ledger: ServedLedger, wanted: FlowRunIds) -> Response:
    """For each of these flow runs, how many of its task runs are in each state type; those without task runs are left out."""
    with ledger.read() as connection:
        counts = flow_runs.task_run_counts_of(connection, [str(each) for each in wanted.ids])
    return answer(counts)


@router.post("/task_run_strips", response_model=dict[str, list[TaskRunMark]], dependencies=[requires(READ)])
def strips_of_many(ledger: ServedLedger, wanted: FlowRunIds) -> Response:
    """For each of these flow runs, its time in 24 parts and how many task runs began in each, by the state they are in. Left out are
    those without task runs, and those with more than 5,000."""
    with ledger.read() as connection:
        strips = task_run_strips.of_flow_runs(connection, [str(each) for each in wanted.ids], now_us())
    return answer(strips)


@router.get("/find", response_model=FlowRun, dependencies=[requires(READ)])
def find_flow_run(
    request: Request,
    ledger: ServedLedger,
    words: Annotated[str, Query(min_length=1, max_length=500, description="An id, its beginning, or a name.")],
) -> Response:
    """The flow run of that id, of that name, or whose id alone begins so (4 digits at least)."""
    with ledger.read() as connection:
        told = finding.find_flow_run(connection, words)
    return tagged(request, told)


@router.get("/{flow_run_id}", response_model=FlowRun, dependencies=[requires(READ, attempt=named_run)])
def read_flow_run(request: Request, ledger: ServedLedger, flow_run_id: Id) -> Response:
    with ledger.read() as connection:
        run = flow_runs.get(connection, str(flow_run_id))
    return tagged(request, found(run, "flow run", flow_run_id))


@router.patch("/{flow_run_id}", response_model=FlowRun, dependencies=[requires(WRITE)])
def update_flow_run(ledger: ServedLedger, flow_run_id: Id, changes: FlowRunChanges) -> Response:
    """Give it another name or other tags."""

    with ledger.write() as connection:
        told = flow_run_changes.rename(connection, str(flow_run_id), now_us(), name=changes.name, tags=changes.tags)
    return answer(told)


@router.delete("/{flow_run_id}", response_model=int, dependencies=[requires(WRITE)])
def delete_flow_run(ledger: ServedLedger, flow_run_id: Id) -> Response:
    """Delete a flow run that nobody runs, with every subflow run below it; how many that were."""
    with ledger.write() as connection:
        told = flow_run_changes.delete_unowned(connection, str(flow_run_id), now_us())
    return answer(told)


@router.get("/{flow_run_id}/ancestors", response_model=list[FlowRun], dependencies=[requires(READ)])
def ancestors_of_flow_run(request: Request, ledger: ServedLedger, flow_run_id: Id) -> Response:
    """The flow runs that it is a subflow of, the outermost first; none for a root run."""
    with ledger.read() as connection:
        told = flow_runs.ancestors(connection, str(flow_run_id))
    return tagged(request, told)


@router.get(
    "/{flow_run_id}/task_run_counts",
    response_model=dict[StateType, int],
    dependencies=[requires(READ, attempt=named_run)],
)
def count_task_runs_of(request: Request, ledger: ServedLedger, flow_run_id: Id) -> Response:
    """How many task runs of this flow run are in each state type; types nobody is in are left out."""
    with ledger.read() as connection:
        told = flow_runs.task_run_counts(connection, str(flow_run_id))
    return tagged(request, told)


@router.get("/{flow_run_id}/time_spent", response_model=TimeSpent, dependencies=[requires(READ, attempt=named_run)])
def flow_run_time_spent(request: Request, ledger: ServedLedger, flow_run_id: Id) -> Response:
    """Where its time went: user code, waiting, serialisation and orchestration apart. Not found while it has not ended."""
    with ledger.read() as connection:
        found(flow_runs.get(connection, str(flow_run_id)), "flow run", flow_run_id)
        told = found(times_spent.get(connection, str(flow_run_id)), "time spent of flow run", flow_run_id)
    return tagged(request, told)


@router.get("/{flow_run_id}/waiting", response_model=Waiting, dependencies=[requires(READ, attempt=named_run)])
def why_flow_run_waits(request: Request, ledger: ServedLedger, flow_run_id: Id) -> Response:
    """Why it is not running; a run that runs or has ended has no reasons."""
    with ledger.read() as connection:
        told = waiting.of_flow_run(connection, str(flow_run_id), now_us())
    return tagged(request, told)


@router.get(
    "/{flow_run_id}/results", response_model=list[StoredResult], dependencies=[requires(READ, attempt=named_run)]
)
def stored_results_of(request: Request, ledger: ServedLedger, flow_run_id: Id) -> Response:
    """Where the kept values of a flow run and its task runs lie; those of subflow runs are their own."""
    with ledger.read() as connection:
        told = stored_results.of_flow_run(connection, str(flow_run_id))
    return tagged(request, told)


@router.post("/{flow_run_id}/set_state", response_model=FlowRun, dependencies=[requires(WRITE)])
def set_state(ledger: ServedLedger, flow_run_id: Id, state: GivenState, key: Key = None) -> Response:
    """Move a run that nobody owns to a state. A run that somebody runs is asked to cancel, pause or resume instead."""
    proposed = State(state.type, state.name or "", state.message)
    scheduled = None if state.scheduled_time is None else criteria.micros(state.scheduled_time)

    def move(connection: Connection) -> FlowRun:
        return flow_run_changes.set_state(connection, str(flow_run_id), proposed, now_us(), scheduled)

    return create_once(ledger, key, f"POST /flow_runs/{flow_run_id}/set_state", state, move, 200)


@router.post("/{flow_run_id}/retry", response_model=FlowRun, dependencies=[requires(WRITE)])
def retry_flow_run(
    ledger: ServedLedger, flow_run_id: Id, wanted: RetryQuestion | None = None, key: Key = None
) -> Response:
    """Put a deployed run that has ended back into its queue, as its next attempt."""
    from_failure = wanted is not None and wanted.from_failure

    def retry(connection: Connection) -> FlowRun:
        return flow_run_changes.schedule_again(connection, str(flow_run_id), now_us(), from_failure=from_failure)

    return create_once(ledger, key, f"POST /flow_runs/{flow_run_id}/retry", wanted, retry, 200)


@router.post("/{flow_run_id}/attempts", response_model=FlowRun, status_code=201, dependencies=[requires(WRITE)])
def grant_attempt(ledger: ServedLedger, flow_run_id: Id, key: Key = None) -> Response:
    """Give a root run that has ended its next attempt. The record's ``attempt`` is what its new owner must bear."""

    def grant(connection: Connection) -> FlowRun:
        return use_cases.grant_attempt(connection, str(flow_run_id), now_us())

    return create_once(ledger, key, f"POST /flow_runs/{flow_run_id}/attempts", None, grant)
