"""The skeleton of a service: a loop with a lease, so that of several servers one runs it at a time.

Each loop first takes or renews the service's lease in the ledger. A server that could not renew it in time has lost it to
another, whose epoch is higher; what the first still had in hand it may not write, because each run of the loop writes in
one transaction with a look at the epoch.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socket import gethostname
from threading import Event, Thread
from time import monotonic

from sqlalchemy import Connection

from armillary.core.errors import ArmillaryError
from armillary.ledger.nouns import service_leases
from armillary.server.live.keeper import Keeper

logger = logging.getLogger("armillary.server")

SHORTEST_LEASE_SECONDS = 15.0

RunOnce = Callable[[Connection, int], dict[str, int]]
"""One turn of a service, in one write transaction: (connection, now in microseconds) to what it counted."""


@dataclass(slots=True)
class Service:
    """``interval_seconds`` from the end of one turn to the beginning of the next, ``busy_interval_seconds`` behind one that
    counted something; news in the ledger begins one sooner when ``wakes`` is set."""

    name: str
    interval_seconds: float
    run_once: RunOnce
    wakes: bool = False
    busy_interval_seconds: float | None = None

    def pause_seconds(self, *, busy: bool) -> float:
        """How long to wait behind a turn."""
        return self.busy_interval_seconds if busy and self.busy_interval_seconds is not None else self.interval_seconds


@dataclass(slots=True)
class LoopTimes:
    """What a server remembers of its own loops, for metrics."""

    loops: int = 0
    last_seconds: float = 0.0
    total_seconds: float = 0.0
    counted: dict[str, int] = field(default_factory=dict)
    last_error: str | None = None


class Services:
    """Runs each service on a thread of its own while ``running()`` lasts. ``holder`` names this server in the leases it takes,
    and ends with what names its home."""

    def __init__(self, keeper: Keeper, services: list[Service], server: str) -> None:
        self._keeper = keeper
        self._home = f" of {keeper.home} on {gethostname()}"
        self.services = services
        self.times = {service.name: LoopTimes() for service in services}
        self._holder = server + self._home
        self._over = Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """The keeper of a home is alone there, so leases of one before it, which may have been killed, are void; those of other
        homes' keepers are not. Leases are given back at the end, so that another server goes on at once."""
        self._give_leases_back(self._home if self._keeper.ledger.shared else None)
        threads = [
            Thread(target=self._loop, args=(service,), name=f"armillary-{service.name}", daemon=True)
            for service in self.services
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._keeper.announce()
            for thread in threads:
                thread.join()
            with suppress(ArmillaryError):
                self._give_leases_back(self._home)

    def _give_leases_back(self, home: str | None) -> None:
        with self._keeper.ledger.write() as connection:
            service_leases.release(connection, self._keeper.ledger.now(), home)

    def _loop(self, service: Service) -> None:
        while not self._over.is_set():
            seconds = service.pause_seconds(busy=self.turn(service))
            if service.wakes:
                self._keeper.wait_for_news(seconds)
            else:
                self._over.wait(seconds)

    def turn(self, service: Service) -> bool:
        """One turn, whatever goes wrong in it. True when it counted something."""
        times = self.times[service.name]
        ledger = self._keeper.ledger
        began = monotonic()
        try:
            with ledger.write() as connection:
                now = ledger.now()
                lease = max(service.interval_seconds * 3, SHORTEST_LEASE_SECONDS)
                if not service_leases.take(connection, service.name, self._holder, now, int(lease * 1e6)):
                    return False
                counted = service.run_once(connection, now)
                service_leases.ended(connection, service.name, self._holder, now, ledger.now())
            self._ran(times, began)
            times.last_error = None
            for name, many in counted.items():
                times.counted[name] = times.counted.get(name, 0) + many
            busy = any(counted.values())
            if busy:
                self._keeper.announce()
            return busy
        except ArmillaryError as problem:
            logger.warning("Service %s: %s", service.name, problem)
            self._note(service, str(problem))
        except Exception as problem:
            logger.exception("Service %s failed", service.name)
            self._note(service, f"{type(problem).__name__}: {problem}")
        self._ran(times, began)
        return False

    def _ran(self, times: LoopTimes, began: float) -> None:
        times.loops += 1
        times.last_seconds = monotonic() - began
        times.total_seconds += times.last_seconds

    def _note(self, service: Service, error: str) -> None:
        """What went wrong, for whoever asks any server; the ledger itself may be what is wrong."""
        self.times[service.name].last_error = error
        with suppress(ArmillaryError), self._keeper.ledger.write() as connection:
            now = self._keeper.ledger.now()
            service_leases.ended(connection, service.name, self._holder, now, now, error)
