"""Which deployments' runs wait in which queue: what a queue is for, even while nothing is due in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from armillary.cli.paging import every
from armillary.client.interface import Client
from armillary.core.deployment import AUTO_SCHEDULED_TAG, DEFAULT_QUEUE, Deployment
from armillary.core.work_queue import WorkQueue, queue_of

_NAMED = 5


@dataclass
class Contents:
    """``deployments`` are those whose runs wait in ``queue``, but for runs that are given other tags; ``elsewhere`` those that it
    selects and another queue takes first."""

    queue: WorkQueue
    deployments: list[Deployment]
    elsewhere: list[tuple[Deployment, WorkQueue]]

    @property
    def words(self) -> str:
        more = len(self.deployments) - _NAMED
        named = ", ".join(each.path for each in self.deployments[:_NAMED])
        return f"{named} and {more} more" if more > 0 else named

    @property
    def why_nothing(self) -> str:
        name = self.queue.name
        if self.elsewhere:
            deployment, other = self.elsewhere[0]
            return (
                f"No deployment's runs wait in {name!r}: queue {other.name!r} takes those of {deployment.path} first."
            )
        if name == DEFAULT_QUEUE:
            return "No deployment's runs wait in 'default': there is none that no other queue takes."
        if self.queue.filter.is_empty:
            return f"No deployment's runs wait in {name!r}: none says work_queue={name!r}."
        return f"No deployment's runs wait in {name!r}: it matches none."


def contents_of(client: Client, queue: WorkQueue) -> Contents:
    queues = client.work_queues()
    found = Contents(queue, [], [])
    for each in every(lambda size, after: client.deployments(limit=size, after=after)):
        of = _queue_of(queues, each)
        if of is not None and of.id == queue.id:
            found.deployments.append(each)
        elif of is not None and not queue.filter.is_empty and _queue_of([queue], each) is queue:
            found.elsewhere.append((each, of))
    return found


def _queue_of(queues: Sequence[WorkQueue], of: Deployment) -> WorkQueue | None:
    tags = [*of.tags, AUTO_SCHEDULED_TAG] if of.schedules else of.tags
    return queue_of(queues, tags, of.id, str(of.flow_runner.get("type")), of.work_queue_name)
