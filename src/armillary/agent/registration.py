"""An agent's registration with the ledger: its heartbeats, and which of its claimed runs are still its own.

After every registration each run claimed before is looked up, running or still starting, and the lookup
is retried until it succeeds: the ledger had declared the agent dead, and reassigned its runs or put them back into their queues.
"""

from __future__ import annotations

import logging
from threading import Event

from armillary.agent.held_runs import HeldRun, HeldRuns
from armillary.agent.lease import Lease
from armillary.client.interface.client import Client
from armillary.core.deployments.worker import Worker
from armillary.core.errors import NotFound

logger = logging.getLogger("armillary.agent")


class Registration:
    """Any thread may use it. ``wanted`` is set when a heartbeat is due immediately."""

    def __init__(self, worker: Worker, held: HeldRuns, lease: Lease) -> None:
        self._worker = worker
        self._held = held
        self._lease = lease
        self.wanted = Event()

    @property
    def number(self) -> int:
        return self._lease.registration

    @property
    def next_beat_seconds(self) -> float:
        return self._lease.beat_seconds

    def register(self, client: Client) -> None:
        self._lease.begin()
        asked_at = self._lease.now()
        client.register_worker(self._worker)
        self._lease.renew(asked_at)
        if len(self._held):
            self.wanted.set()

    def live(self, client: Client) -> None:
        """Send a heartbeat. Runs lost before it are ended."""
        self.wanted.clear()
        asked_at = self._lease.now()
        try:
            client.worker_lives(self._worker.id)
        except NotFound:
            self.register(client)
        else:
            self._lease.renew(asked_at)
        self._end_what_is_lost(client)
        self.wanted.clear()

    def covers(self, held: HeldRun) -> bool:
        """Whether the run certainly belongs to the agent now."""
        return not held.lost and self._lease.covers(held.registration)

    def _doubtful(self) -> list[HeldRun]:
        return [each for each in self._held.all() if each.registration != self.number and not each.lost]

    def _end_what_is_lost(self, client: Client) -> None:
        number, doubtful = self.number, self._doubtful()
        if not doubtful:
            return
        ours = {run for each in client.workers() if each.id == self._worker.id for run in each.held}
        for held in doubtful:
            if held.id in ours and _attempt(client, held.id) == held.attempt:
                held.registration = number
            else:
                self._lose(held)

    def _lose(self, held: HeldRun) -> None:
        logger.warning("Flow run %r was reassigned after this agent lost its lease; stopping it here", held.name)
        with self._held.changed:
            held.lost = True
            submitted = held.submitted
        if submitted is not None:
            submitted.kill()


def _attempt(client: Client, run_id: str) -> int | None:
    try:
        return client.find_flow_run(run_id).attempt
    except NotFound:
        return None
