"""How long an agent may assume that its claimed runs are still its own.

The ledger reassigns an agent's runs after ``WORKER_LEASE_SECONDS`` without a heartbeat. An agent that was stopped, or whose
machine slept, does not notice: a response that it reads then may be older than the lease. So it counts from the moment it *sent*
the last acknowledged heartbeat, on a clock that includes sleep of the machine. A server stores heartbeats some seconds
after receiving them, and loses those of a few seconds if it dies; the previous heartbeat was a third of a lease earlier. So only two
thirds of the lease are certain.
"""

from __future__ import annotations

import time
from collections.abc import Callable

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_CERTAIN_SHARE = 2 / 3


def clock() -> float:
    """Seconds, including those the machine slept."""
    return time.clock_gettime(_CLOCK)


class Lease:
    """``registration`` counts how often the agent registered, or tried to: runs claimed under an earlier one may have been lost
    since. Any thread may use it."""

    def __init__(self, seconds: float, now: Callable[[], float] = clock) -> None:
        self.now = now
        self.beat_seconds = seconds / 3
        self.registration = 0
        self._certain_seconds = seconds * _CERTAIN_SHARE
        self._asked_at = float("-inf")

    def begin(self) -> None:
        """The agent is about to register. It counts before the response, which may be lost."""
        self.registration += 1

    def renew(self, asked_at: float) -> None:
        """A heartbeat or registration sent then was acknowledged."""
        self._asked_at = max(self._asked_at, asked_at)

    def covers(self, registration: int) -> bool:
        """Whether runs claimed under that registration certainly still belong to the agent."""
        return registration == self.registration and self.now() < self._asked_at + self._certain_seconds
