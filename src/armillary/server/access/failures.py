"""Addresses that sent wrong tokens: after some of them, what refuses the next one comes a little later.

Only refusals are slowed down, after the token was looked up: whoever has a good one notices nothing, whatever others at the same
address send. A refusal that waits costs memory, so only so many do; the others come at once.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

FAILURES_BEFORE_WAITING = 10
FORGOTTEN_SECONDS = 30.0
REFUSED_LATER_SECONDS = 0.05
MOST_WAITING = 100
_ADDRESSES = 10_000


class Failures:
    """For the server's event loop. ``clock`` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._by_address: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._waiting = 0

    async def slow_down(self, address: str) -> None:
        """One more wrong token from there: returns when it may be refused."""
        if not self.count(address) or self._waiting >= MOST_WAITING:
            return
        self._waiting += 1
        try:
            await asyncio.sleep(REFUSED_LATER_SECONDS)
        finally:
            self._waiting -= 1

    def count(self, address: str) -> bool:
        """Whether there were too many lately, this one included. Those before a quiet while are forgotten."""
        many, last = self._by_address.get(address, (0, 0.0))
        now = self._clock()
        many = 1 if now > last + FORGOTTEN_SECONDS else many + 1
        self._by_address[address] = (many, now)
        self._by_address.move_to_end(address)
        while len(self._by_address) > _ADDRESSES:
            self._by_address.popitem(last=False)
        return many > FAILURES_BEFORE_WAITING
