"""Deployed runs whose process or agent died: settled, and put back into their queue as often as their deployment allows."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from armillary.core.errors import NotFound
from armillary.core.rules.crash import AfterCrash, Death, after_crash
from armillary.core.states import CRASHED, TERMINAL
from armillary.ledger.database import dialect, run_rows
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.deployments import deployments
from armillary.ledger.ownership import flow_run_changes, settling
from armillary.ledger.runs import flow_runs
from armillary.ledger.tables.deployment_tables import run_death
from armillary.ledger.tables.run_tables import flow_run, flow_run_state

LEFT_EARLY = "Its process left with exit code 0 before the run had ended."


def settle(connection: Connection, flow_run_id: str, attempt: int, died: str | None, whose: Death, now: int) -> None:
    """The worker that had this attempt is done with it, and all it recorded is known. ``died`` says how its process ended, None
    when that was with exit code 0, which is fine unless the run had not ended."""
    run = flow_runs.get(connection, flow_run_id)
    if run is None or run.attempt != attempt:
        return
    if run.state_type not in TERMINAL:
        settling.settle(connection, flow_run_id, attempt, now, presumed=True)
    after = flow_runs.get(connection, flow_run_id)
    if after is None or after.state_type is not CRASHED or after.deployment_id is None:
        return
    said = died or LEFT_EARLY
    row = {"flow_run_id": flow_run_id, "attempt": attempt, "whose": str(whose), "said": said, "at": now}
    dialect.insert_missing(connection, run_death, [row])
    try:
        of = deployments.get(connection, after.deployment_id)
    except NotFound:
        _say_why(connection, flow_run_id, said, now)
        return
    table = run_death.c
    known = connection.execute(
        select(table.attempt, table.whose, table.said).where(table.flow_run_id == flow_run_id).order_by(table.attempt)
    ).all()
    verdict = after_crash(of.crash_retries, [Death(each.whose) for each in known])
    if verdict is AfterCrash.QUARANTINED:
        evidence = " ".join(f"Attempt {each.attempt}: {each.said}" for each in known)
        _say_why(
            connection, flow_run_id, f"It died {len(known)} times and is left alone. {evidence}", now, "Quarantined"
        )
        return
    _say_why(connection, flow_run_id, said, now)
    if verdict is AfterCrash.AGAIN:
        flow_run_changes.schedule_again(connection, flow_run_id, now, because=said)


def _say_why(connection: Connection, flow_run_id: str, died: str, now: int, name: str | None = None) -> None:
    """Who follows the journal may have seen the death first; how the process ended only its agent knows."""
    [row] = run_rows.load(connection, flow_run, [flow_run_id])
    row["state_name"] = name or row["state_name"]
    row["state_message"] = died
    row["updated"] = max(row["updated"], now)
    dialect.upsert(connection, flow_run, [row])
    line = flow_run_state
    connection.execute(
        update(line)
        .where(line.c.flow_run_id == flow_run_id, line.c.sequence == row["history_length"] - 1)
        .values(name=row["state_name"], message=died)
    )
    outbox = Outbox(now)
    outbox.tell_run("flow_run", row, flow_run_id)
    outbox.number(connection)
