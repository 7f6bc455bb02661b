"""Moving the ledger of a home from SQLite into an empty PostgreSQL database, ids kept, whole or not at all.

Everything goes in one transaction: a copy that is broken off, or that does not count what its source counts, leaves the database
as it was. The home is kept meanwhile, so nothing is written to the source behind the copy's back. The ledger's own id moves too,
because the journals of this home are meant for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, text

from armillary.core.errors import Conflict, LedgerUnavailable
from armillary.ledger.database.checks import clean
from armillary.ledger.database.opening import DATABASE_NAME, open_ledger
from armillary.ledger.ingest import following
from armillary.ledger.postgresql.hints import KEEPING_LOCK, driver_errors
from armillary.ledger.postgresql.ledger import open_postgresql
from armillary.ledger.tables import run_tables
from armillary.ledger.tables.columns import metadata

_ROWS_AT_ONCE = 5_000
_COUNTED_BY_THE_DATABASE = ((run_tables.outbox, "number"), (run_tables.quarantine, "id"))


@dataclass(slots=True)
class Copied:
    """Rows by table; ``target`` is the database's address without its password."""

    target: str
    rows: dict[str, int]


def copy(home: str, database_url: str, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Copied:
    """Copy what the home's SQLite ledger holds; its file stays as it is. ``progress`` is told rows done and in all.

    Raises InvalidOption for what is no PostgreSQL address, Conflict for a database that holds something, LedgerUnavailable for a
    home without a ledger, one that a server keeps, or a database that cannot be used.
    """
    if not os.path.exists(os.path.join(home, DATABASE_NAME)):
        raise LedgerUnavailable(
            f"There is no database in {home} to copy.",
            subject=home,
            advice="Set ARMILLARY_HOME to the home that has one.",
        )
    with open_ledger(home) as source, open_postgresql(home, database_url) as target:
        following.catch_up(source, os.path.join(home, "journal"))
        with (
            target.kept(f"armillary database copy (process {os.getpid()})"),
            source.read(None) as reading,
            target.write() as writing,
        ):
            _have_for_itself(writing, target.path)
            _refuse_unless_empty(writing, target.path)
            return Copied(target.path, _copy_tables(reading, writing, progress))


def _have_for_itself(writing: Connection, address: str) -> None:
    """Until the copy is done no server serves the database, or starts to; and the copy takes as long as it takes."""
    if not writing.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": KEEPING_LOCK}).scalar():
        raise LedgerUnavailable(
            f"A server uses {address}.", subject=address, advice="Stop it, or copy into another database."
        )
    for timeout in ("statement_timeout", "idle_in_transaction_session_timeout"):
        writing.execute(text(f"SET LOCAL {timeout} = 0"))


def _refuse_unless_empty(writing: Connection, address: str) -> None:
    for table in metadata.sorted_tables:
        if (
            table is not run_tables.ledger
            and writing.execute(select(1).select_from(table).limit(1)).first() is not None
        ):
            raise Conflict(
                f"{address} holds a ledger already: its table {table.name} is not empty.",
                subject=address,
                advice="Copy into an empty database: createdb makes one.",
            )


def _copy_tables(reading: Connection, writing: Connection, progress: Callable[[int, int], None]) -> dict[str, int]:
    counts = {table: _count(reading, table) for table in metadata.sorted_tables}
    total, done = sum(counts.values()), 0
    writing.execute(delete(run_tables.ledger))
    for table in counts:
        for many in _copied_rows(reading, writing, table):
            done += many
            progress(done, total)
    for table, column in _COUNTED_BY_THE_DATABASE:
        _go_on_counting(writing, table, column)
    differing = [table.name for table, many in counts.items() if _count(writing, table) != many]
    if differing:
        raise LedgerUnavailable(
            f"The copy has not as many rows as its source in {', '.join(differing)}, so it was taken back.",
            subject=differing[0],
            advice="Stop whatever else uses the database, and copy again.",
        )
    return {table.name: many for table, many in counts.items()}


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _copied_rows(reading: Connection, writing: Connection, table: Table) -> Iterator[int]:
    """How many rows went over, a few thousand at a time. By COPY, which takes ten times as many in a second as INSERT."""
    driver: Any = writing.connection.dbapi_connection
    columns = ", ".join(f'"{column.name}"' for column in table.c)
    try:
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as out:
            for rows in reading.execute(select(table)).partitions(_ROWS_AT_ONCE):
                for row in rows:
                    out.write_row([clean(value) if isinstance(value, str) else value for value in row])
                yield len(rows)
    except driver_errors() as problem:
        said = str(problem).strip().partition("\n")[0]
        raise LedgerUnavailable(
            f"The rows of {table.name} could not be copied: {said}.",
            subject=table.name,
            advice="The database is as it was. Please report this if it can be reached.",
        ) from problem


def _go_on_counting(writing: Connection, table: Table, column: str) -> None:
    """Numbers that the database gives by itself go on behind those that were copied."""
    newest = writing.execute(select(func.max(table.c[column]))).scalar()
    if newest is not None:
        statement = text("SELECT setval(pg_get_serial_sequence(:table, :column), :newest)")
        writing.execute(statement, {"table": table.name, "column": column, "newest": newest})
