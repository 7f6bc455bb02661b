"""Flows: read, made by hand, changed, taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import json
from sqlalchemy import Connection, delete, select, update

from armillary.core.errors import Conflict, NotFound
from armillary.core.ids import flow_id as id_of
from armillary.core.page import Page
from armillary.core.runs.flow import Flow
from armillary.core.text.names import checked_name
from armillary.ledger.database import dialect, rows
from armillary.ledger.querying.paging import Order, next_cursor, paged
from armillary.ledger.querying.text_match import name_begins_with
from armillary.ledger.tables.deployment_tables import deployment
from armillary.ledger.tables.run_tables import flow, flow_run

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


def create(connection: Connection, name: str, tags: Sequence[str], now: int) -> Flow:
    """The flow of that name, made if there is none yet."""
    row: dict[str, Any] = {
        "id": id_of(checked_name(name, "flow name")),
        "name": name,
        "description": None,
        "tags": json.encode([checked_name(tag, "tag") for tag in tags]).decode(),
        "created": now,
        "updated": now,
        "declared_by": None,
    }
    dialect.insert_missing(connection, flow, [row])
    return _existing(connection, row["id"])


def change(
    connection: Connection, flow_id: str, now: int, *, tags: Sequence[str] | None = None, description: str | None = None
) -> Flow:
    """Give it other tags, another description, or both, until its code says otherwise. Raises NotFound."""
    _existing(connection, flow_id)
    given: dict[str, Any] = {"updated": now}
    if tags is not None:
        given["tags"] = json.encode([checked_name(tag, "tag") for tag in tags]).decode()
    if description is not None:
        given["description"] = description
    connection.execute(update(flow).where(flow.c.id == flow_id).values(**given))
    return _existing(connection, flow_id)


def remove(connection: Connection, flow_id: str) -> None:
    """Take away a flow that has neither runs nor deployments. Raises NotFound, or Conflict for one that has."""
    found = _existing(connection, flow_id)
    for table, noun in ((flow_run, "runs"), (deployment, "deployments")):
        if connection.execute(select(table.c.id).where(table.c.flow_id == flow_id).limit(1)).first() is not None:
            raise Conflict(f"Flow {found.name!r} has {noun}.", subject=found.name, advice="Delete those first.")
    connection.execute(delete(flow).where(flow.c.id == flow_id))


def _existing(connection: Connection, flow_id: str) -> Flow:
    found = get(connection, flow_id)
    if found is None:
        raise NotFound(f"There is no flow {flow_id!r}.", subject=flow_id)
    return found
