"""Variables: set, read, listed, unset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import json
from sqlalchemy import Connection, RowMapping, delete, select

from armillary.clock import to_datetime
from armillary.core.criteria import TextCriterion
from armillary.core.errors import InvalidOption
from armillary.core.page import Page
from armillary.core.text.names import checked_name
from armillary.core.variable import Variable
from armillary.ledger.database import dialect, rows
from armillary.ledger.querying.criteria import of_names
from armillary.ledger.querying.paging import Order, narrowed, next_cursor, paged
from armillary.ledger.querying.text_match import name_begins_with
from armillary.ledger.tables.server_tables import variable

BY_NAME = Order("variables", (variable.c.name,), descending=False)
LARGEST_BYTES = 1_000_000


def put(connection: Connection, name: str, value: Any, tags: Sequence[str], now: int) -> Variable:
    """Set a variable, new or not. Raises InvalidOption for a name no person could type, or a value over 1 MB of JSON."""
    checked_name(name, "variable name")
    text = json.encode(value).decode()
    if len(text) > LARGEST_BYTES:
        raise InvalidOption(f"The value of {name!r} is larger than 1 MB.", subject=name, advice="Store it as a file.")
    row = {
        "name": name,
        "value": text,
        "tags": json.encode([checked_name(tag, "tag") for tag in tags]).decode(),
        "created": now,
        "updated": now,
    }
    dialect.upsert(connection, variable, [row], keep=["created"])
    found = get(connection, name)
    assert found is not None
    return found


def get(connection: Connection, name: str) -> Variable | None:
    row = connection.execute(select(variable).where(variable.c.name == name)).mappings().first()
    return None if row is None else _record(row)


def page(
    connection: Connection,
    *,
    name_prefix: str | None = None,
    name: TextCriterion | None = None,
    limit: int = 200,
    after: str | None = None,
) -> Page[Variable]:
    """Variables by name."""
    statement = select(variable).where(of_names(variable.c.name, name))
    if name_prefix is not None:
        statement = statement.where(name_begins_with(variable.c.name, name_prefix))
    order = narrowed(BY_NAME, None if name is None and name_prefix is None else (name, name_prefix))
    found = connection.execute(paged(statement, order, limit, after)).mappings().all()
    return Page([_record(row) for row in found[:limit]], next_cursor(found, order, limit))


def unset(connection: Connection, name: str) -> bool:
    """Whether there was one."""
    return connection.execute(delete(variable).where(variable.c.name == name)).rowcount > 0


def _record(row: RowMapping) -> Variable:
    return Variable(
        row["name"],
        json.decode(row["value"]),
        rows.texts(row["tags"]),
        to_datetime(row["created"]),
        to_datetime(row["updated"]),
    )
