"""The plain filters of clients in the API's words."""

from __future__ import annotations

from typing import Any

from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.ids import flow_id


def of_flow_runs(wanted: FlowRunFilter | None) -> dict[str, Any]:
    """The body of a filter on flow runs."""
    if wanted is None:
        return {}
    run: dict[str, Any] = {}
    _put(run, "id", any_=wanted.ids, prefix_=wanted.id_prefix)
    _put_name(run, wanted)
    flow_ids = None if wanted.flow_ids is None else set(wanted.flow_ids)
    if wanted.flow_names is not None:
        named = {flow_id(name) for name in wanted.flow_names}
        flow_ids = named if flow_ids is None else flow_ids & named
    _put(run, "flow_id", any_=None if flow_ids is None else sorted(flow_ids))
    _put(run, "deployment_id", any_=wanted.deployment_ids)
    _put_state(run, wanted)
    _put(run, "tags", all_=wanted.tags or None)
    _put(run, "expected_start_time", after_=wanted.after, before_=wanted.before)
    _put(run, "root_flow_run_id", any_=_one(wanted.root_flow_run_id))
    _put(run, "parent_flow_run_id", any_=_one(wanted.parent_flow_run_id), is_null_=wanted.top_level)
    return {"flow_runs": run} if run else {}


def of_task_runs(wanted: TaskRunFilter | None) -> dict[str, Any]:
    """The body of a filter on task runs."""
    if wanted is None:
        return {}
    run: dict[str, Any] = {}
    _put(run, "id", any_=wanted.ids, prefix_=wanted.id_prefix)
    _put_name(run, wanted)
    _put(run, "flow_run_id", any_=wanted.flow_run_ids)
    _put(run, "task_name", any_=wanted.task_names)
    _put_state(run, wanted)
    _put(run, "tags", all_=wanted.tags or None)
    _put(run, "created", after_=wanted.after, before_=wanted.before)
    return {"task_runs": run} if run else {}


def _put_name(run: dict[str, Any], wanted: FlowRunFilter | TaskRunFilter) -> None:
    _put(run, "name", any_=_one(wanted.name), startswith_=wanted.name_prefix, like_=wanted.name_contains)


def _put_state(run: dict[str, Any], wanted: FlowRunFilter | TaskRunFilter) -> None:
    state: dict[str, Any] = {}
    _put(state, "type", any_=wanted.state_types)
    _put(state, "name", any_=wanted.state_names)
    if state:
        run["state"] = {"operator": "or_", **state}


def _put(run: dict[str, Any], field: str, **said: Any) -> None:
    given = {name: value for name, value in said.items() if value is not None}
    if given:
        run[field] = given


def _one(value: str | None) -> list[str] | None:
    return None if value is None else [value]
