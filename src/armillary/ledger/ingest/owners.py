"""Owners elsewhere, who ship their journals to a server: when each was heard of last.

That an owner lives is a fact in the ledger, so any server can judge it, whichever one the owner speaks to. Servers write such
facts together, a few seconds' worth at a time; a shipment is as good as a heartbeat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, func, select

from armillary.journal.format.events import STATE_LANE
from armillary.ledger.database import dialect
from armillary.ledger.tables.run_tables import flow_run, ingest_cursor
from armillary.ledger.tables.server_tables import journal_owner

LEASE_MICROS = 15_000_000
_KEPT_MICROS = 86_400_000_000


def heard(connection: Connection, journals: Mapping[str, int]) -> None:
    """The owners of these journals live, each as of the time it was heard of."""
    rows = [{"journal_id": each, "heard": journals[each]} for each in sorted(journals)]
    dialect.upsert(connection, journal_owner, rows)


def forget(connection: Connection, journal_ids: Sequence[str]) -> None:
    """These journals are over."""
    connection.execute(delete(journal_owner).where(journal_owner.c.journal_id.in_(journal_ids)))


def forget_old(connection: Connection, now: int) -> int:
    """Forget those nobody has heard of for a day; how many that were."""
    return connection.execute(delete(journal_owner).where(journal_owner.c.heard < now - _KEPT_MICROS)).rowcount


def silent(connection: Connection, now: int) -> list[str]:
    """The journals that are not closed, whose root run in their attempt has not ended, and whose owners nobody has heard of
    for a lease."""
    cursor = ingest_cursor.c
    before = now - LEASE_MICROS
    statement = (
        select(cursor.journal_id)
        .join(flow_run, flow_run.c.id == cursor.root_flow_run_id)
        .outerjoin(journal_owner, journal_owner.c.journal_id == cursor.journal_id)
        .where(cursor.lane == STATE_LANE, cursor.closed.is_(False), flow_run.c.attempt == cursor.attempt)
        .where(flow_run.c.ended.is_(None), cursor.updated < before)
        .where(func.coalesce(journal_owner.c.heard, 0) < before)
        .order_by(cursor.journal_id)
    )
    return [str(each) for each in connection.execute(statement).scalars()]
