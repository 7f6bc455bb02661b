"""Waiting, on the event loop, for anything to be written."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import RLock
from time import monotonic


class News:
    """``tell`` from any thread wakes everybody who waits."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()
        self._lock = RLock()  # a signal handler may tell while this very thread holds it
        self._loop: asyncio.AbstractEventLoop | None = None
        self.is_over = False
        """The server stops: nobody should wait any more."""
        self.told = 0
        """How often something was written: who looks at this before it reads, and then waits for what comes after, misses
        nothing."""

    async def wait(self, seconds: float, after: int | None = None) -> float:
        """Until something is written, or for so long; how long it was. At once where something was written since ``told`` was
        ``after``."""
        self._loop = asyncio.get_running_loop()
        bell = asyncio.Event()
        with self._lock:
            if after is not None and self.told != after:
                return 0.0
            self._waiting.add(bell)
        began = monotonic()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), seconds)
        finally:
            with self._lock:
                self._waiting.discard(bell)
        return monotonic() - began

    def close(self) -> None:
        """Let everybody who waits go."""
        self.is_over = True
        self.tell()

    def tell(self) -> None:
        """Something was written."""
        with self._lock:
            self.told += 1
            bells = list(self._waiting)
        loop = self._loop
        if loop is None or loop.is_closed():
            return
        for bell in bells:
            loop.call_soon_threadsafe(bell.set)
