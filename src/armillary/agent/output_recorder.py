"""Records the output lines of runs' processes in the runs' logs, in batches.

A process that writes faster than its lines can be recorded is slowed down: the reader of its pipe waits here, and the pipe fills up. So
nothing is lost, and the backlog of each run is bounded. A ledger that cannot be reached must not block runs forever: once a batch has not
been accepted for a minute, lines that exceed the backlog are dropped and counted, until the ledger is back.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Condition, Thread
from time import monotonic

from armillary.agent.ledger_link import AWAY, LedgerLink
from armillary.core.errors import ArmillaryError

GATHER_SECONDS = 0.1
AWAY_SECONDS = 1.0
FINISH_SECONDS = 10.0
"""How long the end of a run waits for its lines while the ledger cannot be reached."""
PATIENCE_SECONDS = 60.0
"""How long a process waits for room while the ledger cannot be reached."""
MOST_WAITING_LINES = 10_000
MOST_WAITING_CHARACTERS = 4 << 20
"""Of one run."""
_BUNDLE_LINES = 1000
_BUNDLE_CHARACTERS = 1 << 20

logger = logging.getLogger("armillary.agent")

TimedText = tuple[datetime, str]


@dataclass(slots=True)
class _RunLines:
    """The backlog of one run. ``dropped`` counts since the last batch."""

    waiting: deque[TimedText] = field(default_factory=deque)
    characters: int = 0
    dropped: int = 0

    @property
    def has_room(self) -> bool:
        return len(self.waiting) < MOST_WAITING_LINES and self.characters < MOST_WAITING_CHARACTERS

    @property
    def fills_a_bundle(self) -> bool:
        return len(self.waiting) >= _BUNDLE_LINES or self.characters >= _BUNDLE_CHARACTERS

    def add(self, text: str) -> None:
        self.waiting.append((datetime.now(UTC), text))
        self.characters += len(text)

    def bundle(self) -> list[TimedText]:
        taken: list[TimedText] = []
        size = 0
        while self.waiting and len(taken) < _BUNDLE_LINES - 1 and size < _BUNDLE_CHARACTERS:
            taken.append(self.waiting.popleft())
            size += len(taken[-1][1])
        self.characters -= size
        if self.dropped:
            note = (
                f"{self.dropped} lines were dropped here: they could not be recorded for {PATIENCE_SECONDS:g} seconds."
            )
            taken.append((datetime.now(UTC), note))
            self.dropped = 0
        return taken


class OutputRecorder:
    """``record`` waits for room; ``finish`` waits until the lines of one run are recorded. Any thread may use it."""

    def __init__(self, link: LedgerLink, worker_id: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._link = link
        self._worker_id = worker_id
        self._patience_seconds = patience_seconds
        self._changed = Condition()
        self._runs: dict[str, _RunLines] = {}
        self._sending: str | None = None
        self._away_since: float | None = None
        self._finishing = 0
        self._over = False
        self._thread = Thread(target=self._work, name="armillary-output", daemon=True)
        self._thread.start()

    def record(self, run_id: str, texts: Iterable[str]) -> None:
        with self._changed:
            for text in texts:
                lines = self._runs.setdefault(run_id, _RunLines())
                while not (lines.has_room or self._over or self._is_given_up):
                    self._changed.notify_all()
                    self._changed.wait(AWAY_SECONDS)
                    lines = self._runs.setdefault(run_id, _RunLines())
                if lines.has_room:
                    lines.add(text)
                else:
                    lines.dropped += 1
            self._changed.notify_all()

    @property
    def _is_given_up(self) -> bool:
        return self._away_since is not None and monotonic() - self._away_since > self._patience_seconds

    def has_waiting(self, run_id: str) -> bool:
        """Whether lines of that run have not been recorded yet."""
        with self._changed:
            return run_id in self._runs or self._sending == run_id

    def finish(self, run_id: str) -> None:
        """Wait until the lines of that run are recorded; not for long if the ledger cannot be reached."""
        with self._changed:
            self._finishing += 1
            self._changed.notify_all()
            while (run_id in self._runs or self._sending == run_id) and not self._over:
                if self._away_since is not None and monotonic() - self._away_since > FINISH_SECONDS:
                    break
                self._changed.wait(AWAY_SECONDS)
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
                self._changed.wait_for(lambda: bool(self._runs) or self._over)
                if not self._runs:
                    return
                run_id, lines = self._next()
                bundle = lines.bundle()
                if lines.waiting:
                    self._runs[run_id] = lines  # after those of other runs
                self._sending = run_id
                self._changed.notify_all()
            self._send(run_id, bundle)
            with self._changed:
                self._sending = None
                self._changed.notify_all()
                self._changed.wait_for(self._need_not_gather, GATHER_SECONDS)

    def _next(self) -> tuple[str, _RunLines]:
        run_id = next(iter(self._runs))
        return run_id, self._runs.pop(run_id)

    def _need_not_gather(self) -> bool:
        return self._over or self._finishing > 0 or any(each.fills_a_bundle for each in self._runs.values())

    def _send(self, run_id: str, bundle: list[TimedText]) -> None:
        while True:
            try:
                self._link.ask(lambda client: client.record_output(self._worker_id, run_id, bundle))
            except AWAY:
                if self._over:
                    logger.warning("%d lines of a run's output could not be recorded.", len(bundle))
                    return
                with self._changed:
                    if self._away_since is None:
                        self._away_since = monotonic()
                    self._changed.wait_for(lambda: self._over, AWAY_SECONDS)
                continue
            except ArmillaryError as problem:
                logger.warning("The output of a run could not be recorded: %s", problem)
            with self._changed:
                self._away_since = None
            return
