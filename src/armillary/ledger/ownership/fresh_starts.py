"""Retries of whole runs: what earlier attempts kept, results and answers, is not taken over."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from armillary.ledger.database import dialect
from armillary.ledger.tables.deployment_tables import fresh_start
from armillary.ledger.tables.server_tables import run_input


def put(connection: Connection, flow_run_id: str, since: int) -> None:
    """The run starts anew: its next attempts take over only what was kept after ``since``, and ask their questions again."""
    dialect.upsert(connection, fresh_start, [{"flow_run_id": flow_run_id, "since": since}])
    connection.execute(delete(run_input).where(run_input.c.flow_run_id == flow_run_id))


def since(connection: Connection, flow_run_id: str) -> int | None:
    """From when on what the run kept may be taken over; None: all of it."""
    return connection.execute(select(fresh_start.c.since).where(fresh_start.c.flow_run_id == flow_run_id)).scalar()
