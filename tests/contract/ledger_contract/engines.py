"""The databases the contract is held to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from sqlalchemy import create_engine, insert

from armillary.ledger import Ledger, open_ledger
from armillary.ledger.postgresql.ledger import PostgresqlLedger
from armillary.ledger.tables.run_tables import ledger as ledger_table
from ledger_contract.journals import START, new_id
from ledger_contract.postgresql_server import PostgresqlServer


class Database(Protocol):
    def fresh(self) -> AbstractContextManager[Ledger]:
        """A context with an empty ledger."""


class Sqlite:
    @contextmanager
    def fresh(self) -> Iterator[Ledger]:
        with TemporaryDirectory() as folder, open_ledger(str(Path(folder) / "home")) as ledger:
            yield ledger


class Postgres:
    def __init__(self, server: PostgresqlServer, folder: str) -> None:
        self._server = server
        self._folder = folder
        self._engine = create_engine(server.ledger().replace("postgresql://", "postgresql+psycopg://"))

    @contextmanager
    def fresh(self) -> Iterator[Ledger]:
        self._server.ledger()
        ledger_id = new_id()
        with self._engine.begin() as connection:
            connection.execute(insert(ledger_table), {"id": ledger_id, "created": START})
        yield PostgresqlLedger(self._folder, self._engine, ledger_id)

    def stop(self) -> None:
        self._engine.dispose()
