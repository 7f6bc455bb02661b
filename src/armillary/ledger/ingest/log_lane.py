"""The log lane: lines get the next ordinals of their root run."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from armillary.core.text.escape_codes import without_escape_codes
from armillary.journal.format.events import Log, LogsDropped
from armillary.ledger.database import dialect
from armillary.ledger.database.checks import is_time, readable, short
from armillary.ledger.database.dialect import Row
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.database.refusals import NOT_VALUES, Refused
from armillary.ledger.ingest.named_ids import NamedIds
from armillary.ledger.ingest.quarantine import Quarantine
from armillary.ledger.tables.run_tables import log, tombstone

_WARNING = 30


def said(message: str) -> Row:
    """The columns of a line that hold its text, cut where nobody would read on."""
    message = readable(message)
    return {"message": message, "plain": without_escape_codes(message) if "\x1b" in message else None}


def ingest_logs(
    connection: Connection, root: str, events: list[tuple[int, Any, bytes]], quarantine: Quarantine, outbox: Outbox
) -> None:
    """A line needs no run that is known yet: the state lane may be behind. Lines of a fenced owner are history too."""
    deleted = set(
        connection.execute(select(tombstone.c.flow_run_id).where(tombstone.c.root_flow_run_id == root)).scalars()
    )
    ordinal = connection.execute(select(func.max(log.c.ordinal)).where(log.c.root_flow_run_id == root)).scalar()
    ordinal = 0 if ordinal is None else ordinal + 1
    named = NamedIds(events)
    named.judge_logs(connection, root)
    last: dict[str, int] = {}
    lines: list[Row] = []
    for frame, event, body in events:
        if type(event) is Log:
            run = event.flow_run_id
            task_run = event.task_run_id
            if run in deleted:
                continue
            try:
                named.check(event)
                if not is_time(event.at):
                    raise Refused(NOT_VALUES)
            except Refused as refusal:
                quarantine.add(frame, body, f"a log line {refusal}" if str(refusal) == NOT_VALUES else str(refusal))
                continue
            level, logger, message = event.level, event.logger, event.message
        elif type(event) is LogsDropped:
            run, task_run, level, logger = root, None, _WARNING, "armillary.flow_runs"
            message = f"{event.count} log lines were dropped here: the disk was full."
        else:
            continue
        last[run] = ordinal
        lines.append(
            {
                "root_flow_run_id": root,
                "ordinal": ordinal,
                "flow_run_id": run,
                "task_run_id": task_run,
                "at": event.at,
                "level": max(0, min(level, 1000)),
                "logger": short(logger),
                **said(message),
            }
        )
        ordinal += 1
    dialect.insert(connection, log, lines)
    for run, newest in last.items():
        outbox.tell("log", run, root, {"ordinal": newest})
