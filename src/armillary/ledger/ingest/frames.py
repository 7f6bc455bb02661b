"""Ingest: frames of a journal become rows, each once.

One call is one transaction of its caller's: read the journal's cursor, skip what is in already, ask for what is missing, apply the
rest, move the cursor. Redelivery finds the cursor moved, so it changes nothing and gets the same answer; a commit whose answer
was lost is therefore harmless. The outbox is numbered last, under its own lock, so that numbers commit in order.

The state lane's rules are in :mod:`armillary.ledger.ingest.state_lane`, the log lane's in :mod:`armillary.ledger.ingest.log_lane`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import DecodeError, ValidationError
from msgspec.msgpack import Decoder
from sqlalchemy import Connection, select

from armillary.core.errors import JournalTooNew, JournalUnreadable
from armillary.journal.commands import Command
from armillary.journal.format.damaged import Damaged
from armillary.journal.format.events import (
    FORMAT_VERSION,
    LOG_LANE,
    Closed,
    Header,
    LogLaneEvent,
    StateLaneEvent,
)
from armillary.ledger.database import dialect
from armillary.ledger.database.checks import is_count, is_id
from armillary.ledger.database.dialect import Row
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.ingest.log_lane import ingest_logs
from armillary.ledger.ingest.quarantine import Quarantine
from armillary.ledger.ingest.state_lane import ingest_states
from armillary.ledger.ownership import commands
from armillary.ledger.tables import run_tables

FRAMES_AT_ONCE = 5_000
"""The most a caller should give to one transaction."""

_decode_header = Decoder(Header).decode
_decode_state: Decoder[Any] = Decoder(StateLaneEvent)
_decode_log: Decoder[Any] = Decoder(LogLaneEvent)


@dataclass(slots=True)
class Answer:
    """``acked``: every frame below that ordinal is in. ``missing_from``: frames from there on must come first, or, where
    those are deleted, from the oldest segment's header on; nothing was applied. ``fenced``: the journal's owner has lost the run, or the run is deleted, and must stop. ``commands`` wait for
    the owner. ``server_time`` is ``now`` as given."""

    acked: int
    fenced: bool
    server_time: int
    missing_from: int | None = None
    closed: bool = False
    commands: list[Command] = field(default_factory=list)


def ingest(
    connection: Connection,
    journal_id: str,
    lane: str,
    first_ordinal: int,
    frames: Sequence[bytes | Damaged],
    now: int,
    *,
    place: tuple[int, int] = (0, 0),
    header: Header | None = None,
    with_commands: bool = True,
) -> Answer:
    """Apply ``frames``, of which the first has ``first_ordinal``, and say what the ledger now has. ``now`` is the ledger's
    time. ``place`` is where the frame behind the last one begins: (segment, byte); only who reads files needs it. ``header``
    stands in where the lane's own is damaged. Owners that have their commands otherwise need none ``with_commands``.

    Raises JournalTooNew, or JournalUnreadable for a journal that is meant for another ledger; then nothing is changed.
    """
    dialect.lock(connection, journal_id)
    cursor = _cursor(connection, journal_id, lane)
    if cursor is None:
        cursor = _begin(connection, journal_id, lane, first_ordinal, frames, now, header)
        if cursor is None:
            return Answer(0, False, now, missing_from=0)
    known = cursor["next_ordinal"]
    if first_ordinal > known:
        return _answer(connection, cursor, now, with_commands, missing_from=known)
    frames = frames[known - first_ordinal :]
    if not frames:
        return _answer(connection, cursor, now, with_commands)
    root = cursor["root_flow_run_id"]
    dialect.lock(connection, root)
    outbox = Outbox(now)
    if not _is_deleted(connection, root):
        _apply(connection, cursor, frames, outbox, now)
    elif isinstance(frames[-1], bytes) and _is_closed(frames[-1]):
        cursor["closed"] = True
    cursor.update(next_ordinal=known + len(frames), segment=place[0], position=place[1], updated=now)
    dialect.upsert(connection, run_tables.ingest_cursor, [cursor])
    outbox.number(connection)
    return _answer(connection, cursor, now, with_commands)


def _cursor(connection: Connection, journal_id: str, lane: str) -> Row | None:
    table = run_tables.ingest_cursor
    statement = select(table).where(table.c.journal_id == journal_id, table.c.lane == lane)
    row = connection.execute(statement).mappings().first()
    return None if row is None else dict(row)


def _begin(
    connection: Connection,
    journal_id: str,
    lane: str,
    first_ordinal: int,
    frames: Sequence[bytes | Damaged],
    now: int,
    substitute: Header | None,
) -> Row | None:
    """The cursor of a lane never seen before, or None when the frames do not begin with a header.

    A header that begins a later segment will do: the earlier ones were deleted when another ledger had them. A lane whose
    very first frame is damaged gets a cursor that speaks for no run: everything in it goes to quarantine.
    """
    if not frames:
        return None
    header = _header(frames[0])
    if first_ordinal != (0 if header is None else header.first_ordinal):
        return None
    header = header or substitute
    if header is not None:
        _check(connection, journal_id, header)
    return {
        "journal_id": journal_id,
        "lane": lane,
        "root_flow_run_id": header.root_flow_run_id if header is not None else journal_id,
        "attempt": header.attempt if header is not None else 0,
        "next_ordinal": first_ordinal,
        "covered_ordinal": 0,
        "segment": 0,
        "position": 0,
        "closed": False,
        "updated": now,
    }


def _header(frame: bytes | Damaged) -> Header | None:
    if isinstance(frame, Damaged):
        return None
    try:
        return _decode_header(frame)
    except (DecodeError, ValidationError):
        return None


def _check(connection: Connection, journal_id: str, header: Header) -> None:
    if header.format_version > FORMAT_VERSION:
        raise JournalTooNew(
            f"Journal {journal_id} has format {header.format_version}, written by armillary {header.armillary_version}; "
            f"this release reads formats up to {FORMAT_VERSION}.",
            subject=journal_id,
            advice="Read it with that release or a newer one.",
        )
    if not (
        is_id(journal_id)
        and header.journal_id == journal_id
        and is_id(header.root_flow_run_id)
        and is_count(header.attempt)
        and header.attempt > 0
    ):
        raise JournalUnreadable(
            f"Journal {journal_id} does not say which run and attempt it is of.",
            subject=journal_id,
        )
    if header.journal_id != journal_id:
        raise JournalUnreadable(
            f"Journal {journal_id} says that it is journal {header.journal_id}.", subject=journal_id
        )
    if header.ledger_id is not None and header.ledger_id != connection.execute(select(run_tables.ledger.c.id)).scalar():
        raise JournalUnreadable(
            f"Journal {journal_id} is meant for ledger {header.ledger_id}, not for this one.",
            subject=journal_id,
            advice=f"It belongs to {header.ledger_url}." if header.ledger_url else None,
        )


def _is_deleted(connection: Connection, root: str) -> bool:
    table = run_tables.tombstone
    return connection.execute(select(table.c.deleted).where(table.c.flow_run_id == root)).first() is not None


def _is_closed(frame: bytes) -> bool:
    try:
        return isinstance(_decode_state.decode(frame), Closed)
    except (DecodeError, ValidationError):
        return False


def _apply(connection: Connection, cursor: Row, frames: Sequence[bytes | Damaged], outbox: Outbox, now: int) -> None:
    quarantine = Quarantine(cursor["journal_id"], cursor["lane"], cursor["root_flow_run_id"], now)
    decoder = _decode_log if cursor["lane"] == LOG_LANE else _decode_state
    decode = decoder.decode
    events: list[tuple[int, Any, bytes]] = []
    damaged = False
    for ordinal, frame in enumerate(frames, cursor["next_ordinal"]):
        if isinstance(frame, Damaged):
            quarantine.add(ordinal, frame.body, frame.reason)
            damaged = True
            continue
        try:
            events.append((ordinal, decode(frame), frame))
        except (DecodeError, ValidationError) as problem:
            quarantine.add(ordinal, frame, f"not an event this release knows: {problem}")
            damaged = True
    if cursor["attempt"] == 0:
        for ordinal, _event, body in events:
            quarantine.add(ordinal, body, "the journal's header is damaged, so its run is unknown")
    elif cursor["lane"] == LOG_LANE:
        ingest_logs(connection, cursor["root_flow_run_id"], events, quarantine, outbox)
    else:
        root, attempt = cursor["root_flow_run_id"], cursor["attempt"]
        ingest_states(connection, root, attempt, events, quarantine, outbox, damaged=damaged)
    if events and isinstance(events[-1][1], Closed):
        cursor["closed"] = True
    quarantine.write(connection)


def _answer(
    connection: Connection, cursor: Row, now: int, with_commands: bool, missing_from: int | None = None
) -> Answer:
    table = run_tables.flow_run
    root = cursor["root_flow_run_id"]
    attempt = connection.execute(select(table.c.attempt).where(table.c.id == root)).scalar()
    fenced = attempt != cursor["attempt"] if attempt is not None else _is_deleted(connection, root)
    waiting = commands.waiting(connection, root) if with_commands and not fenced else []
    return Answer(cursor["next_ordinal"], fenced, now, missing_from, cursor["closed"], waiting)
