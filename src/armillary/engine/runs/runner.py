"""The port between the engine and what executes task runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from armillary.engine.interrupts.guard import this_guard
from armillary.engine.runs.ports import CarriedRun

Carried = TypeVar("Carried", bound=CarriedRun, contravariant=True)


class TaskRunner(ABC):
    """Configuration of how a flow run's tasks are executed. One object may serve many flows at once."""

    @property
    def name(self) -> str:
        """The displayed name: the class's name without "TaskRunner"."""
        return type(self).__name__.removesuffix("TaskRunner") or type(self).__name__

    @abstractmethod
    def start(self) -> RunnerSession[Any]:
        """Begin to serve one flow run. Cheap: threads and processes start when there is work."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class RunnerSession(Protocol[Carried]):
    """A started task runner, serving one flow run.

    ``in_caller``: the call of a task returns when the task has ended. ``carries_async``: bodies of async tasks go through
    the session too; otherwise they run on an event loop of this process. ``helped_by_waiters``: a thread that waits for a
    run that has not started may do its work.
    """

    in_caller: bool
    carries_async: bool
    helped_by_waiters: bool

    def submit(self, run: Carried) -> None:
        """Execute a run whose upstreams have all ended: call ``run.work()`` on any thread."""

    def later(self, run: Carried, seconds: float) -> None:
        """Submit a run again in ``seconds`` seconds, holding nothing meanwhile."""

    def stop(self) -> None:
        """No more work follows and all runs have ended."""


@contextmanager
def spare_thread() -> Iterator[None]:
    """While the block waits on this thread, its pool has one thread more."""
    workplace = this_guard().workplace
    if workplace is None:
        yield
        return
    workplace.lend()
    try:
        yield
    finally:
        workplace.give_back()
