"""What the tab key offers. A completion that fails offers nothing: a shell is no place for errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from zoneinfo import available_timezones

from armillary import settings
from armillary.cli.connecting import connect
from armillary.cli.terminal.paging import every
from armillary.core.deployments import flow_runner
from armillary.core.deployments.storage_block import KINDS
from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.states import TYPE_OF_NAME

_OFFERED = 50

Offer = list[tuple[str, str]]


def _quiet(complete: Callable[[str], Offer]) -> Callable[[str], Offer]:
    @wraps(complete)
    def quietly(incomplete: str) -> Offer:
        try:
            return complete(incomplete)
        except Exception:
            return []

    return quietly


@_quiet
def flow_run_words(incomplete: str) -> Offer:
    """Names of the latest runs; ids once something like one is being typed."""
    with connect() as client:
        named = client.flow_runs(FlowRunFilter(name_prefix=incomplete or None), limit=_OFFERED).items
        by_id = client.flow_runs(FlowRunFilter(id_prefix=incomplete), limit=_OFFERED).items if incomplete else []
    offered = {run.name: f"{run.flow_name}, {run.state_name}" for run in named}
    offered |= {run.id: f"{run.name}, {run.state_name}" for run in by_id}
    return list(offered.items())


@_quiet
def task_run_words(incomplete: str) -> Offer:
    with connect() as client:
        named = client.task_runs(TaskRunFilter(name_prefix=incomplete or None), limit=_OFFERED).items
        by_id = client.task_runs(TaskRunFilter(id_prefix=incomplete), limit=_OFFERED).items if incomplete else []
    offered = {run.name: run.state_name for run in named} | {run.id: run.name for run in by_id}
    return list(offered.items())


@_quiet
def flow_names(incomplete: str) -> Offer:
    with connect() as client:
        return [
            (flow.name, flow.description or "")
            for flow in client.flows(name_prefix=incomplete or None, limit=_OFFERED).items
        ]


@_quiet
def deployment_words(incomplete: str) -> Offer:
    with connect() as client:
        found = list(every(lambda size, after: client.deployments(limit=size, after=after)))
    return _by_name_or_id(incomplete, [(each.path, each.id, each.description or "") for each in found])


@_quiet
def work_queue_words(incomplete: str) -> Offer:
    with connect() as client:
        found = client.work_queues()
    return _by_name_or_id(incomplete, [(each.name, each.id, each.description or "") for each in found])


@_quiet
def storage_words(incomplete: str) -> Offer:
    with connect() as client:
        found = list(every(lambda size, after: client.storage_blocks(limit=size, after=after)))
    return _by_name_or_id(incomplete, [(each.name, each.id, each.type) for each in found])


@_quiet
def storage_types(incomplete: str) -> Offer:
    return [(each.type, each.title) for each in KINDS.values() if each.type.startswith(incomplete)]


@_quiet
def flow_runner_types(incomplete: str) -> Offer:
    return [(each, "") for each in flow_runner.KINDS if each.startswith(incomplete)]


@_quiet
def zone_names(incomplete: str) -> Offer:
    return [(each, "") for each in sorted(available_timezones()) if each.lower().startswith(incomplete.lower())]


def _by_name_or_id(incomplete: str, known: list[tuple[str, str, str]]) -> Offer:
    """Names; ids once something like one is being typed."""
    names = [(name, meaning) for name, _id, meaning in known if name.startswith(incomplete)]
    ids = [(each, name) for name, each, _meaning in known if incomplete and each.startswith(incomplete)]
    return [*names, *ids]


@_quiet
def state_words(incomplete: str) -> Offer:
    return [
        (name.lower(), str(kind)) for name, kind in TYPE_OF_NAME.items() if name.lower().startswith(incomplete.lower())
    ]


@_quiet
def saved_search_names(incomplete: str) -> Offer:
    with connect() as client:
        found = client.saved_searches(limit=200).items
    return [(each.name, "") for each in found if each.name.startswith(incomplete)]


@_quiet
def variable_names(incomplete: str) -> Offer:
    with connect() as client:
        found = client.variables(name_prefix=incomplete or None, limit=_OFFERED).items
    return [(each.name, "") for each in found]


@_quiet
def limited_tags(incomplete: str) -> Offer:
    with connect() as client:
        found = client.concurrency_limits(limit=200).items
    return [(each.tag, f"{each.slots} slots") for each in found if each.tag.startswith(incomplete)]


@_quiet
def setting_names(incomplete: str) -> Offer:
    bare = incomplete.upper().removeprefix(settings.PREFIX)
    return [
        (settings.PREFIX + name, setting.meaning)
        for name, setting in settings.SETTINGS.items()
        if name.startswith(bare)
    ]


@_quiet
def profile_names(incomplete: str) -> Offer:
    known = settings.load_profiles(settings.profiles_path()).settings
    return [(name, "") for name in known if name.startswith(incomplete)]
