"""Slots of limited tags, for the runs of this process: from the server it records on, or from its home.

A slot at a server is leased as its run is: a process that the server has not heard of for a lease is presumed dead, and its slots
go to others. So a process that cannot reach its server for that long says in the log of each run that holds a slot that another
may hold it by then. It does not end them: the server does once it hears of them again, if another was given the run.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import TypeVar

from armillary import settings
from armillary.client.connecting import connect
from armillary.client.interface.client import Client
from armillary.client.shipping import seconds_unheard, ship_now
from armillary.core.errors import LedgerUnavailable, NotFound
from armillary.engine.lifecycle.slot_queue import slot_queue
from armillary.engine.waiting.timers import timers

T = TypeVar("T")

_TRUSTED_SECONDS = 5.0
"""How long a server's answer to which tags are limited is good for."""


class Slots:
    """Nothing is connected before something is asked for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._client: Client | None = None
        self._place: tuple[str, str | None] | None = None
        self._told: frozenset[str] = frozenset()
        self._asked = -_TRUSTED_SECONDS
        self._watching = False
        self._warned = False

    def limited(self) -> frozenset[str]:
        """The tags that the server limits."""
        if monotonic() - self._asked >= _TRUSTED_SECONDS:
            self._told = frozenset(each.tag for each in self._connected().concurrency_limits(limit=1000).items)
            self._asked = monotonic()
        return self._told

    def take(self, root_flow_run_id: str, task_run_id: str, tags: frozenset[str]) -> list[str]:
        def ask() -> list[str]:
            return self._asking(lambda client: client.take_slots(root_flow_run_id, task_run_id, sorted(tags)))

        try:
            full = ask()
        except NotFound:  # that the task run has begun is still on its way
            ship_now()
            full = ask()
        if not full and settings.get("API_URL") and not self._watching:
            self._watching = True
            timers.after(settings.get("WORKER_LEASE_SECONDS"), self._look)
        return full

    def give_back(self, task_run_id: str) -> None:
        self._asking(lambda client: client.give_slots_back(task_run_id))

    def _look(self) -> None:
        """Whether the lease of the slots that are held here has run out."""
        lease: float = settings.get("WORKER_LEASE_SECONDS")
        silent = seconds_unheard()
        if not slot_queue.holds_any:
            self._watching = False
            return
        if silent < lease:
            self._warned = False
        elif not self._warned:
            self._warned = slot_queue.warn_holders(
                f"The server was not reached for {lease:g} seconds, the lease of a slot: another run may hold the slot of %s now."
            )
        timers.after(max(1.0, lease - silent), self._look)

    def _asking(self, ask: Callable[[Client], T]) -> T:
        try:
            return ask(self._connected())
        except LedgerUnavailable:  # a home's server may have come or gone since
            self._forget()
            return ask(self._connected())

    def _connected(self) -> Client:
        place = (settings.home(), settings.get("API_URL"))
        with self._lock:
            if self._client is None or self._place != place:
                self._client, self._place = connect(), place
            return self._client

    def _forget(self) -> None:
        with self._lock:
            self._client = None
