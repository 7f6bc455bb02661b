"""What differs between the databases. Everything else in the ledger is the same SQL for all.

SQLite has one writer, whose transaction begins IMMEDIATE under the home's lock, so its locks are no-ops here. PostgreSQL
has many: there a transaction locks what it is about, always in the order root run, then outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Table, text
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]

_OUTBOX_LOCK = 0x41524D4C
_insert: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

_statements: dict[tuple[str, str, str], Executable] = {}


def insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows that are new. All rows have the same columns."""
    if rows:
        connection.execute(table.insert(), rows)


def insert_missing(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add the rows whose key is not there yet; the others stay as they are."""
    if rows:
        statement = _kept(connection, table, "insert_missing")
        if statement is None:
            statement = _insert[connection.dialect.name](table).on_conflict_do_nothing()
            _statements[connection.dialect.name, table.name, "insert_missing"] = statement
        connection.execute(statement, rows)


def upsert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows, or replace every column of those whose primary key is there. All rows have all the table's columns."""
    if rows:
        statement = _kept(connection, table, "upsert")
        if statement is None:
            adding = _insert[connection.dialect.name](table)
            key = [column.name for column in table.primary_key]
            statement = adding.on_conflict_do_update(
                index_elements=key,
                set_={column.name: adding.excluded[column.name] for column in table.c if column.name not in key},
            )
            _statements[connection.dialect.name, table.name, "upsert"] = statement
        connection.execute(statement, rows)


def add_to(connection: Connection, table: Table, column: str, rows: Sequence[Row]) -> None:
    """Add rows; where the primary key is there, add ``column``'s value to the one that stands."""
    if rows:
        adding = _insert[connection.dialect.name](table)
        statement = adding.on_conflict_do_update(
            index_elements=[key.name for key in table.primary_key],
            set_={column: table.c[column] + adding.excluded[column]},
        )
        connection.execute(statement, rows)


def _kept(connection: Connection, table: Table, verb: str) -> Any:
    return _statements.get((connection.dialect.name, table.name, verb))


def lock_root(connection: Connection, root_flow_run_id: str) -> None:
    """Be the only writer of this root run until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:root, 0))"), {"root": root_flow_run_id}
        )


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

SQLITE_BEGIN_READING = "BEGIN"
SQLITE_BEGIN_WRITING = "BEGIN IMMEDIATE"
SQLITE_SYNC_COMMITS = "PRAGMA synchronous = FULL"
SQLITE_SYNC_CHECKPOINTS = "PRAGMA synchronous = NORMAL"
