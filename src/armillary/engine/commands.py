"""What a root run does about the commands others leave for it."""

from __future__ import annotations

from collections.abc import Callable

from armillary.core.states import TERMINAL
from armillary.engine.cancellation import cancel_flow, find_below
from armillary.engine.flow_execution import FlowExecution
from armillary.engine.task_execution import TaskExecution
from armillary.engine.task_lifecycle import cancel
from armillary.journal.commands import CANCEL, STOP, Command


def obey(root: FlowExecution) -> Callable[[Command], str]:
    """Carries out one command for ``root`` or a run below it; the answer is recorded as its outcome."""

    def carry_out(command: Command) -> str:
        if command.verb not in (CANCEL, STOP):
            return "refused: this release does not know it"
        run = root if command.verb == STOP else find_below(root, command.run)
        if run is None or run.type in TERMINAL:
            return "too late: the run has ended"
        if isinstance(run, FlowExecution):
            cancel_flow(run, "Cancelled by a command.")
        elif isinstance(run, TaskExecution):
            cancel(run, "Cancelled by a command.")
        return "applied"

    return carry_out
