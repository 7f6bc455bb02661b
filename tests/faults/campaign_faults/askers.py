"""Clients that ask for runs all the time, and wish some of them to be cancelled, whatever the servers do meanwhile."""

from __future__ import annotations

import random
from threading import Event, Lock, Thread
from typing import Self

from armillary.core.errors import ArmillaryError, IllegalTransition
from campaign_faults.cluster import SERVERS, Cluster

SECONDS_BETWEEN = 4.0
"""On average, for each client."""
ROUNDS = (5, 10, 20, 30, 60, 80, 400)
"""A round of a flow takes somewhat more than a tenth of a second. Some runs are longer than two bodies may be at work at once."""
CANCELLED_ONE_OF = 12


class Askers:
    """One for each server. ``acknowledged`` are the names of the runs they were told of, by id; ``wished`` those that they asked to be
    cancelled; what a server did not answer in two minutes they have given up."""

    def __init__(self, cluster: Cluster, seed: int) -> None:
        self._cluster = cluster
        self._over = Event()
        self._lock = Lock()
        self.acknowledged: dict[str, str] = {}
        self.wished: set[str] = set()
        self.given_up = 0
        self.problems: list[str] = []
        self._threads = [
            Thread(target=self._ask, args=(number, random.Random(f"{seed} {number}")), daemon=True)
            for number in range(SERVERS)
        ]

    def __enter__(self) -> Self:
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for each in self._threads:
            each.join()

    def _ask(self, number: int, chance: random.Random) -> None:
        asked = 0
        with self._cluster.client(number) as client:
            while not self._over.wait(chance.expovariate(1 / SECONDS_BETWEEN)):
                asked += 1
                rounds, is_cancelled = chance.choice(ROUNDS), chance.randrange(CANCELLED_ONE_OF) == 0
                name = f"client-{number}-asks-{asked}"
                try:
                    run = client.run_deployment(self._cluster.deployment_id, parameters={"rounds": rounds}, name=name)
                    with self._lock:
                        self.acknowledged[run.id] = name
                    if is_cancelled:
                        self.wished.add(run.id)
                        self._over.wait(chance.uniform(0, 3))
                        client.cancel(run.id)
                except IllegalTransition:
                    pass  # it has ended
                except ArmillaryError as problem:
                    self.given_up += 1
                    self.problems.append(str(problem))
