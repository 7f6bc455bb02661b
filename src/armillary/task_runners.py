"""Task runners: how the tasks of a flow run are carried."""

from armillary.engine.runs.runner import TaskRunner
from armillary.engine.task_runners.concurrent import ConcurrentTaskRunner
from armillary.engine.task_runners.sequential import SequentialTaskRunner
from armillary.engine.worker_processes.process_runner import ProcessTaskRunner

__all__ = ["ConcurrentTaskRunner", "ProcessTaskRunner", "SequentialTaskRunner", "TaskRunner"]
