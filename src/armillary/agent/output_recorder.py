"""Takes the lines that runs' processes write, and puts them into the runs' logs: in bundles, and never in a process's way."""

from __future__ import annotations

import logging
from collections import deque
from datetime import UTC, datetime
from threading import Condition, Thread
from time import monotonic

from armillary.agent.ledger_link import AWAY, LedgerLink
from armillary.core.errors import ArmillaryError

GATHER_SECONDS = 0.1
AWAY_SECONDS = 1.0
FINISH_SECONDS = 10.0
MOST_WAITING = 20_000
_BUNDLE = 500

logger = logging.getLogger("armillary.agent")

Said = tuple[datetime, str]


class OutputRecorder:
    """``record`` never waits: while the ledger is away lines wait here, up to 20,000 of them, and what is more is dropped and
    counted. ``finish`` waits for those of one run."""

    def __init__(self, link: LedgerLink, worker_id: str) -> None:
        self._link = link
        self._worker_id = worker_id
        self._changed = Condition()
        self._waiting: dict[str, deque[Said]] = {}
        self._dropped: dict[str, int] = {}
        self._sending: str | None = None
        self._count = 0
        self._finishing = 0
        self._over = False
        self._thread = Thread(target=self._work, name="armillary-output", daemon=True)
        self._thread.start()

    def record(self, run_id: str, text: str) -> None:
        with self._changed:
            if self._count >= MOST_WAITING:
                self._dropped[run_id] = self._dropped.get(run_id, 0) + 1
                return
            self._count += 1
            self._waiting.setdefault(run_id, deque()).append((datetime.now(UTC), text))
            self._changed.notify_all()

    def finish(self, run_id: str) -> None:
        """Until the lines of that run are recorded, or for ten seconds."""
        deadline = monotonic() + FINISH_SECONDS
        with self._changed:
            self._finishing += 1
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: run_id not in self._waiting and self._sending != run_id, deadline - monotonic()
            )
            self._finishing -= 1

    def close(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._thread.join(timeout=5)
        self._link.close()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting) or self._over)
                if not self._waiting:
                    return
                run_id = next(iter(self._waiting))
                lines = self._waiting[run_id]
                bundle = [lines.popleft() for _ in range(min(_BUNDLE, len(lines)))]
                self._count -= len(bundle)
                if not lines:
                    del self._waiting[run_id]
                if dropped := self._dropped.pop(run_id, 0):
                    bundle.append(
                        (datetime.now(UTC), f"{dropped} lines were dropped here: they could not be recorded.")
                    )
                self._sending = run_id
            self._send(run_id, bundle)
            with self._changed:
                self._sending = None
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._over or self._finishing > 0, GATHER_SECONDS)

    def _send(self, run_id: str, bundle: list[Said]) -> None:
        while True:
            try:
                self._link.ask(lambda client: client.record_output(self._worker_id, run_id, bundle))
                return
            except AWAY:
                if self._over:
                    logger.warning("%d lines of a run's output could not be recorded.", len(bundle))
                    return
                with self._changed:
                    self._changed.wait_for(lambda: self._over, AWAY_SECONDS)
            except ArmillaryError as problem:
                logger.warning("The output of a run could not be recorded: %s", problem)
                return
