"""Does a new task run keep its result, or look for an earlier one? For most it does neither, and that costs one look."""

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
