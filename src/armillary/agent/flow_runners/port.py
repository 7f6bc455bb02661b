"""The port of flow runners: submit a run, watch it, cancel it, and report how it died."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from armillary.core.deployments.worker import ClaimedRun
from armillary.core.errors import Conflict


class RunLost(Conflict):
    """The run must not start here: it was reassigned, or the agent is stopping."""


def always() -> None:
    """The run may start at any time."""


class Submitted(Protocol):
    """A submitted run."""

    claimed: ClaimedRun

    def wait(self) -> str | None:
        """Wait until it has ended with all its processes and its output has been recorded. Returns how it died, in a sentence that names
        signal or exit code; None if it exited normally. The run's final state is in its own events."""
        ...

    def ask_to_end(self) -> None:
        """Request its end, like SIGTERM. Does nothing once it has ended."""
        ...

    def kill(self) -> None:
        """Kill it with all processes it started, as far as possible."""
        ...


class FlowRunner(Protocol):
    """Executes the runs an agent has claimed. Any thread may use it."""

    def submit(self, claimed: ClaimedRun, confirm: Callable[[], None] = always) -> Submitted:
        """Start the run, with the options of its deployment's flow runner. ``confirm`` is called when all is ready, right before
        the run's code starts: if it raises RunLost, nothing starts and nothing is left behind. Raises what it raises, InvalidOption for options that this machine
        cannot satisfy, StorageUnavailable or NotFound for missing code, and OSError for a process that cannot be started."""
        ...

    def forget(self, submitted: Submitted) -> None:
        """It has ended and was released: delete its resources."""
        ...

    def close(self) -> None:
        """Shut down: no run is left and none will follow."""
        ...
