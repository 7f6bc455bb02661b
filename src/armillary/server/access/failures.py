"""Addresses that sent wrong tokens: after some of them, theirs are not even looked at for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic

from armillary.server.problems import WAITING_SECONDS, TooManyFailures

FAILURES_BEFORE_WAITING = 10
_ADDRESSES = 10_000


class Failures:
    """``clock`` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._by_address: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = Lock()

    def check(self, address: str) -> None:
        """Raises TooManyFailures while this address must wait."""
        with self._lock:
            many, last = self._by_address.get(address, (0, 0.0))
        left = last + WAITING_SECONDS - self._clock()
        if many >= FAILURES_BEFORE_WAITING and left > 0:
            raise TooManyFailures(
                "Too many tokens from this address were wrong.",
                subject=address,
                advice=f"Wait {int(left) + 1} seconds.",
            )

    def count(self, address: str) -> None:
        """One more. Those before a quiet while are forgotten."""
        with self._lock:
            many, last = self._by_address.get(address, (0, 0.0))
            now = self._clock()
            self._by_address[address] = (1 if now > last + WAITING_SECONDS else many + 1, now)
            self._by_address.move_to_end(address)
            while len(self._by_address) > _ADDRESSES:
                self._by_address.popitem(last=False)
