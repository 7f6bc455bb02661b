"""What a client offers of deployments, work queues and workers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from armillary.core.deployments.backfill import Backfill
from armillary.core.deployments.deployment import Deployment, DeploymentSchedule
from armillary.core.deployments.work_queue import WorkQueue
from armillary.core.deployments.worker import ClaimedRun, Worker
from armillary.core.page import Page
from armillary.core.rules.crash import Death
from armillary.core.runs.flow_run import FlowRun


class WorkNouns(Protocol):
    """A part of :class:`armillary.client.interface.Client`. Ids may be names wherever ``words`` says so."""

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

    def work_queues(self) -> list[WorkQueue]: ...

    def find_work_queue(self, words: str) -> WorkQueue:
        """By id or name. Raises NotFound."""
        ...

    def create_work_queue(self, wanted: WorkQueue) -> WorkQueue:
        """Raises Conflict for a name that is taken."""
        ...

    def change_work_queue(self, queue: WorkQueue) -> WorkQueue:
        """Write it as it is now."""
        ...

    def delete_work_queue(self, queue_id: str) -> None: ...

    def preview_work_queue(self, queue_id: str, until: datetime, *, limit: int = 200) -> list[FlowRun]:
        """What is coming in it before ``until``, late runs first."""
        ...

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
