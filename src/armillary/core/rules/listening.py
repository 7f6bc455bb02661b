"""A monitor may declare a peer dead only after observing continuously for the whole timeout.

Observation is broken by more than restarts. A machine that sleeps, a process that is stopped, a clock that is set: each makes every
peer's last heartbeat look old at once, and each shows as a gap between two moments that should be close.
"""

from __future__ import annotations

LONGEST_GAP_MICROS = 10_000_000


class ObservationWindow:
    """Call ``heard(now)`` every few seconds while observing. Times are UTC microseconds.

    >>> window = ObservationWindow(0)
    >>> window.heard(5_000_000)
    >>> window.lasts(5_000_000), window.lasts(90_000_000)
    (5000000, 0)
    """

    __slots__ = ("_last", "_since")

    def __init__(self, now: int) -> None:
        self._since = self._last = now

    def heard(self, now: int) -> None:
        if not self._is_unbroken(now):
            self._since = now
        self._last = now

    def lasts(self, now: int) -> int:
        """Microseconds of unbroken observation."""
        return now - self._since if self._is_unbroken(now) else 0

    def _is_unbroken(self, now: int) -> bool:
        return 0 <= now - self._last <= LONGEST_GAP_MICROS
