"""``/logs``: lines of a run, behind an ordinal, from the end, by level, by task run, by text; and lines of many runs, by time."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import Field

from armillary.core.criteria import LogCriteria
from armillary.core.page import Page
from armillary.core.runs.log_line import LogLine
from armillary.ledger.database import time_limit
from armillary.ledger.runs import logs
from armillary.server.access.attempt_tokens import named_run
from armillary.server.api.answers import answer, tagged
from armillary.server.api.bodies import LARGEST_PAGE, Body, Id
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, requires

router = api_router("/logs", tags=["logs"])

_FURTHEST = 2**62
_SEARCH_SECONDS = 10.0


class LogListing(Body):
    """``after`` is that of the page before."""

    logs: LogCriteria | None = None
    sort: Literal["TIMESTAMP_ASC", "TIMESTAMP_DESC"] = "TIMESTAMP_ASC"
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 200
    after: Annotated[str, Field(max_length=2000)] | None = None


@router.post("/filter", response_model=Page[LogLine], dependencies=[requires(READ)])
def filter_logs(ledger: ServedLedger, wanted: LogListing | None = None) -> Response:
    """Lines of any flow runs that match, a page of them, by time."""
    wanted = wanted or LogListing()
    with ledger.read() as connection, time_limit.within(connection):
        told = logs.page(
            connection,
            wanted.logs,
            newest_first=wanted.sort == "TIMESTAMP_DESC",
            limit=wanted.limit,
            after=wanted.after,
        )
    return answer(told)


@router.get("/{flow_run_id}", response_model=list[LogLine], dependencies=[requires(READ, attempt=named_run)])
def read_logs(
    request: Request,
    ledger: ServedLedger,
    flow_run_id: Id,
    after: Annotated[int, Query(ge=-1, le=_FURTHEST, description="Only lines behind this ordinal.")] = -1,
    before: Annotated[
        int | None, Query(ge=0, le=_FURTHEST, description="The last lines before this ordinal instead of the first.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
    level: Annotated[int, Query(ge=0, le=1000, description="Only lines of this level (as a number) or above.")] = 0,
    search: Annotated[
        str | None, Query(min_length=1, max_length=500, description="Only lines with this text, in any case.")
    ] = None,
    longest: Annotated[
        int | None,
        Query(
            ge=1,
            le=_FURTHEST,
            description="Only so many characters of each message; `whole_length` says how many it has.",
        ),
    ] = None,
    task_run_id: Annotated[UUID | None, Query()] = None,
    names: Annotated[
        bool, Query(description="With the name of the task run, or else the flow run, that said each.")
    ] = False,
    with_subflows: Annotated[bool, Query(description="Of a root run: the lines of all runs below it, too.")] = False,
) -> Response:
    """Lines of a flow run, oldest first. Following is asking again with the last line's ordinal; a log's end is read with
    ``before`` above every ordinal."""

    with ledger.read() as connection, time_limit.within(connection, _SEARCH_SECONDS):
        told = logs.lines(
            connection,
            str(flow_run_id),
            task_run_id=None if task_run_id is None else str(task_run_id),
            with_subflows=with_subflows,
            after=after,
            before=before,
            least_level=level,
            containing=search,
            limit=limit,
            longest=longest,
            named=names,
        )
    return tagged(request, told)


@router.get("/{flow_run_id}/last", response_model=int | None, dependencies=[requires(READ, attempt=named_run)])
def last_ordinal(request: Request, ledger: ServedLedger, flow_run_id: Id) -> Response:
    """The ordinal of the last line of the flow run's root run, of whichever run below it; null where there is none."""
    with ledger.read() as connection:
        told = logs.last_ordinal(connection, str(flow_run_id))
    return tagged(request, told)
