"""Messages to the process of a run, a line of JSON each: first what to load, then which run to execute."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from armillary.clock import to_us
from armillary.core.deployments.deployment import results_prefix
from armillary.core.deployments.worker import ClaimedRun
from armillary.engine.calls.assignment import Assignment


class Preparation(Struct):
    """``root`` is the folder of the project's copy; without one the entrypoint is absolute, or a module."""

    entrypoint: str
    root: str | None = None


class RunOrder(Struct):
    """``storage_kind`` and ``storage_options``, secrets too, are of the block that stores the run's results. ``token`` is the
    attempt's: the process authenticates with it instead of its agent's token."""

    parameters: dict[str, Any]
    assignment: Assignment
    storage_kind: str | None = None
    storage_options: dict[str, str] | None = None
    token: str | None = None


def order_for(claimed: ClaimedRun, kind: str | None = None, options: dict[str, str] | None = None) -> RunOrder:
    run = claimed.flow_run
    start = run.expected_start_time
    assignment = Assignment(
        run.id,
        run.name,
        run.attempt,
        to_us(start),
        frozenset(run.tags),
        run.deployment_id,
        claimed.deployment.crash_retries > 0,
        claimed.answers,
        0 if claimed.fresh_since is None else to_us(claimed.fresh_since),
        claimed.result_secret,
        results_prefix(claimed.deployment.id),
    )
    return RunOrder(run.parameters, assignment, kind, options, claimed.token)
