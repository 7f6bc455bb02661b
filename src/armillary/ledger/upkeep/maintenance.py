"""Looking after the database itself: what it holds, a copy of it, a fresh start."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from armillary.core.errors import InvalidOption, LedgerUnavailable
from armillary.ledger.database import schema
from armillary.ledger.database.home_lock import HomeLock
from armillary.ledger.database.opening import DATABASE_NAME, Ledger
from armillary.ledger.database.refusals import FENCED
from armillary.ledger.tables import run_tables

_SIDE_FILES = ("", "-wal", "-shm", "-journal")


@dataclass(slots=True)
class LedgerInfo:
    """``path`` is a file, or the address of a PostgreSQL database; ``size_bytes`` includes what is not yet checkpointed; ``quarantined``
    counts frames that could not be applied, without those of owners that had lost their run, which are refused in order."""

    id: str
    path: str
    schema_version: str
    size_bytes: int
    flows: int
    flow_runs: int
    task_runs: int
    quarantined: int


def info(ledger: Ledger) -> LedgerInfo:
    with ledger.read(None) as connection:
        found = schema.version(connection)
        flows, flow_runs, task_runs = (
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (run_tables.flow, run_tables.flow_run, run_tables.task_run)
        )
        unexplained = select(func.count()).where(run_tables.quarantine.c.reason != FENCED)
        quarantined = connection.execute(unexplained).scalar_one()
        size = _size(connection, ledger)
    return LedgerInfo(ledger.id, ledger.path, found or "", size, flows, flow_runs, task_runs, quarantined)


def _size(connection: Connection, ledger: Ledger) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one())
    return sum(os.path.getsize(ledger.path + end) for end in _SIDE_FILES if os.path.exists(ledger.path + end))


def backup(ledger: Ledger, to_path: str) -> int:
    """Copy the database as it is at one moment into a new file, while others read and write, and return its size in bytes.

    The copy appears whole or not at all. Raises InvalidOption when ``to_path`` exists, LedgerUnavailable when it cannot be
    written.
    """
    if os.path.lexists(to_path):
        raise InvalidOption(f"{to_path} exists already.", subject=to_path, advice="Name a new file.")
    temporary = f"{to_path}.{os.getpid()}.tmp"
    try:
        source = sqlite3.connect(f"file:{ledger.path}?mode=rw", uri=True, isolation_level=None)
        target = sqlite3.connect(temporary)
        try:
            source.backup(target)
        finally:
            target.close()
            with ledger.lock.held():  # the last connection to close a database checkpoints it
                source.close()
        os.replace(temporary, to_path)
    except (sqlite3.Error, OSError) as problem:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise LedgerUnavailable(
            f"The ledger could not be copied to {to_path}: {problem}.",
            subject=to_path,
            advice="Choose a folder that can be written and has room.",
        ) from problem
    return os.path.getsize(to_path)


def reset(home: str) -> list[str]:
    """Delete the database of a home, whatever state it is in, and return the files that went. The next opening makes an
    empty one under the same id. Journals that nobody has read yet stay, and the next reader brings them in. Processes that
    have the old database open go on writing to what is no longer there: stop them first."""
    path = os.path.join(os.path.abspath(home), DATABASE_NAME)
    gone = []
    with HomeLock(home).held():
        for end in _SIDE_FILES:
            if os.path.lexists(path + end):
                os.unlink(path + end)
                gone.append(path + end)
    return gone
