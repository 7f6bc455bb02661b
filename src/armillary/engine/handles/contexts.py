"""The run context available to user code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from armillary.core.errors import OutsideRun
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.task_run import TaskRun
from armillary.engine.runs.current import current_run
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.runner import TaskRunner
from armillary.engine.runs.task_execution import TaskExecution
from armillary.engine.task_runners.concurrent import ConcurrentTaskRunner


@dataclass(slots=True, frozen=True)
class FlowRunContext:
    """``flow`` is the decorated function, ``flow_run`` its run's record at the time of the call, ``parameters`` as the body
    received them. ``flow_run.expected_start_time`` is the scheduled time, equal in every attempt."""

    flow: Any
    flow_run: FlowRun
    parameters: dict[str, Any]
    task_runner: TaskRunner | type[TaskRunner]


@dataclass(slots=True, frozen=True)
class TaskRunContext:
    """``task`` is the decorated function, ``task_run`` its run's record at the time of the call, ``parameters`` by name as the
    body received them, ``flow_run`` the record of the flow run it is part of."""

    task: Any
    task_run: TaskRun
    parameters: dict[str, Any]
    flow_run: FlowRun


def context_of(run: FlowExecution | TaskExecution) -> FlowRunContext | TaskRunContext:
    """The context of one run."""
    if isinstance(run, FlowExecution):
        runner = run.spec.task_runner or ConcurrentTaskRunner
        return FlowRunContext(run.spec.subject, run.as_record(), dict(run.parameters), runner)
    parameters = {
        **dict(zip(run.spec.positional, run.arguments, strict=False)),
        **run.keywords,
    }
    return TaskRunContext(run.spec.subject, run.as_record(), parameters, run.flow.as_record())


def get_run_context() -> FlowRunContext | TaskRunContext:
    """The context of the run this code is a part of: a :class:`TaskRunContext` inside a task, else a
    :class:`FlowRunContext`.

    Raises :class:`~armillary.errors.OutsideRun` outside a run.

        get_run_context().flow_run.expected_start_time
    """
    run = current_run.get()
    if run is None:
        raise OutsideRun(
            "get_run_context() was called outside a run.",
            subject="get_run_context",
            advice="Call it inside a flow or task.",
        )
    return context_of(run)
