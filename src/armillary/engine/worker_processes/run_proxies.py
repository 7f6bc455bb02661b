"""A worker's proxies of its owner's runs: enough for contexts, loggers and calls of further tasks."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from armillary.clock import to_us
from armillary.core.runs.flow_run import FlowRun
from armillary.core.states import RUNNING
from armillary.engine.lifecycle.task_drivers import drive_task, drive_task_async
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.specs import FlowSpec, TaskSpec
from armillary.engine.runs.task_execution import TaskExecution
from armillary.engine.task_runners.concurrent import ConcurrentTaskRunner
from armillary.engine.worker_processes.wire import BodyRequest, WorkerSetup
from armillary.journal.format.events import AnyEvent


class RemoteRoot:
    """A proxy of the owner's root: it sends what is recorded here to the owner."""

    show = None

    class journal:  # noqa: N801  the only part that is used
        """The owner checks its own room."""

        has_room = True

    def __init__(self, tell: Callable[[AnyEvent, bool], None]) -> None:
        self.flow: FlowExecution | None = None
        self.broken: list[tuple[Execution, BaseException]] = []
        self._owner = os.getpid()
        self.record = lambda event: tell(event, False)
        self.log = lambda event: tell(event, True)

    @property
    def is_owner(self) -> bool:
        """False in a process forked from the worker."""
        return self._owner == os.getpid()


class FlowShell(FlowExecution):
    """The flow run an order belongs to, with its own record."""

    __slots__ = ("flow_run",)

    flow_run: FlowRun

    def as_record(self) -> FlowRun:
        return self.flow_run


def flow_shell(setup: WorkerSetup, root: Any) -> FlowShell:
    """A proxy of the owner's flow run."""
    record = setup.flow_run
    try:
        subject, parameters = pickle.loads(setup.flow)  # noqa: S301  from our own owner
    except (
        BaseException
    ):  # the flow's module raises here, or exits; if the task itself needs it, its own loading reports that
        subject, parameters = None, {}
    spec = subject._spec if subject is not None else FlowSpec(None, len, record.flow_name, record.flow_name, False)
    at = to_us(record.created)
    shell = FlowShell(
        record.id,
        record.name,
        at,
        spec,
        ((), {}),
        parameters,
        frozenset(record.tags),
        root,
        None,
        to_us(record.expected_start_time),
        record.attempt,
    )
    shell.flow_run = record
    shell.log_prints = setup.log_prints
    shell.type, shell.state_name, shell.run_count = RUNNING, "Running", record.run_count
    shell.runner_session = ConcurrentTaskRunner().start()
    root.flow = shell
    return shell


def task_shell(flow: FlowShell | FlowExecution, task: Any, order: BodyRequest) -> TaskExecution:
    """A proxy of the requested task run. Tasks it calls are named after it, because the owner counts its own names."""
    spec: TaskSpec = task._spec
    record = order.task_run
    shell = TaskExecution(
        record.id,
        record.name,
        to_us(record.created),
        spec,
        flow,
        flow,
        record.dynamic_key,
        (),
        {},
        order.tags,
        copy_context(),
        drive_task_async if spec.is_async else drive_task,
    )
    shell.type, shell.state_name, shell.run_count = RUNNING, "Running", record.run_count
    shell.upstreams = record.upstreams
    shell.log_prints = order.log_prints
    flow.name_prefix = f"{record.name}."
    return shell
