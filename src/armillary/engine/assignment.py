"""A run that exists already and is given to this process: a retry, a scheduled run, a resumed one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from msgspec import Struct


class Assignment(Struct, frozen=True):
    """``attempt`` is the number that a ledger transaction granted. Times are UTC microseconds. ``resumable``: its results are
    kept for another attempt, which somebody will start if the process dies. ``answers`` are the inputs that earlier attempts
    asked for and were given: JSON text by key. ``fresh_since_us``: results that were kept until then are not taken over."""

    flow_run_id: str
    flow_run_name: str
    attempt: int
    expected_start_us: int
    tags: frozenset[str] = frozenset()
    deployment_id: str | None = None
    resumable: bool = False
    answers: dict[str, str | None] = {}
    fresh_since_us: int = 0


_assigned: ContextVar[Assignment | None] = ContextVar("armillary_assignment", default=None)


@contextmanager
def assigned(assignment: Assignment) -> Iterator[None]:
    """The next root flow called in this block runs as the assigned run instead of making a new one."""
    before = _assigned.set(assignment)
    try:
        yield
    finally:
        _assigned.reset(before)


def take_assignment() -> Assignment | None:
    """The assignment that the flow run now starting should take; each is taken once."""
    assignment = _assigned.get()
    if assignment is not None:
        _assigned.set(None)
    return assignment
