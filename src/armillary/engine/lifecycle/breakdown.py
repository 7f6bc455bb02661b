"""Runs that the engine itself could not continue: the stack or the memory was exhausted between two of its steps.

Where that happens nothing is certain to work, not even the call of a function. So that step only appends the run to its
root's list of broken ones, and tries again one frame further out if even that fails; the timer thread, which has its own stack,
ends the run here. So no run waits for one that never continues.
"""

from __future__ import annotations

from contextlib import suppress

from armillary.core.errors import RunCancelled
from armillary.core.states import CANCELLED, CANCELLING, FAILED, TERMINAL
from armillary.engine.lifecycle.cancellation import end_children_now
from armillary.engine.lifecycle.flow_ending import end_flow, leave
from armillary.engine.lifecycle.task_lifecycle import end, error_message
from armillary.engine.output.logs import say_exception
from armillary.engine.output.tracebacks import strip_engine_frames
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.root import Root
from armillary.engine.runs.task_execution import TaskExecution


def end_broken(root: Root) -> None:
    """End all runs of the root noted so far. One that cannot be ended is tried again next time."""
    for noted in root.broken[:]:
        run, error = noted
        try:
            if not run.settled:
                _end(run, error)
        except Exception as problem:  # the calling housekeeping must continue
            say_exception(run, "Could not finish yet:", problem)
            continue
        with suppress(ValueError):  # another thread was here too
            root.broken.remove(noted)


def _end(run: Execution, error: BaseException) -> None:
    strip_engine_frames(error)
    if isinstance(run, FlowExecution):
        end_children_now(run, "Its flow run could not continue.")
    if run.type not in TERMINAL:
        say_exception(run, "Could not continue:", error)
        kind, name, message = FAILED, "Failed", error_message(error)
        if run.type is CANCELLING or not isinstance(error, Exception):
            kind, name, message = CANCELLED, "Cancelled", "Cancelled while running."
            error = RunCancelled(message, subject=run.name)
        if isinstance(run, FlowExecution):
            end_flow(run, kind, name, message, error)
        elif isinstance(run, TaskExecution):
            end(run, kind, name, message, error)
    if not run.settled:  # the last transition was made, but its effects were not
        if isinstance(run, FlowExecution):
            leave(run)
        elif isinstance(run, TaskExecution):
            run.flow.child_ended(run)
            run.settle()
