"""What the process of a run is told: which run it is, and of which flow."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from armillary.core.worker import ClaimedRun
from armillary.engine.assignment import Assignment


class Order(Struct):
    entrypoint: str
    parameters: dict[str, Any]
    assignment: Assignment


def order_for(claimed: ClaimedRun) -> Order:
    run = claimed.flow_run
    start = run.expected_start_time
    assignment = Assignment(
        run.id,
        run.name,
        run.attempt,
        round(start.timestamp() * 1_000_000),
        frozenset(run.tags),
        run.deployment_id,
        claimed.deployment.crash_retries > 0,
        claimed.answers,
    )
    return Order(claimed.deployment.entrypoint, run.parameters, assignment)
