"""What a server hears of owners and workers: that they live. It is written to the ledger together, a few seconds' worth at a time.

Hearing costs a line in memory. A server that dies with some unwritten has lost a heartbeat of each, which its lease can spare.
Owners of a home's own journals ship nothing: where other servers share the ledger, the keeper of the home speaks for them, as
long as it can.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

from armillary.core.errors import ArmillaryError
from armillary.core.rules.listening import ObservationWindow
from armillary.journal.reading.files import journals_in
from armillary.ledger.database.opening import Ledger
from armillary.ledger.deployments import workers
from armillary.ledger.ingest import owners

WRITE_EVERY_SECONDS = 2.5

logger = logging.getLogger("armillary.server")


class Heartbeats:
    """Any thread may use it. ``listening`` is for how long this server has written down what it heard: whoever was silent for longer
    may have spoken to deaf ears."""

    def __init__(self, ledger: Ledger, journals: str) -> None:
        self._ledger = ledger
        self._journals = journals
        self._owners: dict[str, int] = {}
        self._workers: dict[str, int] = {}
        self._lock = Lock()
        self._over = Event()
        self.listening = ObservationWindow(ledger.now())

    def owners_live(self, journal_ids: list[str]) -> None:
        """The owners of these journals live."""
        now = self._ledger.now()
        with self._lock:
            self._owners.update(dict.fromkeys(journal_ids, now))

    def worker_lives(self, worker_id: str) -> None:
        now = self._ledger.now()
        with self._lock:
            self._workers[worker_id] = now

    def forget(self, journal_id: str) -> None:
        """This journal is over."""
        with self._lock:
            self._owners.pop(journal_id, None)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Write on a thread while the block lasts, and what is left at its end."""
        thread = Thread(target=self._keep_writing, name="armillary-heartbeats", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _keep_writing(self) -> None:
        while not self._over.wait(WRITE_EVERY_SECONDS):
            self._try_to_write()
        self._try_to_write()

    def _try_to_write(self) -> None:
        try:
            self.write()
        except ArmillaryError as problem:
            logger.warning("Heartbeats wait: %s", problem)

    def write(self) -> None:
        """Write what was heard since the last time, in one transaction. Raises LedgerUnavailable; it is written the next time
        then."""
        now = self._ledger.now()
        with self._lock:
            heard, self._owners = self._owners, {}
            lived, self._workers = self._workers, {}
        if self._ledger.shared:
            heard |= {files.journal_id: now for files in journals_in(self._journals)}
        try:
            if heard or lived:
                with self._ledger.write() as connection:
                    workers.renew(connection, lived)
                    owners.heard(connection, heard)
        except ArmillaryError:
            with self._lock:
                self._owners = heard | self._owners
                self._workers = lived | self._workers
            raise
        self.listening.heard(now)
