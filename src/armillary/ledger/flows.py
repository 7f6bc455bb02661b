"""Reading flows."""

from __future__ import annotations

from sqlalchemy import Connection, select

from armillary.core.flow import Flow
from armillary.core.page import Page
from armillary.ledger import rows
from armillary.ledger.paging import Order, next_cursor, paged
from armillary.ledger.tables import flow
from armillary.ledger.text_match import name_begins_with

BY_NAME = Order("name", (flow.c.name,), descending=False)


def page(
    connection: Connection, *, name_prefix: str | None = None, limit: int = 200, after: str | None = None
) -> Page[Flow]:
    """Flows by name. ``limit`` is 1 to 1000."""
    statement = select(flow)
    if name_prefix is not None:
        statement = statement.where(name_begins_with(flow.c.name, name_prefix))
    found = connection.execute(paged(statement, BY_NAME, limit, after)).mappings().all()
    return Page([rows.flow(row) for row in found[:limit]], next_cursor(found, BY_NAME, limit))


def get(connection: Connection, flow_id: str) -> Flow | None:
    row = connection.execute(select(flow).where(flow.c.id == flow_id)).mappings().first()
    return None if row is None else rows.flow(row)


def named(connection: Connection, name: str) -> Flow | None:
    row = connection.execute(select(flow).where(flow.c.name == name)).mappings().first()
    return None if row is None else rows.flow(row)
