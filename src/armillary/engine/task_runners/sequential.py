"""Tasks one after the other, in the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from armillary.engine.runs.runner import RunnerSession, TaskRunner

if TYPE_CHECKING:
    from armillary.engine.runs.task_execution import TaskExecution


class SequentialTaskRunner(TaskRunner):
    """The call of a task returns when the task has ended, retries included, and never raises: its future has the outcome.

    In an ``async def`` flow a call cannot wait without blocking the flow's loop; there each task starts when the one
    called before it has ended.

        @flow(task_runner=SequentialTaskRunner())
    """

    def start(self) -> RunnerSession[TaskExecution]:
        return SequentialSession()


class SequentialSession:
    """Executes each run on the thread that called the task."""

    in_caller = True
    carries_async = False
    helped_by_waiters = False

    def submit(self, run: TaskExecution) -> None:
        while not run.settled:
            run.retry_in_seconds = None
            run.work()
            if run.retry_in_seconds is None:
                return
            run.wait(run.retry_in_seconds)
            run.offer_again()

    def later(self, run: TaskExecution, seconds: float) -> None:
        run.retry_in_seconds = seconds

    def stop(self) -> None:
        return
