"""An existing run assigned to this process: a retry, a scheduled run, a resumed one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from armillary.engine.runs.execution import Execution


class Assignment(Struct, frozen=True):
    """``attempt`` is the number that a ledger transaction granted. Times are UTC microseconds. ``resumable``: its results are
    stored for another attempt, which is started if the process dies. ``answers`` are the inputs that earlier attempts
    received: JSON text by key. ``fresh_since_us``: results stored before that are not reused.
    ``result_secret`` signs stored results, None: the home's; ``result_prefix`` begins the keys of cached ones."""

    flow_run_id: str
    flow_run_name: str
    attempt: int
    expected_start_us: int
    tags: frozenset[str] = frozenset()
    deployment_id: str | None = None
    resumable: bool = False
    answers: dict[str, str | None] = {}
    fresh_since_us: int = 0
    result_secret: str | None = None
    result_prefix: str = ""


_assigned: ContextVar[Assignment | None] = ContextVar("armillary_assignment", default=None)


Begun = Callable[["Execution"], object]

_begun: ContextVar[Begun | None] = ContextVar("armillary_begun", default=None)


@contextmanager
def assigned(assignment: Assignment, begun: Begun | None = None) -> Iterator[None]:
    """The next root flow called in this block runs as the assigned run instead of a new one. ``begun`` is called with it before
    its body starts."""
    before, heard = _assigned.set(assignment), _begun.set(begun)
    try:
        yield
    finally:
        _assigned.reset(before)
        _begun.reset(heard)


def tell_begun(run: Execution) -> None:
    """Report, once, that the assigned root run has been created."""
    begun = _begun.get()
    if begun is not None:
        _begun.set(None)
        begun(run)


def take_assignment() -> Assignment | None:
    """The assignment that the flow run now starting should take; each is taken once."""
    assignment = _assigned.get()
    if assignment is not None:
        _assigned.set(None)
    return assignment
