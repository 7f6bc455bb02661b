"""How a root run handles commands."""

from __future__ import annotations

from collections.abc import Callable

from armillary.core.states import TERMINAL
from armillary.engine.lifecycle.cancellation import cancel_run, find_below, lose_flow
from armillary.engine.lifecycle.pausing import pause_from_outside, resume, suspend_from_outside
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.journal.commands import CANCEL, PAUSE, RESUME, STOP, SUSPEND, Command


def obey(root: FlowExecution) -> Callable[[Command], str]:
    """Carry out one command for ``root`` or a run below it; the reply is recorded as its outcome."""

    def carry_out(command: Command) -> str:
        if command.verb not in (CANCEL, PAUSE, SUSPEND, RESUME, STOP):
            return "refused: not supported by this release"
        run = root if command.verb == STOP else find_below(root, command.run)
        if run is None or run.type in TERMINAL:
            return "too late: the run has ended"
        if command.verb in (PAUSE, SUSPEND, RESUME):
            return _hold_or_resume(run, command)
        if command.verb == STOP:
            lose_flow(root)
        else:
            cancel_run(run, "Cancelled by a command.")
        return "applied"

    return carry_out


def _hold_or_resume(run: Execution, command: Command) -> str:
    if not isinstance(run, FlowExecution):
        return "refused: only flow runs can be paused"
    if command.verb == PAUSE:
        return pause_from_outside(run)
    if command.verb == SUSPEND:
        return suspend_from_outside(run)
    return resume(run, command.payload)
