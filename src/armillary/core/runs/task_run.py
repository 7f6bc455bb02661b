"""A task run: one call of a task inside a flow run, all its retries included."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from armillary.core.record import Record
from armillary.core.states import PENDING, StateType


@dataclass(slots=True)
class TaskRun(Record):
    """``upstreams`` maps each parameter (``wait_for`` for edges without data) to the task runs it depends on.
    ``child_flow_run_id`` is set on the task run that represents a subflow in its parent. ``dynamic_key`` is the
    call's index among the calls of the same task in its flow run, in call order. ``attempt`` is the attempt of the flow
    run that made the call, and ``flow_run_count`` the try in it: each creates its own task runs. ``duration_seconds`` is the time
    from start to end, with retries and the waits between them; None until the run has ended. ``total_run_time_seconds`` is the
    part of it spent in RUNNING, in the task's body."""

    id: str
    flow_run_id: str
    name: str
    task_name: str
    task_key: str
    dynamic_key: int
    created: datetime
    tags: list[str] = field(default_factory=list)
    upstreams: dict[str, list[str]] = field(default_factory=dict)
    state_type: StateType = PENDING
    state_name: str = "Pending"
    state_message: str | None = None
    state_timestamp: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    duration_seconds: float | None = None
    total_run_time_seconds: float = 0.0
    run_count: int = 0
    attempt: int = 1
    flow_run_count: int = 1
    max_retries: int = 0
    parent_task_run_id: str | None = None
    child_flow_run_id: str | None = None
    cached_from: str | None = None
    updated: datetime | None = None
