"""What retention took away."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Pruned:
    """Flow runs and the task runs in them; with a dry run, those it would delete."""

    flow_runs: int = 0
    task_runs: int = 0
