"""What creating a deployment would change, and what it gives away, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from armillary.cli.terminal.formatting import compact
from armillary.cli.terminal.messages import say, warn
from armillary.client.interface.client import Client
from armillary.core.deployments.deployment import Catchup, Deployment, DeploymentSchedule
from armillary.core.errors import NotFound
from armillary.core.filters import FlowRunFilter
from armillary.core.states import CANCELLING, PAUSED, PENDING, RUNNING, SCHEDULED

if TYPE_CHECKING:
    from armillary.sdk.deployments.project_upload import Located

_MOST_NAMED = 10
_FACTS: dict[str, Callable[[Deployment], str]] = {
    "schedule": lambda each: "; ".join(_words(schedule) for schedule in each.schedules) or "no schedule",
    "parameters": lambda each: compact(each.parameters),
    "tags": lambda each: ", ".join(each.tags) or "none",
    "entrypoint": lambda each: each.entrypoint,
    "version": lambda each: each.version or "none",
    "code": lambda each: (each.project_hash or "where it lies")[:12],
    "flow runner": lambda each: compact(each.flow_runner),
    "work queue": lambda each: each.work_queue_name or "by the queues' filters",
    "concurrency limit": lambda each: str(each.concurrency_limit or "none"),
    "on collision": lambda each: str(each.on_collision),
    "crash retries": lambda each: str(each.crash_retries),
}


def schedule_words(found: Deployment) -> str:
    said = "; ".join(_words(each) for each in found.schedules) or "no schedule"
    return f"paused ({said})" if found.paused else said


def schedule_pairs(found: Deployment) -> list[tuple[str, str]]:
    """A line for each, under the number that `pause --schedule` takes."""
    if len(found.schedules) < 2:
        return [("schedule", schedule_words(found))]
    state = [("schedules", "paused, all of them")] if found.paused else []
    return [*state, *((f"schedule {number}", _words(each)) for number, each in enumerate(found.schedules, 1))]


def _words(schedule: DeploymentSchedule) -> str:
    jitter = schedule.rule.get("jitter_seconds")
    said = f"{schedule.words}, up to {jitter:g} s later" if jitter else schedule.words
    if schedule.catchup is not Catchup.ALL:
        said += f", of what was missed {'the latest' if schedule.catchup is Catchup.LATEST else 'nothing'}"
    return said if schedule.active else f"{said} (paused)"


def say_what_is_given_away(located: Sequence[Located]) -> None:
    """Name what somebody should look at before it is stored where others may read it."""
    told: set[str] = set()
    for each in located:
        project = each.project
        if project is None or project.root in told:
            continue
        told.add(project.root)
        say(
            f"Project {project.root}: {len(project.files)} files, {_megabytes(project.size_bytes)}, "
            f"code {project.hash[:12]}, for {each.storage_name}."
        )
        for file in project.large[:_MOST_NAMED]:
            warn(
                f"{file.path} is large, {_megabytes(file.size_bytes)}: leave it out with .armillaryignore if no run needs it."
            )
        for path in project.secret_looking[:_MOST_NAMED]:
            warn(f"{path} looks like a secret: leave it out with .armillaryignore.")


def say_changes(client: Client, old: Deployment | None, new: Located) -> None:
    wanted = new.deployment
    if old is None:
        say(f"Would make {wanted.path}: {schedule_words(wanted)}.")
        return
    changes = [f"{name}: {of(old)} → {of(wanted)}" for name, of in _FACTS.items() if of(old) != of(wanted)]
    if old.storage_block_id != wanted.storage_block_id:
        changes.append(f"storage: {_storage(client, old)} → {new.storage_name}")
    say(f"Would replace {wanted.path}{':' if changes else '. Nothing differs.'}")
    for change in changes:
        say(f"  {change}")
    waiting = client.count_flow_runs(FlowRunFilter(deployment_ids=[old.id], state_types=[SCHEDULED]))
    under_way = [PENDING, RUNNING, PAUSED, CANCELLING]
    going_on = client.count_flow_runs(FlowRunFilter(deployment_ids=[old.id], state_types=under_way))
    say(f"  {waiting} runs wait, of which the scheduled ones would be recreated; {going_on} continue unchanged.")


def _storage(client: Client, of: Deployment) -> str:
    if of.storage_block_id is None:
        return "this home"
    try:
        return client.find_storage_block(of.storage_block_id).name
    except NotFound:
        return "one that was deleted"


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB"
