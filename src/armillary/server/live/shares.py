"""So that one caller takes not all of what many need: how many of something each may hold at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from armillary.server.permissions import Caller


class Shares:
    """For the server's event loop."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._held: Counter[str] = Counter()

    def is_spent(self, caller: Caller) -> bool:
        """Whether the caller holds as many as it may."""
        return self._held[caller.key] >= self.most

    @contextmanager
    def holding(self, caller: Caller) -> Iterator[None]:
        """One more, while the block lasts."""
        self._held[caller.key] += 1
        try:
            yield
        finally:
            self._held[caller.key] -= 1
            if not self._held[caller.key]:
                del self._held[caller.key]
