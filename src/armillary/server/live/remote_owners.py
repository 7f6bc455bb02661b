"""Owners elsewhere, who ship their journals here and wait for commands."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress


class RemoteOwners:
    """Any thread may use it; ``wait`` belongs to the server's event loop."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._loop: asyncio.AbstractEventLoop | None = None

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
