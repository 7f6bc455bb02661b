"""What differs between the databases. Everything else in the ledger is the same SQL for all.

SQLite has one writer, whose transaction begins IMMEDIATE under the home's lock, so its locks are no-ops here. PostgreSQL
has many: there a transaction locks what it is about by its name, always in the order journal, worker, limits, root runs by their ids,
outbox. Who needs any of many root runs takes those that are free and waits for none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, text

Row = dict[str, Any]

_OUTBOX_LOCK = 0x41524D4C

_compiled: dict[tuple[str, str, str], tuple[str, Callable[[Row], Any] | None]] = {}


def insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows that are new. All rows have the same columns, in every call for one table."""
    _execute_many(connection, table, "insert", rows, lambda adding: adding)


def insert_missing(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add the rows whose key is not there yet; the others stay as they are."""
    _execute_many(connection, table, "insert_missing", rows, lambda adding: adding.on_conflict_do_nothing())


def upsert(connection: Connection, table: Table, rows: Sequence[Row], *, keep: Sequence[str] = ()) -> None:
    """Add rows, or replace every column of those whose primary key is there, but for those in ``keep``. All rows have all
    the table's columns, and every call for one table keeps the same."""

    def replacing(adding: Any) -> Any:
        key = [column.name for column in table.primary_key]
        changed = [column.name for column in table.c if column.name not in {*key, *keep}]
        return adding.on_conflict_do_update(index_elements=key, set_={name: adding.excluded[name] for name in changed})

    _execute_many(connection, table, "upsert", rows, replacing)


def add_to(connection: Connection, table: Table, column: str, rows: Sequence[Row]) -> None:
    """Add rows; where the primary key is there, add ``column``'s value to the one that stands."""

    def adding_up(adding: Any) -> Any:
        key = [each.name for each in table.primary_key]
        return adding.on_conflict_do_update(
            index_elements=key, set_={column: table.c[column] + adding.excluded[column]}
        )

    _execute_many(connection, table, "add to " + column, rows, adding_up)


def _execute_many(
    connection: Connection, table: Table, verb: str, rows: Sequence[Row], statement: Callable[[Any], Any]
) -> None:
    """Statements are compiled once and given to the driver as they are: working out the parameters of each row anew costs
    as much as inserting it. Columns hold only what every driver takes as it is: text, numbers, booleans, bytes."""
    if not rows:
        return
    dialect = connection.dialect
    found = _compiled.get((dialect.name, table.name, verb))
    if found is None:
        adding = import_module(f"sqlalchemy.dialects.{dialect.name}").insert  # loaded already, by whoever connected
        compiled = statement(adding(table)).compile(dialect=dialect, column_keys=list(rows[0]))
        names = compiled.positiontup if compiled.positional else None
        found = _compiled[dialect.name, table.name, verb] = (str(compiled), itemgetter(*names) if names else None)
    sql, values = found
    connection.exec_driver_sql(sql, [*map(values, rows)] if values is not None else [*rows])


def contains(connection: Connection, text: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """Whether the text has that part; case does not matter. SQLite's LIKE is like that by itself, for the letters that its
    ``lower`` knows too, and more than twice as fast without it."""
    if connection.dialect.name == "sqlite":
        return text.contains(part, autoescape=True)
    return text.icontains(part, autoescape=True)


def lock(connection: Connection, name: str) -> None:
    """Be the only writer of what ``name`` names, a journal or a root run, until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def lock_free(connection: Connection, names: Sequence[str]) -> list[str]:
    """Those of ``names`` that nobody else is writing now, locked like by ``lock``. The others are passed over, as SKIP LOCKED
    passes over rows; a row's own lock would not do, because a run is written under its name, whether it has a row or not."""
    if connection.dialect.name != "postgresql" or not names:
        return [*names]
    statement = text(
        "SELECT name FROM unnest(CAST(:names AS text[])) AS wanted (name)"
        " WHERE pg_try_advisory_xact_lock(hashtextextended(name, 0))"
    )
    return [str(name) for name in connection.execute(statement, {"names": [*names]}).scalars()]


def lock_outbox(connection: Connection) -> None:
    """Be the only one who numbers the outbox until the transaction ends, so that numbers commit in order."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _OUTBOX_LOCK})


SQLITE_ON_CONNECT = (
    "PRAGMA busy_timeout = 20000",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA cache_size = -32768",
    "PRAGMA temp_store = MEMORY",
)
"""WAL is a property of the file, set once when it is made. No memory-mapped reads: a reader must not die of SIGBUS."""

SQLITE_ON_CREATE = ("PRAGMA auto_vacuum = INCREMENTAL", "PRAGMA journal_mode = WAL")

SQLITE_BEGIN_READING = "BEGIN"
SQLITE_BEGIN_WRITING = "BEGIN IMMEDIATE"
SQLITE_SYNC_COMMITS = "PRAGMA synchronous = FULL"
SQLITE_SYNC_CHECKPOINTS = "PRAGMA synchronous = NORMAL"
