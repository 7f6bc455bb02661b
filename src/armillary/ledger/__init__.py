"""The database: what happened to every run, kept for good.

Entry points: :func:`~armillary.ledger.database.opening.open_ledger` gives a :class:`~armillary.ledger.database.opening.Ledger`, whose
``read()`` and ``write()`` give connections; every other module has functions of a connection. Readers call
:func:`~armillary.ledger.ingest.following.catch_up` first, so that what the journals hold is in.

Importing this package loads SQLAlchemy.
"""

from armillary.ledger.database.opening import Ledger, open_ledger

__all__ = ["Ledger", "open_ledger"]
