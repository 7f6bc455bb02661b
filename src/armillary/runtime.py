"""Facts about the running code as plain attributes; None outside a run.

from armillary import runtime

runtime.flow_run.name
runtime.task_run.run_count
"""

from __future__ import annotations

import os
from typing import Any

from armillary.core.flow_run import FlowRun
from armillary.core.task_run import TaskRun
from armillary.engine.current import current_run

__all__ = ["flow_run", "parameters", "project_root", "task_run"]

flow_run: FlowRun | None
task_run: TaskRun | None
parameters: dict[str, Any] | None
project_root: str | None
"""The folder of the project's own copy that a deployed run has; None for a run that was started by hand."""


def __getattr__(name: str) -> Any:
    if name == "project_root":
        return os.environ.get("ARMILLARY_PROJECT_ROOT")
    run = current_run.get()
    if name == "flow_run":
        return None if run is None else run.flow.as_record()
    if name == "parameters":
        return None if run is None else dict(run.flow.parameters)
    if name == "task_run":
        return run.as_record() if run is not None and run.letter == "t" else None
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
