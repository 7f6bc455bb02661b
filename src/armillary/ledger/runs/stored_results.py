"""Where the values of runs are kept. The values themselves are the stores' business."""

from __future__ import annotations

from sqlalchemy import Connection, select

from armillary.core.runs.stored_result import StoredResult
from armillary.ledger.database import rows
from armillary.ledger.tables.run_tables import stored_result


def get(connection: Connection, run_id: str) -> StoredResult | None:
    """The stored result of a flow run or task run."""
    row = connection.execute(select(stored_result).where(stored_result.c.run_id == run_id)).mappings().first()
    return None if row is None else rows.stored_result(row)


def of_flow_run(connection: Connection, flow_run_id: str) -> list[StoredResult]:
    """The stored results of a flow run and its task runs; those of subflows are their own."""
    statement = select(stored_result).where(stored_result.c.flow_run_id == flow_run_id).order_by(stored_result.c.run_id)
    return [rows.stored_result(row) for row in connection.execute(statement).mappings()]
