"""The outcomes of runs over time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from armillary.core.states import StateType


@dataclass(slots=True)
class HistoryState:
    """How many runs of a bucket are in a state, and the sums over them. The run time of a run is the time from its
    start to its end, or to now. Lateness of a run is its start, or now, minus the
    time it was expected at, and never negative."""

    state_type: StateType
    state_name: str
    count_runs: int
    sum_run_time_seconds: float
    sum_lateness_seconds: float


@dataclass(slots=True)
class HistoryBucket:
    """``interval_end`` is exclusive."""

    interval_start: datetime
    interval_end: datetime
    states: list[HistoryState] = field(default_factory=list)


@dataclass(slots=True)
class TaskRunMark:
    """``count_runs`` task runs in one state began in the same part of their flow run's time; parts count from 0."""

    part: int
    state_type: StateType
    count_runs: int


@dataclass(slots=True)
class RunFacts:
    """The facts of one run for a chart."""

    id: str
    name: str
    state_type: StateType
    state_name: str
    expected_start_time: datetime
    run_time_seconds: float
    lateness_seconds: float
