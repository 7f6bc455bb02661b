"""Values that an earlier release pickled: their classes are looked up in their current modules."""

from __future__ import annotations

import pickle
from io import BytesIO
from typing import Any

_RECORDS = {
    "runs": (
        "artifact", "flow", "flow_run", "log_line", "run_history", "run_input", "state_change", "stored_result", "task_run",
        "time_spent", "waiting",
    ),
    "deployments": (
        "backfill", "concurrency_limit", "deployment", "flow_runner", "notification_policy", "queue_contents", "storage_block",
        "work_queue", "worker",
    ),
    "graph": ("run_graph",),
}  # fmt: skip

MOVED = {
    f"armillary.core.{name}": f"armillary.core.{folder}.{name}" for folder, names in _RECORDS.items() for name in names
} | {
    "armillary.sdk.deployment_spec": "armillary.sdk.deployments.deployment_spec",
    "armillary.storage.local": "armillary.stores.local",
    "armillary.storage.memory": "armillary.stores.memory",
    "armillary.engine.cache_policies": "armillary.engine.results.cache_policies",
    "armillary.engine.remote.process_runner": "armillary.engine.worker_processes.process_runner",
}
"""Modules of 0.1.0 whose objects users can hold, and their current names."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        return super().find_class(MOVED.get(module, module), name)


def unpickle(data: bytes) -> Any:
    """What any release pickled. Only for bytes that are trusted: see docs/concepts on trust in result stores."""
    try:
        return pickle.loads(data)  # noqa: S301
    except ModuleNotFoundError as problem:
        if not (problem.name or "").startswith("armillary."):
            raise
        return _Unpickler(BytesIO(data)).load()
