"""``/flows``."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Request, Response

from armillary.clock import now_us
from armillary.core.page import Page
from armillary.core.runs.flow import Flow
from armillary.ledger.database import time_limit
from armillary.ledger.nouns import flows
from armillary.ledger.querying import criteria
from armillary.ledger.tables.run_tables import flow
from armillary.ledger.views import listings
from armillary.server.api.answers import answer, found, tagged
from armillary.server.api.bodies import Body, Id, Listing, Name, Narrowed, Tags, Text
from armillary.server.api.idempotency import Key, create_once
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, WRITE, requires

router = api_router("/flows", tags=["flows"])


class FlowListing(Listing):
    sort: Literal["NAME_ASC", "NAME_DESC", "CREATED_DESC", "UPDATED_DESC"] = "NAME_ASC"


class FlowToMake(Body):
    name: Name
    tags: Tags = []


class FlowChanges(Body):
    """What is left out stays."""

    tags: Tags | None = None
    description: Text | None = None


@router.post("", response_model=Flow, status_code=201, dependencies=[requires(WRITE)])
def create_flow(ledger: ServedLedger, wanted: FlowToMake, key: Key = None) -> Response:
    """The flow of that name, made if there is none yet. Flows that run or are deployed make themselves."""
    return create_once(
        ledger,
        key,
        "POST /flows",
        wanted,
        lambda connection: flows.create(connection, wanted.name, wanted.tags, now_us()),
    )


@router.post("/filter", response_model=Page[Flow], dependencies=[requires(READ)])
def filter_flows(ledger: ServedLedger, wanted: FlowListing | None = None) -> Response:
    """Flows that match, a page of them."""
    wanted = wanted or FlowListing()
    with ledger.read() as connection, time_limit.within(connection):
        page = listings.flows(connection, wanted.criteria(), sort=wanted.sort, limit=wanted.limit, after=wanted.after)
    return answer(page)


@router.post("/count", response_model=int, dependencies=[requires(READ)])
def count_flows(ledger: ServedLedger, wanted: Narrowed | None = None) -> Response:
    """How many flows match."""
    condition = criteria.of_flows((wanted or Narrowed()).criteria())
    with ledger.read() as connection, time_limit.within(connection):
        many = listings.count(connection, flow, condition)
    return answer(many)


@router.get("/name/{name:path}", response_model=Flow, dependencies=[requires(READ)])
def read_flow_by_name(
    request: Request, ledger: ServedLedger, name: Annotated[str, Path(min_length=1, max_length=500)]
) -> Response:
    with ledger.read() as connection:
        record = flows.named(connection, name)
    return tagged(request, found(record, "flow", name))


@router.get("/{flow_id}", response_model=Flow, dependencies=[requires(READ)])
def read_flow(request: Request, ledger: ServedLedger, flow_id: Id) -> Response:
    with ledger.read() as connection:
        record = flows.get(connection, str(flow_id))
    return tagged(request, found(record, "flow", flow_id))


@router.patch("/{flow_id}", response_model=Flow, dependencies=[requires(WRITE)])
def update_flow(ledger: ServedLedger, flow_id: Id, changes: FlowChanges) -> Response:
    """Give it other tags or another description, until its code says otherwise."""
    with ledger.write() as connection:
        changed = flows.change(connection, str(flow_id), now_us(), tags=changes.tags, description=changes.description)
    return answer(changed)


@router.delete("/{flow_id}", status_code=204, dependencies=[requires(WRITE)])
def delete_flow(ledger: ServedLedger, flow_id: Id) -> Response:
    """Take away a flow that has neither runs nor deployments."""
    with ledger.write() as connection:
        flows.remove(connection, str(flow_id))
    return Response(status_code=204)
