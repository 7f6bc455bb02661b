"""Reads that are given up when they take too long: an honest "narrow it" instead of a server that is busy for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from armillary.core.errors import TooBroad

READ_SECONDS = 2.0
_STEPS_BETWEEN_LOOKS = 20_000
"""SQLite's virtual machine does some ten million steps in a second."""


@contextmanager
def within(connection: Connection, seconds: float = READ_SECONDS) -> Iterator[None]:
    """Raises TooBroad when what is read inside is not there in time. Not for what has written already."""
    began = monotonic()
    try:
        if connection.dialect.name == "sqlite":
            driver = connection.connection.driver_connection
            assert driver is not None  # connected
            driver.set_progress_handler(lambda: monotonic() - began > seconds, _STEPS_BETWEEN_LOOKS)
            try:
                yield
            finally:
                driver.set_progress_handler(None, 0)
        else:
            connection.execute(text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
            yield
    except DBAPIError as problem:
        if monotonic() - began < seconds or not _was_given_up(problem):
            raise
        raise TooBroad(
            f"That takes longer than {seconds:g} seconds.",
            advice="Narrow it: name a flow, a deployment, a state, a tag or a range of time.",
        ) from problem


def _was_given_up(problem: DBAPIError) -> bool:
    said = str(problem.orig)
    return "interrupted" in said or "statement timeout" in said
