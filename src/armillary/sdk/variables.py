"""Variables, from user code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from armillary.client.connecting import connect
from armillary.core.errors import NotFound

_NONE_GIVEN: Any = object()


def get(name: str, default: Any = _NONE_GIVEN) -> Any:
    """A variable's current value, or ``default`` if it does not exist.

    Raises :class:`~armillary.errors.NotFound` when there is neither.

        rate = variables.get("exchange_rate", 1.0)
    """
    with connect() as client:
        try:
            return client.variable(name).value
        except NotFound:
            if default is _NONE_GIVEN:
                raise
            return default


def set(name: str, value: Any, tags: Sequence[str] = ()) -> None:  # noqa: A001  users write variables.set
    """Create or update a variable. The value is anything JSON can express.

    variables.set("exchange_rate", 1.08)
    """
    with connect() as client:
        client.set_variable(name, value, tags)


def unset(name: str) -> None:
    """Take a variable away. Raises :class:`~armillary.errors.NotFound`."""
    with connect() as client:
        client.unset_variable(name)
