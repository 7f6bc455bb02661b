"""``/task_runs``."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Query, Request, Response

from armillary.clock import now_us
from armillary.core.page import Page
from armillary.core.runs.run_history import HistoryBucket
from armillary.core.runs.stored_result import StoredResult
from armillary.core.runs.task_run import TaskRun
from armillary.core.runs.waiting import Waiting
from armillary.core.states import StateType
from armillary.ledger.database import time_limit
from armillary.ledger.querying import criteria
from armillary.ledger.runs import stored_results, task_runs
from armillary.ledger.tables.run_tables import task_run
from armillary.ledger.views import finding, listings, run_history, waiting
from armillary.server.access.attempt_tokens import named_run
from armillary.server.api.answers import answer, found, tagged
from armillary.server.api.bodies import Id, Listing, Narrowed
from armillary.server.api.routes import api_router
from armillary.server.api.runs.flow_runs import HistoryQuestion
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, requires

router = api_router("/task_runs", tags=["task runs"])


class TaskRunListing(Listing):
    sort: Literal[
        "ID_ASC", "ID_DESC", "NAME_ASC", "NAME_DESC", "START_TIME_ASC", "START_TIME_DESC", "END_TIME_DESC"
    ] = "ID_ASC"


@router.post("/filter", response_model=Page[TaskRun], dependencies=[requires(READ)])
def filter_task_runs(ledger: ServedLedger, wanted: TaskRunListing | None = None) -> Response:
    """Task runs that match, a page of them."""
    wanted = wanted or TaskRunListing()

    with ledger.read() as connection, time_limit.within(connection):
        told = listings.task_runs_page(
            connection, wanted.criteria(), sort=wanted.sort, limit=wanted.limit, after=wanted.after
        )
    return answer(told)


@router.post("/count", response_model=int, dependencies=[requires(READ)])
def count_task_runs(ledger: ServedLedger, wanted: Narrowed | None = None) -> Response:
    """How many task runs match."""
    condition = criteria.of_task_runs((wanted or Narrowed()).criteria(), counted=True)

    with ledger.read() as connection, time_limit.within(connection):
        told = listings.count(connection, task_run, condition)
    return answer(told)


@router.post("/count_by_state", response_model=dict[StateType, int], dependencies=[requires(READ)])
def count_task_runs_by_state(ledger: ServedLedger, wanted: Narrowed | None = None) -> Response:
    """How many of the task runs that match are in each state type; types nobody is in are left out."""
    condition = criteria.of_task_runs((wanted or Narrowed()).criteria(), counted=True)

    with ledger.read() as connection, time_limit.within(connection):
        told = listings.count_by_state_type(connection, task_run, condition)
    return answer(told)


@router.post("/history", response_model=list[HistoryBucket], dependencies=[requires(READ)])
def task_run_history(ledger: ServedLedger, wanted: HistoryQuestion) -> Response:
    """Counts by state, run time and lateness of the task runs that match, in buckets of time by creation."""

    with ledger.read() as connection, time_limit.within(connection):
        told = run_history.task_run_buckets(
            connection,
            criteria.of_task_runs(wanted.criteria(), counted=True),
            wanted.history_start,
            wanted.history_end,
            timedelta(seconds=wanted.history_interval_seconds),
            now_us(),
        )
    return answer(told)


@router.get("/find", response_model=TaskRun, dependencies=[requires(READ)])
def find_task_run(
    request: Request,
    ledger: ServedLedger,
    words: Annotated[str, Query(min_length=1, max_length=500, description="An id, its beginning, or a name.")],
    flow_run_id: Annotated[Id | None, Query()] = None,
) -> Response:
    """As for flow runs; names of task runs are unique only within their flow run."""
    home = None if flow_run_id is None else str(flow_run_id)
    with ledger.read() as connection:
        told = finding.find_task_run(connection, words, flow_run_id=home)
    return tagged(request, told)


@router.get("/{task_run_id}", response_model=TaskRun, dependencies=[requires(READ, attempt=named_run)])
def read_task_run(request: Request, ledger: ServedLedger, task_run_id: Id) -> Response:
    with ledger.read() as connection:
        run = task_runs.get(connection, str(task_run_id))
    return tagged(request, found(run, "task run", task_run_id))


@router.get("/{task_run_id}/waiting", response_model=Waiting, dependencies=[requires(READ, attempt=named_run)])
def why_task_run_waits(request: Request, ledger: ServedLedger, task_run_id: Id) -> Response:
    """Why it is not running; a run that runs or has ended has no reasons."""
    with ledger.read() as connection:
        told = waiting.of_task_run(connection, str(task_run_id), now_us())
    return tagged(request, told)


@router.get("/{task_run_id}/result", response_model=StoredResult, dependencies=[requires(READ, attempt=named_run)])
def stored_result_of(request: Request, ledger: ServedLedger, task_run_id: Id) -> Response:
    """Where the kept value of a task run or flow run lies."""
    with ledger.read() as connection:
        kept = stored_results.get(connection, str(task_run_id))
    return tagged(request, found(kept, "kept result of", task_run_id))
