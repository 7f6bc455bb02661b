"""Variables."""

from __future__ import annotations

from sqlalchemy import Connection

from armillary.core.errors import NotFound, did_you_mean
from armillary.core.variable import Variable
from armillary.ledger.nouns import variables

_NEARBY = 1000


def get(connection: Connection, name: str) -> Variable:
    """Raises NotFound with the nearest name."""
    found = variables.get(connection, name)
    if found is None:
        raise _not_found(connection, name)
    return found


def unset(connection: Connection, name: str) -> None:
    """Raises NotFound with the nearest name."""
    if not variables.unset(connection, name):
        raise _not_found(connection, name)


def _not_found(connection: Connection, name: str) -> NotFound:
    known = [each.name for each in variables.page(connection, limit=_NEARBY).items]
    return NotFound(f"There is no variable {name!r}.", subject=name, advice=did_you_mean(name, known))
