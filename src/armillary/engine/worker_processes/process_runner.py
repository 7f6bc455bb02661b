"""Worker processes: for work that holds the interpreter's lock, or must be killable.

Each thread of the session owns one worker process, started with its first run. The owner makes every decision: it looks up a
stored result, resolves the arguments, sends the body and records what the worker reports. A worker that must stop
is terminated; one that dies ends only its own run.
"""

from __future__ import annotations

import os

from armillary.core.errors import InvalidOption
from armillary.engine.runs.runner import RunnerSession, TaskRunner
from armillary.engine.runs.task_execution import TaskExecution
from armillary.engine.task_runners.concurrent import ThreadSession
from armillary.engine.worker_processes.worker_process import WorkerProcess


class ProcessTaskRunner(TaskRunner):
    """Runs task bodies, sync and async, in up to ``max_workers`` processes (default: the number of CPUs).

    Arguments, results and the task itself must be picklable (with cloudpickle: functions of the main script and lambdas
    are). A task that a body calls runs in the same worker.

        @flow(task_runner=ProcessTaskRunner(max_workers=4))
    """

    def __init__(self, max_workers: int | None = None) -> None:
        if max_workers is not None and (not isinstance(max_workers, int) or max_workers < 1):
            raise InvalidOption(f"max_workers={max_workers!r}: the number of processes is a whole number above 0.")
        self.max_workers = max_workers

    def start(self) -> RunnerSession[TaskExecution]:
        return ProcessSession(self.max_workers or os.cpu_count() or 1)

    def __repr__(self) -> str:
        return f"ProcessTaskRunner(max_workers={self.max_workers})"


class ProcessSession(ThreadSession):
    """Threads that each drive a worker process."""

    carries_async = True
    helped_by_waiters = False

    def new_body_runner(self) -> WorkerProcess:
        """A worker process for one thread."""
        return WorkerProcess()
