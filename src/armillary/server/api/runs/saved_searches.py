"""``/saved_searches``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from armillary.clock import new_id, now_us
from armillary.core.page import Page
from armillary.core.saved_search import SavedSearch
from armillary.ledger.nouns import saved_searches
from armillary.server.api.answers import answer, found, tagged
from armillary.server.api.bodies import After, Body, Id, Json, Limit, Name, NamedListing
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, WRITE, requires

router = api_router("/saved_searches", tags=["saved searches"])


class SearchToSave(Body):
    """``definition`` is ``{"filter": …}``, the text of a filter bar."""

    name: Name
    definition: Json


@router.put("", response_model=SavedSearch, dependencies=[requires(WRITE)])
def save_search(ledger: ServedLedger, search: SearchToSave) -> Response:
    """Save a search; one of that name keeps its id and gets the new definition."""
    with ledger.write() as connection:
        saved = saved_searches.put(connection, new_id(), search.name, search.definition, now_us())
    return answer(saved)


@router.get("", response_model=Page[SavedSearch], dependencies=[requires(READ)])
def list_saved_searches(request: Request, ledger: ServedLedger, limit: Limit = 200, after: After = None) -> Response:
    """Saved searches by name."""
    with ledger.read() as connection:
        page = saved_searches.page(connection, limit=limit, after=after)
    return tagged(request, page)


@router.post("/filter", response_model=Page[SavedSearch], dependencies=[requires(READ)])
def filter_saved_searches(ledger: ServedLedger, wanted: NamedListing | None = None) -> Response:
    """Those whose names match, a page of them."""
    wanted = wanted or NamedListing()
    with ledger.read() as connection:
        page = saved_searches.page(connection, name=wanted.name, limit=wanted.limit, after=wanted.after)
    return answer(page)


@router.get("/find", response_model=SavedSearch, dependencies=[requires(READ)])
def find_saved_search(
    request: Request,
    ledger: ServedLedger,
    words: Annotated[str, Query(min_length=1, max_length=500, description="An id or a name.")],
) -> Response:
    with ledger.read() as connection:
        search = saved_searches.find(connection, words)
    return tagged(request, search)


@router.get("/{saved_search_id}", response_model=SavedSearch, dependencies=[requires(READ)])
def read_saved_search(request: Request, ledger: ServedLedger, saved_search_id: Id) -> Response:
    with ledger.read() as connection:
        search = saved_searches.get(connection, str(saved_search_id))
    return tagged(request, found(search, "saved search", saved_search_id))


@router.delete("/{saved_search_id}", status_code=204, dependencies=[requires(WRITE)])
def delete_saved_search(ledger: ServedLedger, saved_search_id: Id) -> Response:
    with ledger.write() as connection:
        found(saved_searches.remove(connection, str(saved_search_id)) or None, "saved search", saved_search_id)
    return Response(status_code=204)
