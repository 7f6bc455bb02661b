"""A work queue: which scheduled runs its agents claim, and how many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from armillary.core.deployments.deployment import DEFAULT_QUEUE
from armillary.core.record import Record


@dataclass(slots=True)
class QueueFilter(Record):
    """All given criteria must hold: every tag is present, the deployment is one of these, its flow runner one of these."""

    tags: list[str] = field(default_factory=list)
    deployment_ids: list[str] = field(default_factory=list)
    flow_runner_types: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.tags or self.deployment_ids or self.flow_runner_types)


@dataclass(slots=True)
class WorkQueue(Record):
    """A lower ``priority`` goes first. ``concurrency_limit``: most runs of the queue at once."""

    id: str
    name: str
    created: datetime
    updated: datetime
    description: str | None = None
    filter: QueueFilter = field(default_factory=QueueFilter)
    priority: int = 100
    concurrency_limit: int | None = None
    paused: bool = False
    last_polled: datetime | None = None


def queue_of(
    queues: Iterable[WorkQueue], tags: Collection[str], deployment_id: str, flow_runner_type: str, named: str | None
) -> WorkQueue | None:
    """The queue a run waits in: the one its deployment names; else the first by priority and name whose filter selects it;
    else the default queue.

    >>> from datetime import UTC, datetime
    >>> now = datetime.now(UTC)
    >>> ml = WorkQueue("1", "ml", now, now, filter=QueueFilter(tags=["ml"]))
    >>> queue_of([ml], ["ml", "daily"], "d", "subprocess", None).name
    'ml'
    """
    ordered = sorted(queues, key=lambda queue: (queue.priority, queue.name))
    if named is not None:
        return next((queue for queue in ordered if queue.name == named), None)
    for queue in ordered:
        wanted = queue.filter
        if (
            not wanted.is_empty
            and set(wanted.tags) <= set(tags)
            and (not wanted.deployment_ids or deployment_id in wanted.deployment_ids)
            and (not wanted.flow_runner_types or flow_runner_type in wanted.flow_runner_types)
        ):
            return queue
    return next((queue for queue in ordered if queue.name == DEFAULT_QUEUE), None)
