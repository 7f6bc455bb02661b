"""The ledger in PostgreSQL: the same tables and functions, in a database that many machines can reach.

Readers see one moment each (REPEATABLE READ); writers lock what they are about, as :mod:`armillary.ledger.database.dialect` says. A
connection that went away, because the database was restarted, is replaced by the next use.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import Connection, Engine, create_engine, insert, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, NoSuchModuleError, TimeoutError

from armillary.clock import new_id
from armillary.core.errors import Conflict, InvalidOption, LedgerUnavailable
from armillary.home_folder import prepare_home
from armillary.ledger.database import outbox, schema, time_limit
from armillary.ledger.database.home_lock import HomeLock
from armillary.ledger.database.opening import Hear, Ledger, Tell, new_row
from armillary.ledger.postgresql.database_clock import DatabaseClock
from armillary.ledger.postgresql.hints import DATABASE_MICROS, PostgresqlHints
from armillary.ledger.tables import run_tables

POOLED = 5
AT_MOST = 20
STATEMENT_TIMEOUT_SECONDS = time_limit.LONGEST_SECONDS
CONNECT_TIMEOUT_SECONDS = 10
IDLE_IN_TRANSACTION_SECONDS = 15
"""A server that stands still, or whose machine is gone, gives up its locks when its leases end."""
_MAKING_LOCK = 0x41524D4D


class PostgresqlLedger(Ledger):
    """Made by ``open_postgresql``. ``path`` is the database's address without its password."""

    shared = True

    def __init__(self, home: str, engine: Engine, ledger_id: str, clock: DatabaseClock | None = None) -> None:
        super().__init__(home, engine, HomeLock(home), ledger_id)
        self._clock = clock or DatabaseClock()
        self.path = _shown(engine.url)
        self._writing = engine
        self._reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def read(self, seconds: float | None = time_limit.LONGEST_SECONDS) -> Iterator[Connection]:
        with mapped(self.path), self._reading.connect() as connection:
            if seconds == STATEMENT_TIMEOUT_SECONDS:  # of each statement, as the connection has it
                yield connection
                return
            with time_limit.of(connection, seconds):
                yield connection

    @contextmanager
    def write(self, *, synced: bool = False) -> Iterator[Connection]:
        """Every commit survives a power cut, so ``synced`` asks for nothing more."""
        with mapped(self.path), self._writing.begin() as connection:
            outbox.forget_collected(connection)
            yield connection
            outbox.number_collected(connection)

    def now(self) -> int:
        return self._clock.now()

    @contextmanager
    def hinting(self, hear: Hear) -> Iterator[Tell]:
        """Raises LedgerUnavailable when somebody has the database for himself."""
        hints = PostgresqlHints(self._writing, self.path, hear, self._clock)
        with ExitStack() as stack:
            with mapped(self.path):
                stack.enter_context(hints.running())
            yield hints.tell

    def give_back_space(self) -> None:
        """The database's own housekeeping does that."""

    def close(self) -> None:
        self._writing.dispose()


def open_postgresql(home: str, database_url: str) -> Ledger:
    """The ledger in that database, for the home whose journals go there; tables are made, or migrated, where need be.

    Raises InvalidOption for an address that cannot be one, LedgerTooNew, or LedgerUnavailable.
    """
    home = os.path.abspath(home)
    prepare_home(home)
    engine = _engine(_address(database_url))
    try:
        with mapped(_shown(engine.url)), engine.begin() as connection:
            ledger_id = _usable(connection)
            clock = DatabaseClock()
            asked = clock.here()
            clock.saw(asked, connection.execute(select(DATABASE_MICROS)).scalar_one(), clock.here())
    except BaseException:
        engine.dispose()
        raise
    return PostgresqlLedger(home, engine, ledger_id, clock)


def _address(database_url: str) -> URL:
    try:
        url = make_url(database_url)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() not in {"postgresql", "postgres"} or not url.database:
        shown = "It" if url is None else repr(url.render_as_string(hide_password=True))
        raise InvalidOption(
            f"{shown} is not the address of a PostgreSQL database.",
            subject="ARMILLARY_DATABASE_URL",
            advice="Give one like postgresql://user:password@host/database, or none for SQLite in the home.",
        )
    return url.set(drivername="postgresql+psycopg")


def _engine(url: URL) -> Engine:
    options = (
        f"-c statement_timeout={STATEMENT_TIMEOUT_SECONDS:.0f}s"
        f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_SECONDS}s -c timezone=UTC"
    )
    try:
        return create_engine(
            url,
            pool_size=POOLED,
            max_overflow=AT_MOST - POOLED,
            pool_pre_ping=True,
            connect_args={
                "options": options,
                "connect_timeout": CONNECT_TIMEOUT_SECONDS,
                "application_name": "armillary",
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "tcp_user_timeout": 30_000,
            },
        )
    except (ImportError, NoSuchModuleError) as problem:
        raise LedgerUnavailable(
            "PostgreSQL needs the package psycopg, which is not installed.",
            subject="psycopg",
            advice="Install it: pip install 'armillary[postgresql]'",
        ) from problem


def _usable(connection: Connection) -> str:
    """The id of the ledger there. Who comes first makes or migrates it; the others wait for that."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MAKING_LOCK})
    found = schema.version(connection)
    if found is None:
        schema.create(connection)
    elif not schema.check(found):
        schema.migrate(connection)
    ledger_id = connection.execute(select(run_tables.ledger.c.id)).scalar()
    if ledger_id is None:
        ledger_id = new_id()
        connection.execute(insert(run_tables.ledger), new_row(ledger_id))
    return str(ledger_id)


@contextmanager
def mapped(address: str) -> Iterator[None]:
    """The database's own errors, told as ours."""
    try:
        yield
    except IntegrityError as problem:  # who checked before he wrote, and was overtaken in between
        raise Conflict(
            "A concurrent request did the same.",
            subject=address,
            advice="Look at what is there now, or try again.",
        ) from problem
    except DataError as problem:
        raise InvalidOption(f"What was given cannot be kept: {_said(problem)}.", subject="value") from problem
    except (DBAPIError, TimeoutError) as problem:
        raise LedgerUnavailable(
            f"The ledger {address} cannot be used: {_said(problem)}.",
            subject=address,
            advice="See that the database runs, and that ARMILLARY_DATABASE_URL is right.",
        ) from problem


def _said(problem: DBAPIError | TimeoutError) -> str:
    return str(getattr(problem, "orig", problem)).strip().partition("\n")[0]


def _shown(url: URL) -> str:
    """An address as it may be told to everybody."""
    return url.set(drivername="postgresql").render_as_string(hide_password=True)
