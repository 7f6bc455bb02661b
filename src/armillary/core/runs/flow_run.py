"""A flow run: one execution of a flow, from its creation to its final state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from armillary.core.record import Record
from armillary.core.states import PENDING, StateType


@dataclass(slots=True)
class FlowRun(Record):
    """Times are aware UTC. ``duration_seconds`` is the time from start to end, with retries, pauses and waits; None until the run
    has ended. ``total_run_time_seconds`` is the part of it spent in RUNNING, in the flow's body; ``run_count`` counts starts in this attempt;
    ``attempt`` is the fencing number of the whole root run. ``expected_start_time`` is the scheduled time,
    equal in every attempt; for a run started manually it is the creation time. ``parameter_hashes`` names the parameters
    that ``parameters`` does not represent exactly: the hash of the value if the flow's annotation may restore it, else ``""``; None:
    unknown."""

    id: str
    flow_id: str
    flow_name: str
    name: str
    expected_start_time: datetime
    created: datetime
    root_flow_run_id: str
    parameters: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    state_type: StateType = PENDING
    state_name: str = "Pending"
    state_message: str | None = None
    state_timestamp: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    duration_seconds: float | None = None
    total_run_time_seconds: float = 0.0
    attempt: int = 1
    run_count: int = 0
    flow_version: str | None = None
    task_runner: str | None = None
    parent_flow_run_id: str | None = None
    parent_task_run_id: str | None = None
    deployment_id: str | None = None
    idempotency_key: str | None = None
    entrypoint: str | None = None
    next_scheduled_start_time: datetime | None = None
    auto_scheduled: bool = False
    incomplete_history: bool = False
    updated: datetime | None = None
    parameter_hashes: dict[str, str] | None = None
