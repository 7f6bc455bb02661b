"""Failures whose outcome was never read: a flow run cannot complete by ignoring one.

A run that ends without completing is listed with the flow run it was started in, unless its outcome was read or passed on
before. Reading it later takes it off the list. Those left when the body has returned fail the flow run.

Reading is ``result``, ``wait``, ``state``, ``await``, :func:`as_completed`, a done callback and ``cancel``. Passing on is an
argument or ``wait_for``: then the run that received it carries the failure, as NotReady or as whatever its body does with it.
An exception raised in an asyncio task beside the body counts as read once the outcome of that task is read.
A try whose body raised has dropped nothing: its own failure covers those below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from armillary.core.states import CANCELLED, FAILED, StateType
from armillary.core.text.long_text import LONGEST_REASON, cut

if TYPE_CHECKING:
    from asyncio import Task as AsyncioTask

    from armillary.engine.runs.execution import Execution
    from armillary.engine.runs.specs import FlowSpec

HELD = 16
"""How many unseen runs are held with their exceptions, which hold the variables of their frames; of the others only the text."""


class Dropped(NamedTuple):
    """One unseen failure, as reported. ``run`` has its exception; None if it is not held, or was in another process."""

    kind: StateType
    text: str
    run: Execution | None


class Unseen:
    """Those of one try of a flow run. Its owner's lock guards it."""

    __slots__ = ("_carriers", "_dropped")

    def __init__(self) -> None:
        self._carriers: dict[str, AsyncioTask[Any]] = {}
        self._dropped: dict[str, tuple[Dropped, Execution, int]] = {}

    def add(self, run: Execution, parent: Execution, parent_try: int) -> None:
        """``run`` has ended without completing; a try of ``parent`` had started it."""
        cause = _cause(run)
        kind = CANCELLED if cause.type is CANCELLED and cause.state_name != "NotReady" else FAILED
        dropped = Dropped(kind, _text(run), cause if len(self._dropped) < HELD else None)
        self._dropped[run.id] = (dropped, parent, parent_try)

    def add_reported(self, dropped: Dropped, parent: Execution) -> None:
        """The current try of ``parent`` dropped it in a worker process."""
        self._dropped[parent.id] = (dropped, parent, parent.run_count)

    def forgive(self, run: Execution) -> None:
        """Its outcome has been read after all."""
        self._dropped.pop(run.id, None)
        self._carriers.pop(run.id, None)

    def carry(self, run: Execution, carrier: AsyncioTask[Any]) -> None:
        """Its outcome counts as read once the carrier's outcome is read."""
        if run.id in self._dropped:
            self._carriers[run.id] = carrier

    def _was_asked(self, run_id: str) -> bool:
        """As far as asyncio knows, which logs exceptions that were never retrieved. A carrier that continues may have caught it."""
        carrier = self._carriers.get(run_id)
        return carrier is not None and not (carrier.done() and getattr(carrier, "_log_traceback", False))

    def verdict(self) -> Dropped | None:
        """The first one, a failure before a cancellation; its text counts the others. None: nothing was dropped."""
        left = [
            dropped
            for run_id, (dropped, parent, parent_try) in self._dropped.items()
            if not parent.is_failure and parent.run_count == parent_try and not self._was_asked(run_id)
        ]
        if not left:
            return None
        first = next((each for each in left if each.kind is FAILED), left[0])
        if len(left) == 1:
            return first
        return first._replace(text=f"{first.text} (and {len(left) - 1} more)")


def _cause(run: Execution) -> Execution:
    """The run for which this one never started, at the end of a chain of such; else itself."""
    while run.state_name == "NotReady":
        blocker = next((each for each in run.awaited if each.is_failure), None)
        if blocker is None:
            return run
        run = blocker
    return run


def _text(run: Execution) -> str:
    reason = f": {run.message}" if run.message else "."
    return cut(f"{_named(run)} ended as {run.state_name} and its outcome was never read{reason}", LONGEST_REASON)


def _named(run: Execution) -> str:
    """A subflow run is known by its node's name in the graph, and by its own."""
    if run.letter == "t":
        return f"Task run {run.name!r}"
    spec: FlowSpec = run.spec  # type: ignore[attr-defined]  # a flow run's
    return f"Subflow {spec.name!r} (run {run.name!r})"
