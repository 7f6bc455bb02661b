"""Which run a state that is not final was read from. A flow that returns one is judged by how that run ends.

A state does not refer to its run, so a table does; an entry lasts as long as its state.
"""

from __future__ import annotations

from _weakref import ref
from typing import TYPE_CHECKING

from armillary.core.states import State

if TYPE_CHECKING:
    from armillary.engine.runs.execution import Execution

_runs: dict[int, tuple[ref[State], Execution]] = {}


def remember_run(state: State, run: Execution) -> None:
    """``state`` was read from ``run``, which is not finished."""
    key = id(state)
    _runs[key] = (ref(state, lambda _state: _runs.pop(key, None)), run)


def run_of(state: State) -> Execution | None:
    """The run it was read from; None for one created by the user."""
    entry = _runs.get(id(state))
    return None if entry is None else entry[1]


def final_state(state: State) -> State | None:
    """The state itself if it is final, or the one in which its run has ended; None: neither."""
    if state.is_final():
        return state
    run = run_of(state)
    return run.state if run is not None and run.settled else None
