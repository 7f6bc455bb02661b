"""Workers, from a server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import to_builtins

from armillary.client.http.transport import Transport
from armillary.core.deployments.worker import ClaimedRun, Worker
from armillary.core.rules.crash import Death

_REGISTERED = ("name", "host", "pid", "version", "queues", "slots")


class HttpWorkers:
    """A part of :class:`armillary.client.http.client.HttpClient`."""

    _server: Transport

    def workers(self) -> list[Worker]:
        return self._server.get("workers", list[Worker])

    def register_worker(self, wanted: Worker) -> None:
        body = {name: value for name, value in to_builtins(wanted).items() if name in _REGISTERED}
        self._server.change("PUT", f"workers/{wanted.id}", type(None), body, once=True)

    def worker_lives(self, worker_id: str) -> None:
        self._server.change("POST", f"workers/{worker_id}/heartbeat", type(None), once=True)

    def claim_runs(
        self, worker_id: str, claim_id: str, queues: Sequence[str], limit: int, wait_seconds: float
    ) -> list[ClaimedRun]:
        body = {"claim_id": claim_id, "queues": list(queues), "limit": limit, "wait_seconds": wait_seconds}
        return self._server.ask(f"workers/{worker_id}/claim", list[ClaimedRun], body)

    def release_run(
        self,
        worker_id: str,
        flow_run_id: str,
        *,
        attempt: int | None = None,
        died: str | None = None,
        whose: Death = Death.PROCESS,
    ) -> None:
        body = {"flow_run_id": flow_run_id, "attempt": attempt, "died": died, "whose": str(whose)}
        self._server.change("POST", f"workers/{worker_id}/release", type(None), body, once=True)

    def record_output(self, worker_id: str, flow_run_id: str, lines: Sequence[tuple[datetime, str]]) -> int:
        body = {"flow_run_id": flow_run_id, "lines": [{"at": at, "text": text} for at, text in lines]}
        return self._server.change("POST", f"workers/{worker_id}/output", int, body, once=True)

    def hand_run_back(self, worker_id: str, flow_run_id: str, *, attempt: int | None = None) -> None:
        path = f"workers/{worker_id}/hand_back"
        self._server.change("POST", path, type(None), {"flow_run_id": flow_run_id, "attempt": attempt}, once=True)

    def stop_worker(self, worker_id: str) -> None:
        self._server.change("POST", f"workers/{worker_id}/stop", type(None), once=True)
