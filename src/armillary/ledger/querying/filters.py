"""Filters as SQL: what :mod:`armillary.core.filters` can say, a condition on the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from armillary.clock import to_us
from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.ids import flow_id
from armillary.core.states import StateType
from armillary.ledger.querying.text_match import id_begins_with, name_begins_with, name_contains
from armillary.ledger.tables import run_tables


def flow_run_conditions(wanted: FlowRunFilter | None) -> ColumnElement[bool]:
    """What rows of ``flow_run`` must be like."""
    wanted = wanted or FlowRunFilter()
    run = run_tables.flow_run.c
    found: list[ColumnElement[bool]] = []
    if wanted.ids is not None:
        found.append(run.id.in_(wanted.ids))
    if wanted.id_prefix is not None:
        found.append(id_begins_with(run.id, wanted.id_prefix))
    if wanted.name is not None:
        found.append(run.name == wanted.name)
    if wanted.name_prefix is not None:
        found.append(name_begins_with(run.name, wanted.name_prefix))
    if wanted.name_contains is not None:
        found.append(name_contains(run.name, wanted.name_contains))
    if wanted.flow_ids is not None:
        found.append(run.flow_id.in_(wanted.flow_ids))
    if wanted.flow_names is not None:
        found.append(run.flow_id.in_([flow_id(name) for name in wanted.flow_names]))
    if wanted.deployment_ids is not None:
        found.append(run.deployment_id.in_(wanted.deployment_ids))
    found.extend(_states(run, wanted.state_types, wanted.state_names))
    for each in wanted.tags:
        tag = run_tables.flow_run_tag.alias().c
        same_run = (tag.expected_start == run.expected_start, tag.flow_run_id == run.id)
        found.append(exists().where(tag.tag == each, *same_run))
    if wanted.after is not None:
        found.append(run.expected_start >= to_us(wanted.after))
    if wanted.before is not None:
        found.append(run.expected_start < to_us(wanted.before))
    if wanted.root_flow_run_id is not None:
        found.append(run.root_flow_run_id == wanted.root_flow_run_id)
    if wanted.parent_flow_run_id is not None:
        found.append(run.parent_flow_run_id == wanted.parent_flow_run_id)
    if wanted.top_level is not None:
        found.append(run.parent_flow_run_id.is_(None) if wanted.top_level else run.parent_flow_run_id.is_not(None))
    return and_(True, *found)


def task_run_conditions(wanted: TaskRunFilter | None) -> ColumnElement[bool]:
    """What rows of ``task_run`` must be like."""
    wanted = wanted or TaskRunFilter()
    run = run_tables.task_run.c
    found: list[ColumnElement[bool]] = []
    if wanted.ids is not None:
        found.append(run.id.in_(wanted.ids))
    if wanted.id_prefix is not None:
        found.append(id_begins_with(run.id, wanted.id_prefix))
    if wanted.flow_run_ids is not None:
        found.append(run.flow_run_id.in_(wanted.flow_run_ids))
    if wanted.name is not None:
        found.append(run.name == wanted.name)
    if wanted.name_prefix is not None:
        found.append(name_begins_with(run.name, wanted.name_prefix))
    if wanted.name_contains is not None:
        found.append(name_contains(run.name, wanted.name_contains))
    if wanted.task_names is not None:
        found.append(run.task_name.in_(wanted.task_names))
    found.extend(_states(run, wanted.state_types, wanted.state_names))
    tag = run_tables.task_run_tag.c
    found.extend(exists().where(tag.tag == each, tag.task_run_id == run.id) for each in wanted.tags)
    if wanted.after is not None:
        found.append(run.created >= to_us(wanted.after))
    if wanted.before is not None:
        found.append(run.created < to_us(wanted.before))
    return and_(True, *found)


def _states(run: Any, types: Sequence[StateType] | None, names: Sequence[str] | None) -> list[ColumnElement[bool]]:
    alternatives: list[ColumnElement[bool]] = []
    if types is not None:
        alternatives.append(run.state_type.in_([str(kind) for kind in types]))
    if names is not None:
        alternatives.append(run.state_name.in_(names))
    return [or_(*alternatives)] if alternatives else []
