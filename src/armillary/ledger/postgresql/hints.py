"""What servers on one PostgreSQL database tell one another: that something was written, and whose owners were asked for something.

A notification is a hint, never the news itself: who gets one looks at the database. So they may be put together, fifty a second
at most from each server, and may be lost, with a connection or a server that was killed: each server also looks once a second for
itself, at one row of an index.

The listening connection holds a lock that servers share, for as long as they serve: a database they serve can be told from one
that nobody uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any
from uuid import uuid4

from msgspec import DecodeError, json
from sqlalchemy import BigInteger, Connection, Engine, cast, extract, func, select, text
from sqlalchemy.exc import DBAPIError, TimeoutError

from armillary.core.errors import LedgerUnavailable
from armillary.ledger.ownership import commands
from armillary.ledger.postgresql.database_clock import DatabaseClock
from armillary.ledger.tables import run_tables

CHANNEL = "armillary"
KEEPING_LOCK = 0x41524D4E
APART_SECONDS = 0.02
LOOK_EVERY_SECONDS = 1.0
_ROOTS_AT_ONCE = 100
"""A notification holds 8,000 bytes."""
_GONE = (DBAPIError, TimeoutError, OSError)

DATABASE_MICROS = cast(extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
"""The database's clock, in UTC microseconds."""
_LOOK = select(
    select(func.coalesce(func.max(run_tables.outbox.c.number), 0)).scalar_subquery().label("newest"),
    commands.UNANSWERED.exists().label("is_asked"),
    DATABASE_MICROS.label("micros"),
)
"""One statement, because an idle server asks nothing else."""

Hear = Callable[[list[str]], None]
"""Called with root runs whose owners may have been asked something, often none: something was written."""


class PostgresqlHints:
    """Tells the other servers on a thread of its own, and hears them on another. Once a second ``clock`` sees what the database's
    says."""

    def __init__(self, engine: Engine, address: str, hear: Hear, clock: DatabaseClock) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._address = address
        self._hear = hear
        self._clock = clock
        self._own = uuid4().hex
        self._roots: set[str] = set()
        self._lock = Lock()
        self._told = Event()
        self._over = Event()
        self._newest = 0

    def tell(self, *roots: str) -> None:
        """Something was written; the owners of ``roots`` were asked for something. Never waits for the database."""
        with self._lock:
            self._roots.update(roots)
        self._told.set()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Raises LedgerUnavailable when somebody has the database for himself."""
        first = self._listening()
        threads = [
            Thread(target=self._keep_telling, name="armillary-hints-out", daemon=True),
            Thread(target=self._keep_hearing, args=(first,), name="armillary-hints-in", daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._told.set()
            for thread in threads:
                thread.join()

    def _keep_telling(self) -> None:
        while True:
            self._told.wait()
            self._told.clear()
            is_last = self._over.is_set()  # looked at first: whoever hears what follows ends with it
            with self._lock:
                roots, self._roots = sorted(self._roots), set()
            with suppress(*_GONE), self._engine.connect() as connection:  # the others look for themselves
                for start in range(0, max(1, len(roots)), _ROOTS_AT_ONCE):
                    said = json.encode([self._own, *roots[start : start + _ROOTS_AT_ONCE]]).decode()
                    connection.execute(text("SELECT pg_notify(:channel, :said)"), {"channel": CHANNEL, "said": said})
            if is_last:
                return
            self._over.wait(APART_SECONDS)

    def _keep_hearing(self, first: Connection) -> None:
        connection: Connection | None = first
        while not self._over.is_set():
            try:
                connection = connection or self._listening()
                self._hear_from(connection)
            except (*_GONE, LedgerUnavailable):
                self._over.wait(LOOK_EVERY_SECONDS)
            finally:
                if connection is not None:
                    connection.invalidate()  # a session that ends gives its lock back, whatever state it is in
                    connection.close()
                connection = None

    def _hear_from(self, connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        looked = 0.0
        while not self._over.is_set():
            if monotonic() - looked >= LOOK_EVERY_SECONDS:
                looked = monotonic()
                self._look_for_itself(connection)
            try:
                for notification in driver.notifies(timeout=LOOK_EVERY_SECONDS / 2, stop_after=1):
                    self._take(notification.payload)
            except driver_errors() as problem:
                raise OSError(str(problem)) from problem

    def _take(self, said: str) -> None:
        with suppress(DecodeError):
            who, *roots = json.decode(said, type=list[str])
            if who != self._own:
                self._hear(roots)

    def _look_for_itself(self, connection: Connection) -> None:
        asked_at = self._clock.here()
        seen = connection.execute(_LOOK).one()
        self._clock.saw(asked_at, seen.micros, self._clock.here())
        asked = commands.unanswered(connection) if seen.is_asked else []
        if seen.newest != self._newest or asked:
            self._newest = seen.newest
            self._hear(asked)

    def _listening(self) -> Connection:
        connection = self._engine.connect()
        try:
            connection.detach()  # none of those that requests share
            shared = text("SELECT pg_try_advisory_lock_shared(:lock)")
            if not connection.execute(shared, {"lock": KEEPING_LOCK}).scalar():
                raise LedgerUnavailable(
                    f"{self._address} is being filled with a copy of another ledger.",
                    subject=self._address,
                    advice="Wait until `armillary database copy` is done.",
                )
            connection.execute(text(f"LISTEN {CHANNEL}"))
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        return connection


def driver_errors() -> type[Exception]:
    """What the driver raises where no SQLAlchemy is in between."""
    from psycopg import Error  # an extra

    return Error
