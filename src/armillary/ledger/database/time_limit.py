"""Reads that are given up when they take too long: an honest "narrow it" instead of a server that is busy for everybody.

Every ``read()`` of a ledger is within a limit, its own or one that is given; listings, which anybody may ask for often, narrow it
further. A limit inside another ends first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import monotonic
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from armillary.core.errors import TooBroad

LONGEST_SECONDS = 60.0
"""Of a read for which no limit is given."""
ANSWER_SECONDS = 10.0
"""Of what a server reads to answer a request."""
READ_SECONDS = 2.0
"""Of a listing."""
_STEPS_BETWEEN_LOOKS = 20_000
"""SQLite's virtual machine does some ten million steps in a second."""


@contextmanager
def within(connection: Connection, seconds: float = READ_SECONDS) -> Iterator[None]:
    """Raises TooBroad when what is read inside is not there in time. Not for what has written already."""
    began = monotonic()
    outer: float | None = connection.info.get(_DEADLINE)
    ends = began + seconds if outer is None else min(outer, began + seconds)
    try:
        if connection.dialect.name == "sqlite":
            driver = connection.connection.driver_connection
            assert driver is not None  # connected
            _give_up_at(driver, ends)
            connection.info[_DEADLINE] = ends
            try:
                yield
            finally:
                connection.info[_DEADLINE] = outer
                _give_up_at(driver, outer)
        else:
            connection.execute(text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
            yield
    except DBAPIError as problem:
        if monotonic() < ends or not _was_given_up(problem):
            raise
        raise TooBroad(
            f"That takes longer than {seconds:g} seconds.",
            advice="Narrow it: name a flow, a deployment, a state, a tag or a range of time.",
        ) from problem


def of(connection: Connection, seconds: float | None) -> AbstractContextManager[None]:
    """``within`` so many seconds, or none."""
    return nullcontext() if seconds is None else within(connection, seconds)


_DEADLINE = "armillary read deadline"


def _give_up_at(driver: Any, deadline: float | None) -> None:
    driver.set_progress_handler(None if deadline is None else lambda: monotonic() > deadline, _STEPS_BETWEEN_LOOKS)


def _was_given_up(problem: DBAPIError) -> bool:
    said = str(problem.orig)
    return "interrupted" in said or "statement timeout" in said
