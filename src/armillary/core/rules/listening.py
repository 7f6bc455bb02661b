"""Who may judge the silence of others: only who has listened for as long, without a break.

Breaks are more than restarts. A machine that sleeps, a process that is stopped, a clock that is set: each makes everybody's last
word look old at once, and each shows as a gap between two moments that should be close.
"""

from __future__ import annotations

LONGEST_GAP_MICROS = 10_000_000


class Listening:
    """``heard(now)`` is called every few seconds while somebody listens; times are UTC microseconds.

    >>> listening = Listening(0)
    >>> listening.heard(5_000_000)
    >>> listening.lasts(5_000_000), listening.lasts(90_000_000)
    (5000000, 0)
    """

    __slots__ = ("_last", "_since")

    def __init__(self, now: int) -> None:
        self._since = self._last = now

    def heard(self, now: int) -> None:
        if not self._goes_on(now):
            self._since = now
        self._last = now

    def lasts(self, now: int) -> int:
        """For how many microseconds there was no break."""
        return now - self._since if self._goes_on(now) else 0

    def _goes_on(self, now: int) -> bool:
        return 0 <= now - self._last <= LONGEST_GAP_MICROS
