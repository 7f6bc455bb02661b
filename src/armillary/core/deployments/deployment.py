"""A deployment: a flow packaged so that an agent can run it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from armillary.core.record import Record

DEFAULT_QUEUE = "default"
AUTO_SCHEDULED_TAG = "auto-scheduled"
LATE_AFTER_SECONDS = 5
"""A run that has not started this long after its due time is late."""


def results_prefix(deployment_id: str) -> str:
    """The key prefix of results shared by runs of a deployment."""
    return f"deployments/{deployment_id}/"


class OnCollision(StrEnum):
    """What happens to a run that is due while as many as allowed run."""

    ENQUEUE = "enqueue"
    CANCEL_NEW = "cancel_new"
    CANCEL_RUNNING = "cancel_running"


class Catchup(StrEnum):
    """Which occurrences missed while no scheduler was running get a run."""

    ALL = "all"
    LATEST = "latest"
    SKIP = "skip"


@dataclass(slots=True)
class DeploymentSchedule(Record):
    """``rule`` is the schedule as a document, ``words`` its description. ``scheduled_through`` is the last occurrence that
    has been handled."""

    id: str
    rule: dict[str, Any]
    words: str
    catchup: Catchup = Catchup.ALL
    active: bool = True
    scheduled_through: datetime | None = None


@dataclass(slots=True)
class Deployment(Record):
    """``entrypoint`` is ``path/to/file.py:flow``: inside the project, if there is a ``project_hash``. That names the project's
    content in its storage block, or in the home's storage if it has none. ``flow_location`` is its source.
    ``flow_runner`` is ``{"type": …}`` with its options. ``parameters`` are
    defaults for every run, ``parameter_schema`` the JSON Schema of the flow's parameters. A paused one creates no scheduled runs.
    ``crash_retries`` is how often a run is retried
    after its process died; the death of an agent or machine does not count. 0: never retry."""

    id: str
    name: str
    flow_id: str
    flow_name: str
    entrypoint: str
    created: datetime
    updated: datetime
    description: str | None = None
    version: str | None = None
    flow_runner: dict[str, Any] = field(default_factory=lambda: {"type": "universal"})
    parameters: dict[str, Any] = field(default_factory=dict)
    parameter_schema: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    schedules: list[DeploymentSchedule] = field(default_factory=list)
    work_queue_name: str | None = None
    paused: bool = False
    concurrency_limit: int | None = None
    on_collision: OnCollision = OnCollision.ENQUEUE
    crash_retries: int = 1
    flow_location: str | None = None
    storage_block_id: str | None = None
    project_hash: str | None = None

    @property
    def path(self) -> str:
        """``flow/name``, as on the command line."""
        return f"{self.flow_name}/{self.name}"
