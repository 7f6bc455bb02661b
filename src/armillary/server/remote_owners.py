"""Owners elsewhere, who ship their journals here: when each was heard of last, and who waits for commands.

Hearing from an owner costs a line in memory, no write. A server that was restarted knows nobody, so it takes every open
journal of the ledger as heard of at its start: whoever is silent for a whole lease after that has fallen silent.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from threading import Lock
from time import monotonic

LEASE_SECONDS = 15.0


class RemoteOwners:
    """Any thread may use it; ``wait`` belongs to the server's event loop."""

    def __init__(self) -> None:
        self._heard: dict[str, float] = {}
        self._lock = Lock()
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._loop: asyncio.AbstractEventLoop | None = None

    def heard(self, journal_ids: list[str]) -> None:
        """These journals' owners live."""
        now = monotonic()
        with self._lock:
            for journal_id in journal_ids:
                self._heard[journal_id] = now

    def suppose(self, journal_ids: list[str]) -> None:
        """These journals are open, and nothing else is known of their owners: their lease begins now."""
        with self._lock:
            for journal_id in journal_ids:
                self._heard.setdefault(journal_id, monotonic())

    def forget(self, journal_id: str) -> None:
        """This journal is over."""
        with self._lock:
            self._heard.pop(journal_id, None)

    def silent(self) -> list[str]:
        """The journals whose owners have not been heard of for a lease."""
        latest = monotonic() - LEASE_SECONDS
        with self._lock:
            return [journal_id for journal_id, at in self._heard.items() if at < latest]

    async def wait(self, roots: list[str], seconds: float) -> None:
        """Until somebody rings for one of these root runs, or the time is over."""
        self._loop = asyncio.get_running_loop()
        bell = asyncio.Event()
        for root in roots:
            self._waiting[root].add(bell)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), seconds)
        finally:
            for root in roots:
                self._waiting[root].discard(bell)
                if not self._waiting[root]:
                    del self._waiting[root]

    def ring(self, root_flow_run_id: str) -> None:
        """There is a command for the owner of this root run."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring, root_flow_run_id)

    def ring_all(self) -> None:
        """Let everybody who waits go: the server stops."""
        if self._loop is not None and not self._loop.is_closed():
            for root in list(self._waiting):
                self._loop.call_soon_threadsafe(self._ring, root)

    def _ring(self, root_flow_run_id: str) -> None:
        for bell in self._waiting.get(root_flow_run_id, ()):
            bell.set()
