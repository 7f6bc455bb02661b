"""The databases the contract is held to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from sqlalchemy import create_engine, insert, text

from armillary.ledger import Ledger, open_ledger, schema
from armillary.ledger.columns import metadata
from armillary.ledger.postgresql import PostgresqlLedger
from armillary.ledger.tables import ledger as ledger_table
from ledger_contract.journals import START, new_id


class Database(Protocol):
    def fresh(self) -> AbstractContextManager[Ledger]:
        """A context with an empty ledger."""


class Sqlite:
    @contextmanager
    def fresh(self) -> Iterator[Ledger]:
        with TemporaryDirectory() as folder, open_ledger(str(Path(folder) / "home")) as ledger:
            yield ledger


class Postgres:
    def __init__(self, url: str, folder: str) -> None:
        self._folder = folder
        self._engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with self._engine.begin() as connection:
            schema.create(connection)

    @contextmanager
    def fresh(self) -> Iterator[Ledger]:
        ledger_id = new_id()
        with self._engine.begin() as connection:
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
            connection.execute(insert(ledger_table), {"id": ledger_id, "created": START})
        yield PostgresqlLedger(self._folder, self._engine, ledger_id)

    def stop(self) -> None:
        self._engine.dispose()
