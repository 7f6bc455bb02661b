"""Task runners: how the tasks of a flow run are carried."""

from armillary.engine.remote.process_runner import ProcessTaskRunner
from armillary.engine.task_runner import TaskRunner
from armillary.engine.task_runners.concurrent import ConcurrentTaskRunner
from armillary.engine.task_runners.sequential import SequentialTaskRunner

__all__ = ["ConcurrentTaskRunner", "ProcessTaskRunner", "SequentialTaskRunner", "TaskRunner"]
