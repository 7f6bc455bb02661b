"""Whether a new task run stores its result or looks up an earlier one. Most do neither, which costs one check."""

from __future__ import annotations

from armillary.engine.runs.result_reuse import Reuse
from armillary.engine.runs.task_execution import TaskExecution


def reuse_of(run: TaskExecution) -> Reuse[TaskExecution] | None:
    """What a new task run needs, by its task's options and its flow's; None for most."""
    if not (run.spec.stores_result or run.flow.stores_results):
        return None
    from armillary.engine.results.result_cache import (
        CachedResult,  # hashing, serializers and stores load with the first that needs them
    )

    return CachedResult(run)
