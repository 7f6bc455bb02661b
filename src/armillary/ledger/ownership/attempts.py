"""Attempts: who may own a root run. The number is granted here and nowhere else; a higher one fences the owner of a lower."""

from __future__ import annotations

from sqlalchemy import Connection, select

from armillary.core.errors import IllegalTransition, NotFound
from armillary.core.rules.ownership import has_owner
from armillary.core.states import PENDING, SCHEDULED, TERMINAL, StateType
from armillary.ledger.database import dialect, run_rows
from armillary.ledger.database.dialect import Row
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.database.run_rows import history_line, take_state
from armillary.ledger.ownership import settling
from armillary.ledger.tables import run_tables

_SUBMITTING = "Submitting"
_STARTS_WITHIN_MICROS = 60_000_000


def grant_attempt(connection: Connection, flow_run_id: str, now: int) -> int:
    """Hand a root run that nobody owns to its next owner and return the new attempt's number. The run becomes PENDING
    ``Submitting``; what its last owner left unfinished is settled.

    Raises NotFound, or IllegalTransition for a run that has an owner and for a subflow run.
    """
    dialect.lock(connection, flow_run_id)
    found = run_rows.load(connection, run_tables.flow_run, [flow_run_id])
    if not found:
        raise NotFound(f"There is no flow run {flow_run_id!r}.", subject=flow_run_id)
    run = found[0]
    if run["root_flow_run_id"] != flow_run_id:
        raise IllegalTransition(
            f"{run['name']!r} is a subflow run and is tried again only with the run that started it.",
            subject=run["name"],
            advice=f"Retry {run['root_flow_run_id']} instead.",
        )
    if not _has_no_owner(connection, run, now):
        raise IllegalTransition(
            f"{run['name']!r} is {run['state_name']}: it has an owner.",
            subject=run["name"],
            advice="Wait until it ends, or cancel it first.",
        )
    outbox = Outbox(now)
    old = run["attempt"]
    kind = StateType(run["state_type"])
    if kind in TERMINAL:
        settling.settle_below(connection, flow_run_id, old, now, outbox=outbox)
    settling.settle_late(connection, run, now, outbox)
    attempt: int = old if old and kind is SCHEDULED and not _has_begun(connection, flow_run_id, old) else old + 1
    take_state(run, PENDING, _SUBMITTING, f"Attempt {attempt} was granted.", max(now, run["state_at"]), 0)
    run["attempt"] = attempt
    dialect.upsert(connection, run_tables.flow_run, [run])
    dialect.insert(connection, run_tables.flow_run_state, [history_line("flow_run_id", run, attempt)])
    outbox.tell_run("flow_run", run, flow_run_id)
    outbox.number(connection)
    return attempt


def _has_begun(connection: Connection, flow_run_id: str, attempt: int) -> bool:
    """Whether anything but its waiting is known of an attempt. Who puts a run back into its queue raises the number, so that the
    owner before writes nothing more; that one is the next owner's."""
    line = run_tables.flow_run_state.c
    begun = select(line.sequence).where(
        line.flow_run_id == flow_run_id, line.attempt == attempt, line.type != str(SCHEDULED)
    )
    return connection.execute(begun.limit(1)).first() is not None


def _has_no_owner(connection: Connection, run: Row, now: int) -> bool:
    kind = StateType(run["state_type"])
    if not has_owner(kind, run["state_name"]):
        return True
    # Granted, but whoever asked died before its journal began.
    if run["state_name"] != _SUBMITTING or now - run["state_at"] < _STARTS_WITHIN_MICROS:
        return False
    cursor = run_tables.ingest_cursor.c
    begun = select(cursor.journal_id).where(cursor.root_flow_run_id == run["id"], cursor.attempt == run["attempt"])
    return connection.execute(begun).first() is None
