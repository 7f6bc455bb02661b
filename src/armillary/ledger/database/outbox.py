"""The outbox: what changed, numbered in the order of commits, for the live stream to tell.

Numbers are given where a transaction ends, by :func:`number_collected`: the lock under which they are given is then the last one
a transaction takes, and it is held for the commit alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import Struct, json
from sqlalchemy import Connection, delete, func, select

from armillary.ledger.database import dialect
from armillary.ledger.database.dialect import Row
from armillary.ledger.tables.run_tables import outbox

KEPT_ROWS = 1_000_000
KEPT_MICROS = 3_600_000_000
_DELETED_AT_ONCE = 20_000

_COLLECTED = "armillary outbox"

_encode = json.Encoder().encode


class Outbox:
    """Collects the changes of one step of a transaction, the latest of each entity."""

    __slots__ = ("_now", "_rows")

    def __init__(self, now: int) -> None:
        self._now = now
        self._rows: dict[tuple[str, str], tuple[str | None, dict[str, Any]]] = {}

    def tell(self, kind: str, entity_id: str, root_flow_run_id: str | None, change: dict[str, Any]) -> None:
        self._rows[kind, entity_id] = (root_flow_run_id, change)

    def tell_run(self, kind: str, run: Row, root_flow_run_id: str) -> None:
        """The compact state of a flow run or task run."""
        change = {name: run[name] for name in _FACTS[kind]}
        self._rows[kind, run["id"]] = (root_flow_run_id, change)

    def number(self, connection: Connection) -> None:
        """Let the transaction number them at its end."""
        collected = _collected(connection)
        for (kind, entity), (root, change) in self._rows.items():
            collected.pop((kind, entity), None)  # what is told last gets its number last
            collected[kind, entity] = {
                "at": self._now,
                "kind": kind,
                "entity_id": entity,
                "root_flow_run_id": root,
                "change": _encode(change).decode(),
            }


def _collected(connection: Connection) -> dict[tuple[str, str], Row]:
    found: dict[tuple[str, str], Row] = connection.info.setdefault(_COLLECTED, {})
    return found


def forget_collected(connection: Connection) -> None:
    """A transaction begins: what one before it on this connection collected, and never committed, is not its business."""
    _collected(connection).clear()


def number_collected(connection: Connection) -> None:
    """The last thing a transaction does before it commits."""
    collected = _collected(connection)
    if collected:
        dialect.lock_outbox(connection)
        dialect.insert(connection, outbox, [*collected.values()])
        collected.clear()


_STATE = ("name", "state_type", "state_name", "state_at", "started", "ended", "run_count")
_FACTS = {
    "flow_run": (*_STATE, "flow_id", "deployment_id", "parent_flow_run_id", "expected_start"),
    "task_run": (*_STATE, "flow_run_id", "task_key"),
}


def trim(connection: Connection, now: int) -> int:
    """Delete what is older than an hour, or beyond the newest million, a bounded number of rows at a time. Returns how
    many went; zero: nothing is left to trim."""
    newest = connection.execute(select(func.max(outbox.c.number))).scalar()
    if newest is None:
        return 0
    aged = connection.execute(select(func.max(outbox.c.number)).where(outbox.c.at < now - KEPT_MICROS)).scalar() or 0
    oldest = connection.execute(select(func.min(outbox.c.number))).scalar_one()
    last = min(max(aged, newest - KEPT_ROWS), oldest + _DELETED_AT_ONCE)
    return connection.execute(delete(outbox).where(outbox.c.number <= last)).rowcount


class Told(NamedTuple):
    """One row. ``body`` is its change as JSON, with ``kind``, ``id`` and ``root_flow_run_id`` in it. ``flow_run_id`` is the
    flow run a task run is in, or a subflow run's parent."""

    number: int
    kind: str
    entity_id: str
    root_flow_run_id: str | None
    flow_run_id: str | None
    body: bytes


def after(connection: Connection, number: int, limit: int) -> list[Told]:
    """Rows numbered above ``number``, in order."""
    statement = select(outbox).where(outbox.c.number > number).order_by(outbox.c.number).limit(limit)
    return list(_told(connection.execute(statement).mappings()))


class Change(NamedTuple):
    """One row, with its change as it was told."""

    number: int
    kind: str
    entity_id: str
    facts: dict[str, Any]


def of_root(connection: Connection, root_flow_run_id: str, number: int, limit: int) -> list[Change]:
    """Rows about one root run and what is below it, numbered above ``number``, in order."""
    statement = (
        select(outbox.c.number, outbox.c.kind, outbox.c.entity_id, outbox.c.change)
        .where(outbox.c.number > number, outbox.c.root_flow_run_id == root_flow_run_id)
        .order_by(outbox.c.number)
        .limit(limit)
    )
    return [
        Change(row.number, row.kind, row.entity_id, json.decode(row.change)) for row in connection.execute(statement)
    ]


def newest(connection: Connection) -> int:
    """The highest number given so far; 0 when there is none."""
    return connection.execute(select(func.max(outbox.c.number))).scalar() or 0


def oldest(connection: Connection) -> int:
    """The lowest number that is still there; 0 when there is none."""
    return connection.execute(select(func.min(outbox.c.number))).scalar() or 0


class _Parents(Struct):
    """Of a change: the flow run that a task run is in, or a subflow run's parent."""

    flow_run_id: str | None = None
    parent_flow_run_id: str | None = None


_parents = json.Decoder(_Parents).decode


def _told(rows: Any) -> Iterator[Told]:
    """A change is JSON already: what names its row is put before it, as text."""
    for row in rows:
        named = _encode({"kind": row["kind"], "id": row["entity_id"], "root_flow_run_id": row["root_flow_run_id"]})
        change = row["change"].encode()
        parents = _parents(change)
        body = named if change == b"{}" else named[:-1] + b"," + change[1:]
        above = parents.flow_run_id or parents.parent_flow_run_id
        yield Told(row["number"], row["kind"], row["entity_id"], row["root_flow_run_id"], above, body)
