"""Which deployments' runs wait in which queue: what a queue selects, even while nothing is due in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from armillary.core.deployments.deployment import AUTO_SCHEDULED_TAG, DEFAULT_QUEUE, Deployment
from armillary.core.deployments.work_queue import WorkQueue, queue_of

_NAMED = 5


@dataclass
class Contents:
    """``deployments`` are those whose runs wait in ``queue``, except runs with other tags; ``elsewhere`` those that it
    selects but another queue takes first."""

    queue: WorkQueue
    deployments: list[Deployment] = field(default_factory=list)
    elsewhere: list[tuple[Deployment, WorkQueue]] = field(default_factory=list)

    @property
    def words(self) -> str:
        more = len(self.deployments) - _NAMED
        named = ", ".join(each.path for each in self.deployments[:_NAMED])
        return f"{named} and {more} more" if more > 0 else named

    @property
    def why_nothing(self) -> str:
        name = repr(self.queue.name) if self.queue.name else "this queue"
        if self.elsewhere:
            deployment, other = self.elsewhere[0]
            return f"No deployment's runs wait in {name}: queue {other.name!r} takes those of {deployment.path} first."
        if self.queue.name == DEFAULT_QUEUE:
            return "No deployment's runs wait in 'default': every deployment belongs to another queue."
        if self.queue.filter.is_empty:
            return f"No deployment's runs wait in {name}: no deployment names it as its work queue."
        return f"No deployment's runs wait in {name}: it matches no deployment."

    @property
    def sentence(self) -> str:
        return f"It takes the runs of {self.words}." if self.deployments else self.why_nothing


def contents(queue: WorkQueue, queues: Sequence[WorkQueue], deployments: Iterable[Deployment]) -> Contents:
    """``queues`` are all queues. ``queue`` replaces the one with its id, so that a change can be previewed."""
    all_queues = [*(each for each in queues if each.id != queue.id), queue]
    found = Contents(queue)
    for each in deployments:
        of = _queue_of(all_queues, each)
        if of is queue:
            found.deployments.append(each)
        elif of is not None and not queue.filter.is_empty and _queue_of([queue], each) is queue:
            found.elsewhere.append((each, of))
    return found


def _queue_of(queues: Sequence[WorkQueue], of: Deployment) -> WorkQueue | None:
    tags = [*of.tags, AUTO_SCHEDULED_TAG] if of.schedules else of.tags
    return queue_of(queues, tags, of.id, str(of.flow_runner.get("type")), of.work_queue_name)
