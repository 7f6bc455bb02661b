"""The janitor: what is old goes, a little at a time."""

from __future__ import annotations

from time import monotonic

from sqlalchemy import Connection

from armillary.ledger.database import outbox
from armillary.ledger.upkeep import retention

_MOST_SECONDS = 0.05
_COUNT_EVERY_MICROS = 600_000_000
_DAY_MICROS = 86_400_000_000


class Janitor:
    """Keeps runs for ``retention_days`` after their end, and ``retention_runs`` flow runs at most; 0 of either: for ever,
    all. A turn lasts about 50 ms however much there is to do."""

    def __init__(self, retention_days: int, retention_runs: int) -> None:
        self._days = retention_days
        self._most = retention_runs
        self._excess = 0
        self._counted: int | None = None

    def run_once(self, connection: Connection, now: int) -> dict[str, int]:
        """One turn."""
        self._count(connection, now)
        return {
            "outbox_rows": outbox.trim(connection, now),
            "forgotten_rows": retention.forget(connection, now),
            "flow_runs": self._retire(connection, now),
        }

    def _count(self, connection: Connection, now: int) -> None:
        if self._most and (self._counted is None or now - self._counted >= _COUNT_EVERY_MICROS):
            self._excess = retention.excess(connection, self._most)
            self._counted = now

    def _retire(self, connection: Connection, now: int) -> int:
        until = monotonic() + _MOST_SECONDS
        gone = 0
        while monotonic() < until:
            old = retention.retire(connection, now - self._days * _DAY_MICROS, now) if self._days else 0
            if not old and self._excess > 0:
                old = retention.retire(connection, now, now)
            if not old:
                break
            gone += old
            self._excess = max(0, self._excess - old)
        return gone
