"""Where the time of a flow run went, summed over the task runs of it and of its subflow runs.

*User* time is spent in the bodies of tasks. *Serialisation* is looking up, reading and writing stored results. *Waiting* is
from a call until the body may run: for upstreams, slots and threads, and between tries. *Orchestration* is what the engine
itself took: creating the run, and the part of its RUNNING time spent in neither body nor store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from armillary.journal.format.events import TimeSpent

if TYPE_CHECKING:
    from armillary.engine.runs.execution import Execution
    from armillary.engine.runs.ports import TimedRun

_MICROS = 1_000_000


class TimeAccounting:
    """Seconds. Added to under the flow run's own lock."""

    __slots__ = ("orchestration", "serialisation", "task_runs", "user", "waiting")

    def __init__(self) -> None:
        self.user = 0.0
        self.serialisation = 0.0
        self.waiting = 0.0
        self.orchestration = 0.0
        self.task_runs = 0

    def add(self, run: TimedRun) -> None:
        """A task run has ended."""
        stored = run.lookup_seconds + run.store_seconds
        self.user += run.body_seconds
        self.serialisation += stored
        waited = run.waited / _MICROS - run.lookup_seconds
        if waited > 0:
            self.waiting += waited
        around = run.ran / _MICROS - run.body_seconds - run.store_seconds
        self.orchestration += run.creation_seconds + around if around > 0 else run.creation_seconds
        self.task_runs += 1

    def merge(self, below: TimeAccounting) -> None:
        """A subflow run has ended."""
        self.user += below.user
        self.serialisation += below.serialisation
        self.waiting += below.waiting
        self.orchestration += below.orchestration
        self.task_runs += below.task_runs


def time_spent(run: Execution, spent: TimeAccounting, at: int) -> TimeSpent:
    """The event, recorded at ``at`` microseconds. A flow without tasks spent its time in its own body."""
    user = spent.user if spent.task_runs else (run.ran + (at - run.at if run.run_count else 0)) / _MICROS
    return TimeSpent(
        at,
        run.id,
        round(user * _MICROS),
        round(spent.waiting * _MICROS),
        round(spent.serialisation * _MICROS),
        round(spent.orchestration * _MICROS),
        spent.task_runs,
    )
