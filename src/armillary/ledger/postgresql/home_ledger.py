"""Where a home's ledger is: SQLite in the home, or the PostgreSQL database that ARMILLARY_DATABASE_URL names.

A home whose runs once went to PostgreSQL says so in ``database.kind``, so that a command without the setting does not take
its journals into another database by mistake.
"""

from __future__ import annotations

import os

from armillary import settings
from armillary.core.errors import LedgerUnavailable
from armillary.ledger.database.opening import Ledger, open_ledger

_NAME = "database.kind"
_POSTGRESQL = "postgresql"


def is_in_postgresql(home: str) -> bool:
    """Whether this home's runs are in PostgreSQL, by the setting or by what the home says."""
    return bool(settings.get("DATABASE_URL")) or os.path.exists(os.path.join(home, _NAME))


def open_home(home: str) -> Ledger:
    """The ledger of a home. Raises what :func:`~armillary.ledger.database.opening.open_ledger` and
    :func:`~armillary.ledger.postgresql.ledger.open_postgresql` raise."""
    url = settings.get("DATABASE_URL")
    path = os.path.join(home, _NAME)
    if url:
        from armillary.ledger.postgresql.ledger import open_postgresql  # the driver is an extra

        ledger = open_postgresql(home, url)
        with open(path, "w", encoding="ascii") as file:
            file.write(_POSTGRESQL + "\n")
        return ledger
    if os.path.exists(path):
        raise LedgerUnavailable(
            f"The runs of {home} are in PostgreSQL, and ARMILLARY_DATABASE_URL does not say where.",
            subject="ARMILLARY_DATABASE_URL",
            advice=f"Set it. To go back to SQLite in the home, delete {path}.",
        )
    return open_ledger(home)
