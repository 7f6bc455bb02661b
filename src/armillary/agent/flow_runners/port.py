"""The port of flow runners: submit a run, watch it, cancel it, and say how it died."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from armillary.core.deployments.worker import ClaimedRun
from armillary.core.errors import Conflict


class RunLost(Conflict):
    """The run must not begin here: it is not the agent's any more, or the agent stops."""


def always() -> None:
    """The run may begin whenever it can."""


class Submitted(Protocol):
    """A run on its way."""

    claimed: ClaimedRun

    def wait(self) -> str | None:
        """Until it has ended, nothing of it goes on, and all it wrote has been recorded. How it died, in a sentence that names
        signal or exit code; None when it ended by itself. Whether the run came to its end, its own events say."""
        ...

    def ask_to_end(self) -> None:
        """As SIGTERM would; it may take its time. Asking one that has ended changes nothing."""
        ...

    def kill(self) -> None:
        """With all it started, as far as that can be."""
        ...


class FlowRunner(Protocol):
    """Runs what an agent was given. Any thread may use it."""

    def submit(self, claimed: ClaimedRun, confirm: Callable[[], None] = always) -> Submitted:
        """Have the run begin, with the options of its deployment's flow runner. ``confirm`` is called when all is ready, right before
        the run's code may begin: when it raises RunLost, nothing begins and nothing is left. Raises what it raises, InvalidOption for options that this machine
        cannot serve, StorageUnavailable or NotFound for code that is gone, and OSError for a process that cannot be made."""
        ...

    def forget(self, submitted: Submitted) -> None:
        """It has ended and the ledger knows: what was kept for it goes."""
        ...

    def close(self) -> None:
        """Nothing runs any more, and nothing more will."""
        ...
