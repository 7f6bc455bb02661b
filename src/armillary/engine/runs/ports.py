"""What runs, runners and pauses need of one another, so that none of them imports the others."""

from __future__ import annotations

from typing import Any, Protocol

from armillary.core.rules.final_state import StateTally


class CarriedRun(Protocol):
    """A task run, as its runner session sees it. ``flow`` is its flow run."""

    flow: Any
    retry_in_seconds: float | None
    settled: bool

    @property
    def is_async(self) -> bool: ...

    def work(self) -> None:
        """Do this try's work on this thread, unless another thread has claimed it."""

    def offer_again(self) -> None:
        """The next try's work may be claimed: its time has come."""

    def try_again(self) -> None:
        """Submit the next try."""

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Block until the run has ended; False when the time passes first."""


class TimedRun(Protocol):
    """A task run that has ended, and where its time went. ``ran`` and ``waited`` are microseconds."""

    body_seconds: float
    store_seconds: float
    lookup_seconds: float
    creation_seconds: float
    ran: int
    waited: int


class ReturnedRuns(Protocol):
    """Futures and states in what a flow's body returned: see :mod:`armillary.engine.handles.returned`."""

    def unfinished(self, returner: Any) -> Any: ...

    def tally(self) -> StateTally: ...

    def culprit(self) -> Any: ...
