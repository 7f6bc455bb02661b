"""The services a server runs."""

from __future__ import annotations

from sqlalchemy import Connection

from armillary.ledger import outbox
from armillary.server.keeper import Keeper
from armillary.server.services.reaper import Reaper
from armillary.server.services.service import Service


def all_services(keeper: Keeper) -> list[Service]:
    """New ones, each with its own state."""
    return [Service("reaper", 5.0, Reaper(keeper.owners, keeper.journals).run_once), Service("janitor", 60.0, _tidy)]


def _tidy(connection: Connection, now: int) -> dict[str, int]:
    return {"outbox_rows": outbox.trim(connection, now)}
