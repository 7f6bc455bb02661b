"""The ledger of a home: opened, made or migrated where need be, and read and written in transactions.

    ledger = open_ledger(home)
    with ledger.read() as connection:
        page = flow_runs.page(connection)
    with ledger.write() as connection:
        deleting.delete_flow_run(connection, run_id, now)

Everything else in this package is a function of such a connection.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self
from weakref import WeakSet

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from armillary.clock import new_id, now_us
from armillary.core.errors import HomeNotWritable, LedgerUnavailable
from armillary.home_folder import prepare_home
from armillary.journal.whole_file import write_whole
from armillary.ledger.database import dialect, outbox, result_keys, schema, time_limit
from armillary.ledger.database.dialect import Row
from armillary.ledger.database.home_lock import HomeLock, WriteLock
from armillary.ledger.database.network_disk import network_file_system
from armillary.ledger.tables import run_tables

DATABASE_NAME = "ledger.db"
IDENTITY_NAME = "ledger.toml"
_POOLED = 4
_AT_MOST = 64
_PAGES_AT_ONCE = 2_000

Hear = Callable[[list[str]], None]
Tell = Callable[..., None]


class Ledger:
    """Made by ``open_ledger``. Any thread may use it, and a forked child too. ``shared``: the keepers of other homes may write
    it too."""

    shared = False

    def __init__(self, home: str, engine: Engine, lock: WriteLock, ledger_id: str) -> None:
        self.home = home
        self.path = os.path.join(home, DATABASE_NAME)
        self.id = ledger_id
        self.lock = lock
        self._engine = engine
        self._file = _file_at(self.path)
        _open_ledgers.add(self)

    @contextmanager
    def read(self, seconds: float | None = time_limit.LONGEST_SECONDS) -> Iterator[Connection]:
        """A connection that sees one moment of the ledger. Neither waits for writers nor makes them wait. Raises TooBroad when
        ``seconds`` have gone by and it still reads; None: it takes as long as it takes."""
        self._check_file()
        with _mapped(self.path), self._engine.connect() as connection, time_limit.of(connection, seconds):
            connection.exec_driver_sql(dialect.SQLITE_BEGIN_READING)
            yield connection

    @contextmanager
    def write(self, *, synced: bool = False) -> Iterator[Connection]:
        """A connection whose transaction commits at the end of the block, or not at all when the block raises. It waits
        for other writers, so keep it short. ``synced``: this commit, and all before it, survive a power cut."""
        with _mapped(self.path), self.lock.held(), self._engine.connect() as connection:
            if synced:
                _outside_transaction(connection, dialect.SQLITE_SYNC_COMMITS)
            try:
                connection.exec_driver_sql(dialect.SQLITE_BEGIN_WRITING)
                outbox.forget_collected(connection)
                yield connection
                outbox.number_collected(connection)
                self._check_file()
                connection.commit()
            finally:
                connection.rollback()
                if synced:
                    _outside_transaction(connection, dialect.SQLITE_SYNC_CHECKPOINTS)

    def _check_file(self) -> None:
        """Who has a file open that was taken away goes on reading and writing it, and nobody would ever find what it wrote."""
        found = _file_at(self.path)
        if found != self._file:
            raise LedgerUnavailable(
                f"The ledger {self.path} was taken away."
                if found is None
                else f"Another file has taken the place of the ledger {self.path}.",
                subject=self.path,
                advice="Put it back; or stop what uses this home, and start it again with what is there now.",
            )

    @contextmanager
    def kept(self, name: str) -> Iterator[None]:
        """Keep the home for as long as the block lasts: no other process writes this ledger meanwhile, and is told ``name``
        when it tries. Raises LedgerUnavailable when somebody else keeps it."""
        with self.lock.kept(name) as own:
            outside, self.lock = self.lock, own
            try:
                yield
            finally:
                self.lock = outside

    def now(self) -> int:
        """UTC microseconds of the ledger's clock, by which leases run out."""
        return now_us()

    @contextmanager
    def hinting(self, hear: Hear) -> Iterator[Tell]:
        """Let the keepers of other homes know of what is written here, by calling what this gives, and hear of what they write,
        while the block lasts. Either names the root runs whose owners were asked for something."""
        del hear
        yield _tell_nobody

    def give_back_space(self) -> None:
        """Return the pages that deleting freed to the file system, some at a time."""
        left = True
        while left:
            with _mapped(self.path), self.lock.held(), self._engine.connect() as connection:
                driver = connection.connection.cursor()
                # A script, because the driver takes one step of a plain statement, and each step frees one page.
                driver.executescript(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})")
                driver.execute("PRAGMA freelist_count")
                left = driver.fetchone()[0] > 0  # type: ignore[index]
                driver.close()

    def close(self) -> None:
        """Give the connections back. The last one to close a database checkpoints it, so this is done as a writer; when
        somebody else holds the lock for long, they will do it."""
        try:
            with self.lock.held():
                self._engine.dispose()
        except (LedgerUnavailable, HomeNotWritable):
            self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _file_at(path: str) -> tuple[int, int] | None:
    """What tells a file from any other that gets its name."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _tell_nobody(*_roots: str) -> None:
    """A ledger that one keeper alone writes."""


_open_ledgers: WeakSet[Ledger] = WeakSet()


def _let_go_in_child() -> None:
    """SQLite's connections must not be used, nor closed, by a forked child: it gets new ones."""
    for ledger in _open_ledgers:
        ledger._engine.dispose(close=False)


os.register_at_fork(after_in_child=_let_go_in_child)


