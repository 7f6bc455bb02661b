"""The services a server runs."""

from __future__ import annotations

from sqlalchemy import Connection

from armillary.ledger import outbox
from armillary.server.services.service import Service


def all_services() -> list[Service]:
    """New ones, each with its own state."""
    return [Service("janitor", 60.0, _tidy)]


def _tidy(connection: Connection, now: int) -> dict[str, int]:
    return {"outbox_rows": outbox.trim(connection, now)}
