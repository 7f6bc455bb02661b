"""What a client offers of deployments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from armillary.core.deployments.backfill import Backfill
from armillary.core.deployments.deployment import Deployment, DeploymentSchedule
from armillary.core.page import Page
from armillary.core.runs.flow_run import FlowRun


class Deployments(Protocol):
    """A part of :class:`armillary.client.interface.client.Client`."""

    def save_deployment(self, wanted: Deployment) -> Deployment:
        """Make it, or replace the one of that flow and name; the next runs of its schedules exist when this returns."""
        ...

    def deployments(self, *, limit: int = 200, after: str | None = None) -> Page[Deployment]:
        """By flow and name."""
        ...

    def find_deployment(self, words: str) -> Deployment:
        """By id, ``flow/name``, or a name only one has. Raises NotFound."""
        ...

    def deployment_result_secret(self, deployment_id: str) -> str:
        """What its runs sign the results with that they keep: for who runs it, or checks what it kept, which may be after it was
        deleted. Raises Forbidden for who only looks."""
        ...

    def set_deployment_paused(self, deployment_id: str, paused: bool) -> Deployment: ...

    def set_deployment_schedules(self, deployment_id: str, schedules: Sequence[DeploymentSchedule]) -> Deployment: ...

    def delete_deployment(self, deployment_id: str) -> None: ...

    def run_deployment(
        self,
        deployment_id: str,
        *,
        parameters: dict[str, Any] | None = None,
        tags: Sequence[str] = (),
        due: datetime | None = None,
        name: str | None = None,
    ) -> FlowRun:
        """Put a run of it into its queue, due now unless said. Raises InvalidParameters for those the flow does not take."""
        ...

    def backfill_deployment(
        self, deployment_id: str, begin: datetime, end: datetime, *, only_missed: bool = False, dry_run: bool = False
    ) -> Backfill:
        """Make the runs its schedules would have made from ``begin`` to before ``end``; ``only_missed``: those there are none of;
        ``dry_run`` only says which. Raises InvalidOption, TooBroad."""
        ...
