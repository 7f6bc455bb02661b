"""``/concurrency_limits``: how many task runs with a tag may run at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request, Response
from pydantic import Field
from sqlalchemy import Connection

from armillary.clock import now_us
from armillary.core.deployments.concurrency_limit import ConcurrencyLimit
from armillary.core.page import Page
from armillary.home import concurrency_limits as use_cases
from armillary.ledger.nouns import concurrency_limits
from armillary.server.access.attempt_tokens import any_run
from armillary.server.api.answers import answer, found, tagged
from armillary.server.api.bodies import After, Body, Id, Limit, Name, NamedListing
from armillary.server.api.idempotency import Key, create_once
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, WRITE, requires

router = api_router("/concurrency_limits", tags=["concurrency limits"])

Tag = Annotated[str, Path(min_length=1, max_length=500)]


class LimitToSet(Body):
    """0 slots let no task run with the tag begin."""

    tag: Name
    slots: Annotated[int, Field(ge=0, le=concurrency_limits.MOST_SLOTS)]


@router.post("", response_model=ConcurrencyLimit, status_code=201, dependencies=[requires(WRITE)])
def set_concurrency_limit(ledger: ServedLedger, limit: LimitToSet, key: Key = None) -> Response:
    """Limit a tag; one that has a limit gets the new number, and what holds a slot keeps it."""

    def put(connection: Connection) -> ConcurrencyLimit:
        return use_cases.put(connection, ledger.home, limit.tag, limit.slots, now_us())

    return create_once(ledger, key, "POST /concurrency_limits", limit, put)


@router.get("", response_model=Page[ConcurrencyLimit], dependencies=[requires(READ, attempt=any_run)])
def list_concurrency_limits(
    request: Request, ledger: ServedLedger, limit: Limit = 200, after: After = None
) -> Response:
    """Limits by tag, with who holds their slots."""
    with ledger.read() as connection:
        page = concurrency_limits.page(connection, limit=limit, after=after)
    return tagged(request, page)


@router.post("/filter", response_model=Page[ConcurrencyLimit], dependencies=[requires(READ)])
def filter_concurrency_limits(ledger: ServedLedger, wanted: NamedListing | None = None) -> Response:
    """Those whose tags match, a page of them."""
    wanted = wanted or NamedListing()
    with ledger.read() as connection:
        page = concurrency_limits.page(connection, tag=wanted.name, limit=wanted.limit, after=wanted.after)
    return answer(page)


@router.get("/tag/{tag:path}", response_model=ConcurrencyLimit, dependencies=[requires(READ)])
def read_concurrency_limit_of_tag(request: Request, ledger: ServedLedger, tag: Tag) -> Response:
    with ledger.read() as connection:
        limit = use_cases.of_tag(connection, tag)
    return tagged(request, limit)


@router.delete("/tag/{tag:path}", status_code=204, dependencies=[requires(WRITE)])
def delete_concurrency_limit_of_tag(ledger: ServedLedger, tag: Tag) -> Response:
    with ledger.write() as connection:
        use_cases.remove_of_tag(connection, ledger.home, tag)
    return Response(status_code=204)


@router.get("/{concurrency_limit_id}", response_model=ConcurrencyLimit, dependencies=[requires(READ)])
def read_concurrency_limit(request: Request, ledger: ServedLedger, concurrency_limit_id: Id) -> Response:
    with ledger.read() as connection:
        limit = concurrency_limits.get(connection, str(concurrency_limit_id))
    return tagged(request, found(limit, "concurrency limit", concurrency_limit_id))


@router.delete("/{concurrency_limit_id}", status_code=204, dependencies=[requires(WRITE)])
def delete_concurrency_limit(ledger: ServedLedger, concurrency_limit_id: Id) -> Response:
    """What holds its slots runs on."""
    with ledger.write() as connection:
        use_cases.remove(connection, ledger.home, str(concurrency_limit_id))
    return Response(status_code=204)
