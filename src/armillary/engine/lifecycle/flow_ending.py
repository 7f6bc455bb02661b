"""The terminal transition of a flow run and its effects."""

from __future__ import annotations

from typing import Any

from armillary.clock import now_us
from armillary.core.states import CANCELLED, COMPLETED, CRASHED, FAILED, TERMINAL, StateType
from armillary.engine.lifecycle.hooks import call_hooks
from armillary.engine.lifecycle.task_lifecycle import LazyState
from armillary.engine.output.logs import DEBUG, ERROR, INFO, say
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.time_accounting import time_spent


def end_flow(
    run: FlowExecution,
    kind: StateType,
    name: str,
    message: str | None,
    outcome: Any = None,
    during_try: int | None = None,
) -> bool:
    """Make the terminal transition, roll back, call hooks, notify the parent, wake waiters. False if it had ended."""
    if not run.settled and run.type not in TERMINAL:
        run.record(time_spent(run, run.spent, now_us()))
    if not run.move(kind, name, message, outcome=outcome, during_try=during_try):
        return False
    spec = run.spec
    say(
        run,
        INFO if kind is COMPLETED or kind is CANCELLED else ERROR,
        "Finished in state %s",
        LazyState(run),
    )
    if kind is FAILED:
        for rolled in reversed(run.rollbacks):
            say(rolled, DEBUG, "Rolling back, because its flow run failed.")
            call_hooks(rolled, rolled.spec.on_rollback)
    hooks = {
        COMPLETED: spec.on_completion,
        FAILED: spec.on_failure,
        CRASHED: spec.on_crashed,
    }.get(kind, spec.on_cancellation)
    if hooks:
        call_hooks(run, hooks)
    leave(run)
    return True


def leave(run: FlowExecution) -> None:
    """Effects of its end on others: its runner, its parent, its waiters."""
    if run.runner_session is not None:
        run.runner_session.stop()
    parent = run.parent
    if parent is not None:
        if run.type is COMPLETED:
            parent.flow.lineage.remember(run.outcome, run.node_id)
        parent.flow.child_ended(run)
    run.settle()
