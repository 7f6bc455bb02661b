"""What a client offers of workers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from armillary.core.deployments.worker import ClaimedRun, Worker
from armillary.core.rules.crash import Death


class Workers(Protocol):
    """A part of :class:`armillary.client.interface.client.Client`."""

    def workers(self) -> list[Worker]:
        """Those that have not stopped, newest first."""
        ...

    def register_worker(self, wanted: Worker) -> None: ...

    def worker_lives(self, worker_id: str) -> None:
        """Renew its lease of fifteen seconds. Raises NotFound when it was lost."""
        ...

    def claim_runs(
        self, worker_id: str, claim_id: str, queues: Sequence[str], limit: int, wait_seconds: float
    ) -> list[ClaimedRun]:
        """Take up to ``limit`` due runs, or wait until one falls due. Asked again with the same ``claim_id``, the same."""
        ...

    def release_run(
        self,
        worker_id: str,
        flow_run_id: str,
        *,
        attempt: int | None = None,
        died: str | None = None,
        whose: Death = Death.PROCESS,
    ) -> None:
        """The worker is done with a run, and all it recorded has been shipped; ``died`` says how its process ended when that was
        not by itself, and ``whose`` death that was. If it holds another than ``attempt`` by now, nothing changes; None: whichever
        it holds."""
        ...

    def record_output(self, worker_id: str, flow_run_id: str, lines: Sequence[tuple[datetime, str]]) -> int:
        """Put lines that a run's process wrote into the run's log; how many were taken. Raises NotFound for a worker that is lost."""
        ...

    def hand_run_back(self, worker_id: str, flow_run_id: str, *, attempt: int | None = None) -> None:
        """The worker has not started it: another one may. ``attempt`` as for :meth:`release_run`."""
        ...

    def stop_worker(self, worker_id: str) -> None: ...
