"""Concurrency limits, from the ledger itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from armillary.clock import now_us
from armillary.core.deployments.concurrency_limit import ConcurrencyLimit
from armillary.core.page import Page
from armillary.home import concurrency_limits as home_limits
from armillary.ledger.database.opening import Ledger
from armillary.ledger.nouns import concurrency_limits

_LOOK_FOR_DEAD_SECONDS = 1.0


class InProcessConcurrencyLimits:
    """A part of :class:`armillary.client.in_process.client.InProcessClient`."""

    _ledger: Ledger
    _catch_up: Callable[[], None]
    _looked_for_dead = -1.0

    def concurrency_limits(self, *, limit: int = 200, after: str | None = None) -> Page[ConcurrencyLimit]:
        self._catch_up()
        with self._ledger.read() as connection:
            return concurrency_limits.page(connection, limit=limit, after=after)

    def concurrency_limit(self, tag: str) -> ConcurrencyLimit:
        self._catch_up()
        with self._ledger.read() as connection:
            return home_limits.of_tag(connection, tag)

    def set_concurrency_limit(self, tag: str, slots: int) -> ConcurrencyLimit:
        with self._ledger.write() as connection:
            return home_limits.put(connection, self._ledger.home, tag, slots, now_us())

    def delete_concurrency_limit(self, tag: str) -> None:
        with self._ledger.write() as connection:
            home_limits.remove_of_tag(connection, self._ledger.home, tag)

    def take_slots(self, root_flow_run_id: str, task_run_id: str, tags: Sequence[str]) -> list[str]:
        full = self._take(root_flow_run_id, task_run_id, tags)
        if full and monotonic() - self._looked_for_dead >= _LOOK_FOR_DEAD_SECONDS:
            self._looked_for_dead = monotonic()
            self._catch_up()  # a holder may have died without a word
            full = self._take(root_flow_run_id, task_run_id, tags)
        return full

    def _take(self, root_flow_run_id: str, task_run_id: str, tags: Sequence[str]) -> list[str]:
        with self._ledger.write() as connection:
            return concurrency_limits.acquire(connection, root_flow_run_id, task_run_id, tags, None, now_us()).full

    def give_slots_back(self, task_run_id: str) -> int:
        with self._ledger.write() as connection:
            return concurrency_limits.release(connection, task_run_id)
