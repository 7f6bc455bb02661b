"""Deployments, from a server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import to_builtins

from armillary.client.http.transport import Transport, part
from armillary.core.deployments.backfill import Backfill
from armillary.core.deployments.deployment import Deployment, DeploymentSchedule
from armillary.core.page import Page
from armillary.core.runs.flow_run import FlowRun

_SERVERS_OWN = ("id", "created", "updated", "paused", "last_polled")


class HttpDeployments:
    """A part of :class:`armillary.client.http.client.HttpClient`."""

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


def _rules(schedules: Sequence[DeploymentSchedule]) -> list[dict[str, Any]]:
    return [{"rule": each.rule, "catchup": str(each.catchup), "active": each.active} for each in schedules]
