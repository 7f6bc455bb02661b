"""Deployments, work queues and workers, from a server."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from msgspec import to_builtins

from armillary.client.transport import Transport, part
from armillary.core.deployments.backfill import Backfill
from armillary.core.deployments.deployment import Deployment, DeploymentSchedule
from armillary.core.deployments.work_queue import WorkQueue
from armillary.core.deployments.worker import ClaimedRun, Worker
from armillary.core.page import Page
from armillary.core.rules.crash import Death
from armillary.core.runs.flow_run import FlowRun

_IS_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_SERVERS_OWN = ("id", "created", "updated", "paused", "last_polled")


class HttpWork:
    """A part of :class:`armillary.client.http.HttpClient`."""

    _server: Transport

    def save_deployment(self, wanted: Deployment) -> Deployment:
        body = {name: value for name, value in to_builtins(wanted).items() if name not in (*_SERVERS_OWN, "flow_id")}
        body["schedules"] = _rules(wanted.schedules)
        return self._server.change("POST", "deployments", Deployment, body, once=True)

    def deployments(self, *, limit: int = 200, after: str | None = None) -> Page[Deployment]:
        return self._server.ask("deployments/filter", Page[Deployment], {"limit": limit, "after": after})

    def find_deployment(self, words: str) -> Deployment:
        return self._server.get("deployments/find", Deployment, words=words)

    def deployment_result_secret(self, deployment_id: str) -> str:
        return self._server.get(f"deployments/{part(deployment_id)}/result_secret", str)

    def set_deployment_paused(self, deployment_id: str, paused: bool) -> Deployment:
        verb = "pause" if paused else "resume"
        return self._server.change("POST", f"deployments/{deployment_id}/{verb}", Deployment)

    def set_deployment_schedules(self, deployment_id: str, schedules: Sequence[DeploymentSchedule]) -> Deployment:
        path = f"deployments/{deployment_id}/schedules"
        return self._server.change("PUT", path, Deployment, _rules(schedules), once=True)

    def delete_deployment(self, deployment_id: str) -> None:
        self._server.change("DELETE", f"deployments/{deployment_id}", Deployment)

    def run_deployment(
        self,
        deployment_id: str,
        *,
        parameters: dict[str, Any] | None = None,
        tags: Sequence[str] = (),
        due: datetime | None = None,
        name: str | None = None,
    ) -> FlowRun:
        body = {"parameters": parameters or {}, "tags": list(tags), "scheduled_time": due, "name": name}
        path = f"deployments/{deployment_id}/create_flow_run"
        return self._server.change("POST", path, FlowRun, body, once=True)

    def backfill_deployment(
        self, deployment_id: str, begin: datetime, end: datetime, *, only_missed: bool = False, dry_run: bool = False
    ) -> Backfill:
        body = {"begin": begin, "end": end, "only_missed": only_missed, "dry_run": dry_run}
        return self._server.change("POST", f"deployments/{deployment_id}/backfill", Backfill, body, once=True)

    def work_queues(self) -> list[WorkQueue]:
        return self._server.get("work_queues", list[WorkQueue])

    def find_work_queue(self, words: str) -> WorkQueue:
        if _IS_ID(words):
            return self._server.get(f"work_queues/{words}", WorkQueue)
        return self._server.get(f"work_queues/name/{quote(words, safe='')}", WorkQueue)

    def create_work_queue(self, wanted: WorkQueue) -> WorkQueue:
        return self._server.change("POST", "work_queues", WorkQueue, _facts(wanted), once=True)

    def change_work_queue(self, queue: WorkQueue) -> WorkQueue:
        facts = {**_facts(queue), "no_concurrency_limit": queue.concurrency_limit is None}
        return self._server.change("PATCH", f"work_queues/{queue.id}", WorkQueue, facts, once=True)

    def delete_work_queue(self, queue_id: str) -> None:
        self._server.change("DELETE", f"work_queues/{queue_id}", type(None))

    def preview_work_queue(self, queue_id: str, until: datetime, *, limit: int = 200) -> list[FlowRun]:
        path = f"work_queues/{queue_id}/preview"
        return self._server.get(path, list[FlowRun], until=until.isoformat(), limit=limit)

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


_REGISTERED = ("name", "host", "pid", "version", "queues", "slots")


def _rules(schedules: Sequence[DeploymentSchedule]) -> list[dict[str, Any]]:
    return [{"rule": each.rule, "catchup": str(each.catchup), "active": each.active} for each in schedules]


def _facts(queue: WorkQueue) -> dict[str, Any]:
    facts: dict[str, Any] = to_builtins(queue)
    return {name: value for name, value in facts.items() if name in _QUEUE_FACTS}


_QUEUE_FACTS = ("name", "description", "filter", "priority", "concurrency_limit", "paused")
