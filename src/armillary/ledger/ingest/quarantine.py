"""Frames that could not be applied: kept, reported, never in anybody's way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from armillary.clock import to_datetime
from armillary.ledger.database import dialect
from armillary.ledger.database.dialect import Row
from armillary.ledger.tables.run_tables import quarantine


class Quarantine:
    """Collects the refused frames of one transaction."""

    __slots__ = ("_journal_id", "_lane", "_now", "_root", "_rows")

    def __init__(self, journal_id: str, lane: str, root_flow_run_id: str | None, now: int) -> None:
        self._journal_id = journal_id
        self._lane = lane
        self._root = root_flow_run_id
        self._now = now
        self._rows: list[Row] = []

    def add(self, ordinal: int, body: bytes, reason: str) -> None:
        self._rows.append(
            {
                "journal_id": self._journal_id,
                "lane": self._lane,
                "ordinal": ordinal,
                "root_flow_run_id": self._root,
                "reason": reason,
                "body": body,
                "at": self._now,
            }
        )

    def write(self, connection: Connection) -> None:
        dialect.insert(connection, quarantine, self._rows)


@dataclass(slots=True)
class Quarantined:
    """One refused frame; ``body`` is what the journal held."""

    journal_id: str
    lane: str
    ordinal: int
    root_flow_run_id: str | None
    reason: str
    body: bytes
    at: datetime


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(quarantine)).scalar_one()


def frames(connection: Connection, *, root_flow_run_id: str | None = None, limit: int = 1000) -> list[Quarantined]:
    """The latest refused frames first."""
    statement = select(quarantine).order_by(quarantine.c.id.desc()).limit(limit)
    if root_flow_run_id is not None:
        statement = statement.where(quarantine.c.root_flow_run_id == root_flow_run_id)
    return [
        Quarantined(
            row["journal_id"],
            row["lane"],
            row["ordinal"],
            row["root_flow_run_id"],
            row["reason"],
            row["body"],
            to_datetime(row["at"]),
        )
        for row in connection.execute(statement).mappings()
    ]
