"""Concurrency limits. Each change rewrites the home's file of limited tags, by which runs know whether to ask for a slot."""

from __future__ import annotations

from sqlalchemy import Connection

from armillary.clock import new_id
from armillary.core.deployments.concurrency_limit import ConcurrencyLimit
from armillary.core.errors import NotFound
from armillary.journal.limits_file import write_limits
from armillary.ledger.nouns import concurrency_limits


def of_tag(connection: Connection, tag: str) -> ConcurrencyLimit:
    """Raises NotFound."""
    found = concurrency_limits.of_tag(connection, tag)
    if found is None:
        raise NotFound(f"There is no concurrency limit of tag {tag!r}.", subject=tag)
    return found


def put(connection: Connection, home: str, tag: str, slots: int, now: int) -> ConcurrencyLimit:
    """Limit a tag; one that has a limit gets the new number."""
    made = concurrency_limits.put(connection, new_id(), tag, slots, now)
    write_limits(home, concurrency_limits.limited_tags(connection))
    return made


def remove(connection: Connection, home: str, limit_id: str) -> None:
    """Task runs that hold its slots run on. Raises NotFound."""
    removed = concurrency_limits.remove(connection, limit_id)
    write_limits(home, concurrency_limits.limited_tags(connection))
    if not removed:
        raise NotFound(f"There is no concurrency limit {limit_id!r}.", subject=limit_id)


def remove_of_tag(connection: Connection, home: str, tag: str) -> None:
    """Raises NotFound."""
    remove(connection, home, of_tag(connection, tag).id)
