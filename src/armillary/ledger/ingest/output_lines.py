"""What the processes of runs write to stdout and stderr, told by the agents that listen to them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from armillary.core.errors import NotFound
from armillary.ledger.database import dialect
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.ingest.log_lane import said
from armillary.ledger.tables.deployment_tables import worker
from armillary.ledger.tables.run_tables import flow_run, log

LOGGER = "output"
_INFO = 20


def add(connection: Connection, worker_id: str, flow_run_id: str, lines: Sequence[tuple[int, str]], now: int) -> int:
    """Add lines, each with its time in UTC microseconds, to the log of a root run; how many were taken: none of a run that was
    deleted meanwhile. Raises NotFound for a worker nobody knows."""
    known = connection.execute(select(worker.c.id).where(worker.c.id == worker_id)).scalar()
    if known is None:
        raise NotFound(f"There is no worker {worker_id!r}.", subject=worker_id)
    dialect.lock(connection, flow_run_id)
    root = connection.execute(select(flow_run.c.root_flow_run_id).where(flow_run.c.id == flow_run_id)).scalar()
    if root is None or not lines:
        return 0
    last = connection.execute(select(func.max(log.c.ordinal)).where(log.c.root_flow_run_id == root)).scalar()
    first = 0 if last is None else last + 1
    added = [
        {
            "root_flow_run_id": root,
            "ordinal": ordinal,
            "flow_run_id": flow_run_id,
            "task_run_id": None,
            "at": at,
            "level": _INFO,
            "logger": LOGGER,
            **said(text),
        }
        for ordinal, (at, text) in enumerate(lines, first)
    ]
    dialect.insert(connection, log, added)
    outbox = Outbox(now)
    outbox.tell("log", flow_run_id, root, {"ordinal": first + len(lines) - 1})
    outbox.number(connection)
    return len(lines)
