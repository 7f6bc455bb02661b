"""What the tab key offers. A completion that fails offers nothing: a shell is no place for errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from armillary import settings
from armillary.cli.connecting import connect
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
