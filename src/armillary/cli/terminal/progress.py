"""How far a run is: its task runs by state, how many end per second, how long the known ones may take still."""

from __future__ import annotations

from collections import deque

from armillary.core.states import TERMINAL, StateType

WINDOW_SECONDS = 30.0


class Progress:
    """Observations of the last half minute make the rate, so that it follows what the run does now."""

    def __init__(self) -> None:
        self.counts: dict[StateType, int] = {}
        self._seen: deque[tuple[float, int]] = deque()

    def observe(self, now_seconds: float, counts: dict[StateType, int]) -> None:
        """``now_seconds`` is a monotonic clock's."""
        self.counts = counts
        self._seen.append((now_seconds, self.ended))
        while now_seconds - self._seen[0][0] > WINDOW_SECONDS and len(self._seen) > 2:
            self._seen.popleft()

    @property
    def total(self) -> int:
        """Task runs that exist; more may come while the flow's body runs."""
        return sum(self.counts.values())

    @property
    def ended(self) -> int:
        return sum(many for kind, many in self.counts.items() if kind in TERMINAL)

    @property
    def per_second(self) -> float:
        """Task runs that ended per second; 0.0 until two observations differ."""
        if len(self._seen) < 2:
            return 0.0
        (first, before), (last, after) = self._seen[0], self._seen[-1]
        return (after - before) / (last - first) if last > first else 0.0

    @property
    def seconds_left(self) -> float | None:
        """For the task runs that exist, at the present rate; None where there is no rate."""
        left = self.total - self.ended
        if left == 0:
            return 0.0
        return left / self.per_second if self.per_second > 0 else None

    def told(self) -> str:
        """``3 of 10 task runs ended (2 completed, 1 failed, 7 running), 1.5/s, about 5 s left``."""
        by_state = ", ".join(f"{self.counts[kind]:,} {kind.lower()}" for kind in StateType if self.counts.get(kind))
        parts = [f"{self.ended:,} of {self.total:,} task runs ended" + (f" ({by_state})" if by_state else "")]
        if self.per_second > 0:
            parts.append(f"{self.per_second:,.1f}/s")
        if self.seconds_left:
            parts.append(f"about {self.seconds_left:,.0f} s left")
        return ", ".join(parts)
