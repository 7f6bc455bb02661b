"""Saved searches, by name."""

from __future__ import annotations

from typing import Any

from msgspec import json
from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update

from armillary.clock import to_datetime
from armillary.core.criteria import TextCriterion
from armillary.core.errors import NotFound, did_you_mean
from armillary.core.page import Page
from armillary.core.saved_search import SavedSearch
from armillary.core.text.names import checked_name
from armillary.ledger.database import dialect
from armillary.ledger.database.checks import is_id
from armillary.ledger.querying.criteria import of_names
from armillary.ledger.querying.paging import Order, narrowed, next_cursor, paged
from armillary.ledger.tables.server_tables import saved_search

_NEARBY = 1000

BY_NAME = Order("saved searches", (saved_search.c.name,), descending=False)


def put(connection: Connection, search_id: str, name: str, definition: Any, now: int) -> SavedSearch:
    """Save a search under a name; one of that name keeps its id and gets the new definition."""
    checked_name(name, "search name")
    dialect.lock(connection, f"saved_search {name}")
    text = json.encode(definition).decode()
    changed = connection.execute(
        update(saved_search).where(saved_search.c.name == name).values(definition=text, updated=now)
    )
    if changed.rowcount == 0:
        row = {"id": search_id, "name": name, "definition": text, "created": now, "updated": now}
        connection.execute(insert(saved_search), row)
    found = connection.execute(select(saved_search).where(saved_search.c.name == name)).mappings().one()
    return _record(found)


def get(connection: Connection, search_id: str) -> SavedSearch | None:
    row = connection.execute(select(saved_search).where(saved_search.c.id == search_id)).mappings().first()
    return None if row is None else _record(row)


def find(connection: Connection, words: str) -> SavedSearch:
    """The saved search of that id or name. Raises NotFound with the nearest."""
    table = saved_search.c
    condition = or_(table.id == words, table.name == words) if is_id(words) else table.name == words
    row = connection.execute(select(saved_search).where(condition)).mappings().first()
    if row is None:
        known = [str(name) for name in connection.execute(select(table.name).limit(_NEARBY)).scalars()]
        raise NotFound(f"There is no saved search {words!r}.", subject=words, advice=did_you_mean(words, known))
    return _record(row)


def page(
    connection: Connection, *, name: TextCriterion | None = None, limit: int = 200, after: str | None = None
) -> Page[SavedSearch]:
    order = narrowed(BY_NAME, name)
    statement = select(saved_search).where(of_names(saved_search.c.name, name))
    found = connection.execute(paged(statement, order, limit, after)).mappings().all()
    return Page([_record(row) for row in found[:limit]], next_cursor(found, order, limit))


def remove(connection: Connection, search_id: str) -> bool:
    """Whether there was one."""
    return connection.execute(delete(saved_search).where(saved_search.c.id == search_id)).rowcount > 0


def _record(row: RowMapping) -> SavedSearch:
    return SavedSearch(
        row["id"], row["name"], json.decode(row["definition"]), to_datetime(row["created"]), to_datetime(row["updated"])
    )
