"""Journals that owners elsewhere ship: taken in, finished, and given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select, update

from armillary.journal.commands import Command
from armillary.journal.format.events import STATE_LANE
from armillary.journal.format.shipment import LaneAnswer, Shipment, ShipmentAnswer
from armillary.ledger.database import dialect, run_rows
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.ingest import owners
from armillary.ledger.ingest.frames import ingest
from armillary.ledger.ownership import commands, settling
from armillary.ledger.tables.run_tables import flow_run, ingest_cursor


def take(connection: Connection, shipment: Shipment, now: int) -> ShipmentAnswer:
    """Ingest part of a journal. Sent again, it changes nothing and gets the same answer. Raises JournalTooNew, or
    JournalUnreadable for one meant for another ledger."""
    lanes = []
    fenced = False
    for part in shipment.lanes:
        told = ingest(
            connection, shipment.journal_id, part.lane, part.first_ordinal, part.frames, now, with_commands=False
        )
        missing = told.missing_from
        lanes.append(LaneAnswer(part.lane, told.acked if missing is None else missing, told.closed))
        fenced |= told.fenced
    return ShipmentAnswer(lanes, fenced, now)


def finish(connection: Connection, journal_id: str, now: int, *, died: bool, lost: bool = False) -> None:
    """Nothing more comes of this journal; of a dead owner's, what is unfinished is settled. In a synced transaction, since
    the journal is deleted after it. ``lost``: not all that its owner said is in it."""
    table = ingest_cursor
    connection.execute(
        update(table).where(table.c.journal_id == journal_id).values(covered_ordinal=table.c.next_ordinal, updated=now)
    )
    owners.forget(connection, [journal_id])
    found = _state_cursor(connection, journal_id)
    if found is not None:
        if lost:
            _mark_incomplete(connection, found.root_flow_run_id, now)
        handed_back = bool(found.closed) and not died
        settling.settle(connection, found.root_flow_run_id, found.attempt, now, handed_back=handed_back)


def _mark_incomplete(connection: Connection, root: str, now: int) -> None:
    dialect.lock(connection, root)
    outbox = Outbox(now)
    for run in run_rows.load(connection, flow_run, [root]):
        run["incomplete_history"] = True
        run["updated"] = max(run["updated"], now)
        dialect.upsert(connection, flow_run, [run])
        outbox.tell_run("flow_run", run, root)
    outbox.number(connection)


def give_up(connection: Connection, journal_ids: Sequence[str], now: int) -> list[str]:
    """Presume that the owners of these journals are dead. Returns the root runs this crashed; what an owner yet reports
    replaces it."""
    crashed = []
    cursors = filter(None, (_state_cursor(connection, journal_id) for journal_id in journal_ids))
    for found in sorted(cursors, key=lambda each: str(each.root_flow_run_id)):
        if not found.closed:
            many = settling.settle(connection, found.root_flow_run_id, found.attempt, now, presumed=True)
            crashed += [found.root_flow_run_id] if many else []
    return crashed


@dataclass(slots=True)
class Waiting:
    """What owners should hear: commands, and that they have lost their runs."""

    commands: dict[str, list[Command]] = field(default_factory=dict)
    fenced: list[str] = field(default_factory=list)


def waiting(connection: Connection, journal_ids: Sequence[str]) -> Waiting:
    """By journal."""
    found = Waiting()
    table = ingest_cursor
    statement = (
        select(table.c.journal_id, table.c.root_flow_run_id, table.c.attempt, flow_run.c.attempt.label("granted"))
        .outerjoin(flow_run, flow_run.c.id == table.c.root_flow_run_id)
        .where(table.c.journal_id.in_(journal_ids), table.c.lane == STATE_LANE)
    )
    for row in connection.execute(statement).mappings():
        root = row["root_flow_run_id"]
        if row["granted"] is not None and row["granted"] != row["attempt"]:
            found.fenced.append(row["journal_id"])
            continue
        asked = commands.waiting(connection, root)
        if asked:
            found.commands[row["journal_id"]] = asked
    return found


def _state_cursor(connection: Connection, journal_id: str) -> Any:
    table = ingest_cursor
    return connection.execute(
        select(table.c.root_flow_run_id, table.c.attempt, table.c.closed).where(
            table.c.journal_id == journal_id, table.c.lane == STATE_LANE
        )
    ).first()