def open_ledger(home: str) -> Ledger:
    """The ledger of a home folder; folder and database are made when they are missing, and an older one is migrated.

    Raises HomeNotWritable, LedgerTooNew, or LedgerUnavailable for a home on a network file system, a database that is
    damaged, or one that is no ledger.
    """
    home = os.path.abspath(home)
    path = os.path.join(home, DATABASE_NAME)
    _prepare(home)
    _make_private(path)
    engine = _engine(path)
    lock = HomeLock(home)
    with _mapped(path):
        try:
            ledger_id = _usable(engine) or _made_usable(engine, lock, home)
        except BaseException:
            engine.dispose()
            raise
    _write_identity(home, ledger_id)
    return Ledger(home, engine, lock, ledger_id)


def _prepare(home: str) -> None:
    prepare_home(home)
    if not os.access(home, os.W_OK | os.X_OK):
        raise _not_writable(home, "permission denied")
    kind = network_file_system(home)
    if kind is not None:
        raise LedgerUnavailable(
            f"{home} is on a network file system ({kind}), where SQLite cannot keep a ledger safe.",
            subject=home,
            advice="Set ARMILLARY_HOME to a folder on a local disk, or use a server with PostgreSQL.",
        )


def _make_private(path: str) -> None:
    """Parameters and logs are nobody else's business. SQLite takes an empty file for an empty database, and gives the
    files beside it the same permissions."""
    if not os.path.exists(path):
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except OSError as problem:
            raise _not_writable(os.path.dirname(path), problem.strerror or str(problem)) from problem


def _not_writable(home: str, reason: str) -> HomeNotWritable:
    return HomeNotWritable(
        f"The home folder {home} cannot be written: {reason}.",
        subject=home,
        advice="Make it writable, or set ARMILLARY_HOME to a folder that is.",
    )


def _engine(path: str) -> Engine:
    engine = create_engine(
        "sqlite:///" + path,
        poolclass=QueuePool,
        pool_size=_POOLED,
        max_overflow=_AT_MOST - _POOLED,
        connect_args={"check_same_thread": False, "isolation_level": None},  # transactions begin where we say
    )
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for statement in dialect.SQLITE_ON_CONNECT:
        cursor.execute(statement)
    cursor.close()


def _usable(engine: Engine) -> str | None:
    """The ledger's id when its schema is this release's."""
    with engine.connect() as connection:
        found = schema.version(connection)
        if found is None or not schema.check(found):
            return None
        return _id_in(connection)


def _id_in(connection: Connection) -> str | None:
    found = connection.execute(select(run_tables.ledger.c.id)).scalar()
    return None if found is None else str(found)


def _made_usable(engine: Engine, lock: HomeLock, home: str) -> str:
    """Make or migrate the database; another process may have done so while this one waited for the lock."""
    with lock.held(), engine.connect() as connection:
        _outside_transaction(connection, *dialect.SQLITE_ON_CREATE)
        connection.exec_driver_sql(dialect.SQLITE_BEGIN_WRITING)
        found = schema.version(connection)
        if found is None:
            schema.create(connection)
        elif not schema.check(found):
            schema.migrate(connection)
        ledger_id = _id_in(connection)
        if ledger_id is None:
            ledger_id = _identity(home) or new_id()
            connection.execute(insert(run_tables.ledger), new_row(ledger_id))
        connection.commit()
    return ledger_id


def new_row(ledger_id: str) -> Row:
    return {"id": ledger_id, "created": now_us(), "result_key": result_keys.new_secret()}


def _identity(home: str) -> str | None:
    """The id this home's ledger had before its database went missing: journals may be addressed to it."""
    try:
        with open(os.path.join(home, IDENTITY_NAME), "rb") as file:
            found = tomllib.load(file).get("id")
    except (OSError, tomllib.TOMLDecodeError):
        return None
    return found if isinstance(found, str) and len(found) == 36 else None


def _write_identity(home: str, ledger_id: str) -> None:
    if _identity(home) == ledger_id:
        return
    path = os.path.join(home, IDENTITY_NAME)
    said = (
        f'# The ledger of this home. Journals are addressed to it.\nid = "{ledger_id}"\ndatabase = "{DATABASE_NAME}"\n'
    )
    try:
        write_whole(path, said.encode())
    except OSError as problem:
        raise _not_writable(home, problem.strerror or str(problem)) from problem


def _outside_transaction(connection: Connection, *pragmas: str) -> None:
    for pragma in pragmas:
        connection.exec_driver_sql(pragma)
    connection.commit()


@contextmanager
def _mapped(path: str) -> Iterator[None]:
    """The database's own errors, told as ours."""
    try:
        yield
    except DBAPIError as problem:
        said = str(problem.orig)
        raise LedgerUnavailable(
            f"The ledger {path} cannot be used: {said}.", subject=path, advice=_advice(said)
        ) from problem


def _advice(said: str) -> str:
    for sign, advice in _ADVICE.items():
        if sign in said:
            return advice
    return "Run `armillary doctor` for a closer look."


_ADVICE = {
    "full": "Free some space on that disk: what is in the journals is ingested at the next read.",
    "I/O": "See whether that disk is full or failing: what is in the journals is ingested at the next read.",
    "locked": "Another program has the file open for writing; close it.",
    "readonly": "Make the file and its folder writable.",
    "unable to open": "Make the file and its folder readable and writable.",
    "not a database": "Move the file away, or restore a backup: `armillary database reset` makes a new one.",
    "malformed": "Restore a backup, or move the file away: `armillary database reset` makes a new one.",
}
