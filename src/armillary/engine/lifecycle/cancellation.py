"""Cancelling cascades: from a flow run to its tasks and subflows, to theirs, and into their bodies."""

from __future__ import annotations

from armillary import settings
from armillary.core.errors import RunCancelled, RunCrashed
from armillary.core.states import CANCELLED, CANCELLING, CRASHED, PAUSED, RUNNING, TERMINAL
from armillary.engine.handles.future import cancel_with
from armillary.engine.interrupts.guard import Cancelled, Lost
from armillary.engine.lifecycle.flow_ending import end_flow
from armillary.engine.lifecycle.stopping import stop_body
from armillary.engine.lifecycle.task_lifecycle import cancel, give_up
from armillary.engine.output.logs import INFO, WARNING, say
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.pause import End
from armillary.engine.runs.task_execution import TaskExecution


def cancel_flow(run: FlowExecution, message: str) -> None:
    """Request that a flow run and all runs below it stop. After the grace period it is CANCELLED, whatever its body does."""
    if run.type in TERMINAL or run.cancelling:
        return
    run.cancelling = True
    say(run, INFO, "Cancelling: %s", message)
    pause, run.pause = run.pause, None
    if run.type not in (RUNNING, PAUSED):  # it waits for its start or for its next try: no body to stop
        _end_now(run, message)
        return
    run.move(CANCELLING, "Cancelling", message)
    if pause is not None:
        pause.is_over(End.LIFTED)
    cancel_children(run, message)
    stop_body(
        run,
        Cancelled,
        settings.get("CANCEL_GRACE_SECONDS"),
        lambda: _end_now(run, message),
    )


def lose_flow(root: FlowExecution) -> None:
    """Stop a root run that has another owner. It ends as CRASHED, not CANCELLED: no cancellation was requested, and a
    ledger that has not granted the next attempt would accept one as final."""
    if root.type in TERMINAL or root.cancelling:
        return
    root.cancelling = root.lost = True
    say(root, WARNING, "Stopping: %s", Lost.reason)
    pause, root.pause = root.pause, None
    if root.type not in (RUNNING, PAUSED):
        _crash_now(root)
        return
    if pause is not None:
        pause.is_over(End.LIFTED)
    cancel_children(root, Lost.reason)
    stop_body(root, Lost, settings.get("CANCEL_GRACE_SECONDS"), lambda: _crash_now(root))


def cancel_run(run: Execution, message: str) -> bool:
    """Request that a run of either kind stop; False if it had ended."""
    if run.type in TERMINAL:
        return False
    if isinstance(run, FlowExecution):
        cancel_flow(run, message)
    elif isinstance(run, TaskExecution):
        cancel(run, message)
    return True


cancel_with(cancel_run)


def cancel_children(run: FlowExecution, message: str) -> None:
    """Request that every run started here stop."""
    for child in list(run.children.values()):
        if isinstance(child, FlowExecution):
            cancel_flow(child, message)
        elif isinstance(child, TaskExecution):
            cancel(child, message)


def end_children_now(run: FlowExecution, message: str) -> None:
    """CANCELLED at once, all the way down; their bodies are interrupted and their late results ignored."""
    for child in list(run.children.values()):
        had_body = child.type in (RUNNING, CANCELLING)
        if isinstance(child, FlowExecution):
            child.cancelling = True
            _end_now(child, message)
        elif isinstance(child, TaskExecution):
            give_up(child, message)
        if had_body:
            stop_body(child, Cancelled)


def _end_now(run: FlowExecution, message: str) -> None:
    end_children_now(run, message)
    end_flow(run, CANCELLED, "Cancelled", message, RunCancelled(message, subject=run.name))


def _crash_now(root: FlowExecution) -> None:
    end_children_now(root, Lost.reason)
    end_flow(root, CRASHED, "Crashed", Lost.reason, RunCrashed(Lost.reason, subject=root.name))


def find_below(run: FlowExecution, wanted: str) -> Execution | None:
    """The unfinished run of that id at or below ``run``; a node's id finds its subflow."""
    if wanted in (run.id, run.node_id):
        return run
    for child in list(run.children.values()):
        if isinstance(child, FlowExecution):
            found = find_below(child, wanted)
            if found is not None:
                return found
        elif child.id == wanted:
            return child
    return None
