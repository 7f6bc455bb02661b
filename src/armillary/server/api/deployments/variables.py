"""``/variables``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Request, Response

from armillary.clock import now_us
from armillary.core.page import Page
from armillary.core.variable import Variable
from armillary.home import variables as use_cases
from armillary.ledger.nouns import variables
from armillary.server.access.attempt_tokens import any_run
from armillary.server.api.answers import answer, tagged
from armillary.server.api.bodies import After, Body, Json, Limit, NamedListing, Tags
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, WRITE, requires

router = api_router("/variables", tags=["variables"])

VariableName = Annotated[str, Path(min_length=1, max_length=500)]


class VariableValue(Body):
    value: Json
    tags: Tags = []


@router.get("", response_model=Page[Variable], dependencies=[requires(READ)])
def list_variables(
    request: Request,
    ledger: ServedLedger,
    name_prefix: Annotated[str | None, Query(max_length=500)] = None,
    limit: Limit = 200,
    after: After = None,
) -> Response:
    """Variables by name."""
    with ledger.read() as connection:
        page = variables.page(connection, name_prefix=name_prefix, limit=limit, after=after)
    return tagged(request, page)


@router.post("/filter", response_model=Page[Variable], dependencies=[requires(READ)])
def filter_variables(ledger: ServedLedger, wanted: NamedListing | None = None) -> Response:
    """Those whose names match, a page of them."""
    wanted = wanted or NamedListing()
    with ledger.read() as connection:
        page = variables.page(connection, name=wanted.name, limit=wanted.limit, after=wanted.after)
    return answer(page)


@router.get("/{name:path}", response_model=Variable, dependencies=[requires(READ, attempt=any_run)])
def read_variable(request: Request, ledger: ServedLedger, name: VariableName) -> Response:
    with ledger.read() as connection:
        variable = use_cases.get(connection, name)
    return tagged(request, variable)


@router.put("/{name:path}", response_model=Variable, dependencies=[requires(WRITE)])
def set_variable(ledger: ServedLedger, name: VariableName, wanted: VariableValue) -> Response:
    """Set it, new or not."""
    with ledger.write() as connection:
        variable = variables.put(connection, name, wanted.value, wanted.tags, now_us())
    return answer(variable)


@router.delete("/{name:path}", status_code=204, dependencies=[requires(WRITE)])
def unset_variable(ledger: ServedLedger, name: VariableName) -> Response:
    with ledger.write() as connection:
        use_cases.unset(connection, name)
    return Response(status_code=204)
