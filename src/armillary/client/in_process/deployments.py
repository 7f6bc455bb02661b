"""Deployments, from the ledger itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from armillary.clock import new_id, now_us, to_us
from armillary.core.deployments.backfill import Backfill
from armillary.core.deployments.deployment import Deployment, DeploymentSchedule
from armillary.core.page import Page
from armillary.core.runs.flow_run import FlowRun
from armillary.home import deployments as home_deployments
from armillary.ledger.database import result_keys
from armillary.ledger.database.opening import Ledger
from armillary.ledger.deployments import (
    backfills,
    deployments,
    manual_runs,
)


class InProcessDeployments:
    """A part of :class:`armillary.client.in_process.client.InProcessClient`."""

    _ledger: Ledger
    _catch_up: Callable[[], None]

    def save_deployment(self, wanted: Deployment) -> Deployment:
        with self._ledger.write() as connection:
            return home_deployments.save(connection, wanted, now_us())

    def deployments(self, *, limit: int = 200, after: str | None = None) -> Page[Deployment]:
        with self._ledger.read() as connection:
            return deployments.page(connection, limit=limit, after=after)

    def find_deployment(self, words: str) -> Deployment:
        with self._ledger.read() as connection:
            return deployments.find(connection, words)

    def deployment_result_secret(self, deployment_id: str) -> str:
        with self._ledger.write() as connection:
            return result_keys.of_deployment(connection, deployment_id)

    def set_deployment_paused(self, deployment_id: str, paused: bool) -> Deployment:
        with self._ledger.write() as connection:
            return home_deployments.set_paused(connection, deployment_id, paused, now_us())

    def set_deployment_schedules(self, deployment_id: str, schedules: Sequence[DeploymentSchedule]) -> Deployment:
        with self._ledger.write() as connection:
            return home_deployments.set_schedules(connection, deployment_id, schedules, now_us())

    def delete_deployment(self, deployment_id: str) -> None:
        with self._ledger.write() as connection:
            deployments.remove(connection, deployment_id, now_us())

    def run_deployment(
        self,
        deployment_id: str,
        *,
        parameters: dict[str, Any] | None = None,
        tags: Sequence[str] = (),
        due: datetime | None = None,
        name: str | None = None,
    ) -> FlowRun:
        with self._ledger.write() as connection:
            return manual_runs.create(
                connection,
                deployments.get(connection, deployment_id),
                new_id(),
                now_us(),
                parameters=parameters,
                tags=tuple(tags),
                due=None if due is None else to_us(due),
                name=name,
            )

    def backfill_deployment(
        self, deployment_id: str, begin: datetime, end: datetime, *, only_missed: bool = False, dry_run: bool = False
    ) -> Backfill:
        self._catch_up()
        with self._ledger.write() as connection:
            of = deployments.get(connection, deployment_id)
            return backfills.backfill(
                connection, of, begin, end, now_us(), new_id, only_missed=only_missed, dry_run=dry_run
            )
