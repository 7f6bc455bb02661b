"""Futures and states in what a flow's body returned: it is judged over them, and they become their values."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from armillary.core.errors import FutureMisuse
from armillary.core.rules.final_state import StateTally
from armillary.core.states import COMPLETED, State
from armillary.engine.handles.upstreams import Upstreams
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.lineage import ATOMS, Lineage
from armillary.engine.runs.open_states import final_state, run_of


class Returned:
    """``culprit`` is the first that did not complete. What :class:`allow_failure` wraps is not judged."""

    __slots__ = ("_judged", "_pending", "_states")

    def __init__(self, found: Upstreams) -> None:
        self._judged = found.required
        self._states = found.states
        self._pending = found.runs + [run for state in found.states if (run := run_of(state)) is not None]

    def unfinished(self, returner: Execution) -> Execution | None:
        """One that has not ended, started elsewhere; ``returner`` cannot wait for itself or for a run that waits for it."""
        while self._pending:
            run = self._pending[-1]
            if not run.settled and not _is_above(run, returner):
                return run
            self._pending.pop()
        return None

    def tally(self) -> StateTally:
        tally = StateTally()
        for run in self._judged:
            tally.add(run.type)
        for state in self._states:
            tally.add((final_state(state) or state).type)
        return tally

    def culprit(self) -> Execution | State | None:
        for run in self._judged:
            if run.type is not COMPLETED:
                return run
        states = [final_state(state) or state for state in self._states]
        return next((state for state in states if state.type is not COMPLETED), None)


def returned_in(value: Any, returner: Execution) -> Returned | None:
    """None: there is none, so it is a plain value."""
    if type(value) in ATOMS:
        return None
    found = Upstreams(Lineage(), returner)
    with suppress(FutureMisuse):  # an object that contains a future is a plain value
        found.look("return", value)
    return Returned(found) if found.runs or found.states else None


def _is_above(run: Execution, returner: Execution) -> bool:
    above: Any = returner
    while above is not None:
        if above is run:
            return True
        above = above.parent
    return False
