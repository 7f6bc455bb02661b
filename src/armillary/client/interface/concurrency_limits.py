"""What a client offers of concurrency limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from armillary.core.deployments.concurrency_limit import ConcurrencyLimit
from armillary.core.page import Page


class ConcurrencyLimits(Protocol):
    """A part of :class:`armillary.client.interface.client.Client`."""

    def concurrency_limits(self, *, limit: int = 200, after: str | None = None) -> Page[ConcurrencyLimit]:
        """Limits by tag, with who holds their slots."""
        ...

    def concurrency_limit(self, tag: str) -> ConcurrencyLimit:
        """Raises NotFound."""
        ...

    def set_concurrency_limit(self, tag: str, slots: int) -> ConcurrencyLimit:
        """Let at most ``slots`` task runs with ``tag`` run at once. A tag that has a limit gets the new number."""
        ...

    def delete_concurrency_limit(self, tag: str) -> None:
        """What holds its slots runs on. Raises NotFound."""
        ...

    def take_slots(self, root_flow_run_id: str, task_run_id: str, tags: Sequence[str]) -> list[str]:
        """Take a slot of every limited tag among ``tags`` for a task run, or none at all: then the tags that have none
        left. Asked again for a run that holds them, they are granted again."""
        ...

    def give_slots_back(self, task_run_id: str) -> int:
        """Give back every slot of a task run; how many that were."""
        ...
