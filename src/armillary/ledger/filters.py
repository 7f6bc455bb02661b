"""What listings can be narrowed by. An empty filter matches everything; what is given must all hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from armillary.core.ids import flow_id
from armillary.core.states import StateType
from armillary.ledger import tables
from armillary.ledger.rows import micros
from armillary.ledger.text_match import id_begins_with, name_begins_with, name_contains


@dataclass(slots=True, kw_only=True)
class FlowRunFilter:
    """``tags`` must all be there. ``state`` types and names are alternatives to one another. ``after`` and ``before``
    bound the expected start time, the first inclusive. ``top_level``: only runs without a parent, or only subflow runs."""

    ids: Sequence[str] | None = None
    id_prefix: str | None = None
    name: str | None = None
    name_prefix: str | None = None
    name_contains: str | None = None
    flow_ids: Sequence[str] | None = None
    flow_names: Sequence[str] | None = None
    deployment_ids: Sequence[str] | None = None
    state_types: Sequence[StateType] | None = None
    state_names: Sequence[str] | None = None
    tags: Sequence[str] = ()
    after: datetime | None = None
    before: datetime | None = None
    root_flow_run_id: str | None = None
    parent_flow_run_id: str | None = None
    top_level: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        run = tables.flow_run.c
        found: list[ColumnElement[bool]] = []
        if self.ids is not None:
            found.append(run.id.in_(self.ids))
        if self.id_prefix is not None:
            found.append(id_begins_with(run.id, self.id_prefix))
        if self.name is not None:
            found.append(run.name == self.name)
        if self.name_prefix is not None:
            found.append(name_begins_with(run.name, self.name_prefix))
        if self.name_contains is not None:
            found.append(name_contains(run.name, self.name_contains))
        if self.flow_ids is not None:
            found.append(run.flow_id.in_(self.flow_ids))
        if self.flow_names is not None:
            found.append(run.flow_id.in_([flow_id(name) for name in self.flow_names]))
        if self.deployment_ids is not None:
            found.append(run.deployment_id.in_(self.deployment_ids))
        found.extend(_states(run, self.state_types, self.state_names))
        for wanted in self.tags:
            tag = tables.flow_run_tag.alias().c
            same_run = (tag.expected_start == run.expected_start, tag.flow_run_id == run.id)
            found.append(exists().where(tag.tag == wanted, *same_run))
        if self.after is not None:
            found.append(run.expected_start >= micros(self.after))
        if self.before is not None:
            found.append(run.expected_start < micros(self.before))
        if self.root_flow_run_id is not None:
            found.append(run.root_flow_run_id == self.root_flow_run_id)
        if self.parent_flow_run_id is not None:
            found.append(run.parent_flow_run_id == self.parent_flow_run_id)
        if self.top_level is not None:
            found.append(run.parent_flow_run_id.is_(None) if self.top_level else run.parent_flow_run_id.is_not(None))
        return found


@dataclass(slots=True, kw_only=True)
class TaskRunFilter:
    """As :class:`FlowRunFilter`; ``after`` and ``before`` bound the time of creation."""

    ids: Sequence[str] | None = None
    id_prefix: str | None = None
    flow_run_ids: Sequence[str] | None = None
    name: str | None = None
    name_prefix: str | None = None
    name_contains: str | None = None
    task_names: Sequence[str] | None = None
    state_types: Sequence[StateType] | None = None
    state_names: Sequence[str] | None = None
    tags: Sequence[str] = ()
    after: datetime | None = None
    before: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        run = tables.task_run.c
        found: list[ColumnElement[bool]] = []
        if self.ids is not None:
            found.append(run.id.in_(self.ids))
        if self.id_prefix is not None:
            found.append(id_begins_with(run.id, self.id_prefix))
        if self.flow_run_ids is not None:
            found.append(run.flow_run_id.in_(self.flow_run_ids))
        if self.name is not None:
            found.append(run.name == self.name)
        if self.name_prefix is not None:
            found.append(name_begins_with(run.name, self.name_prefix))
        if self.name_contains is not None:
            found.append(name_contains(run.name, self.name_contains))
        if self.task_names is not None:
            found.append(run.task_name.in_(self.task_names))
        found.extend(_states(run, self.state_types, self.state_names))
        tag = tables.task_run_tag.c
        found.extend(exists().where(tag.tag == wanted, tag.task_run_id == run.id) for wanted in self.tags)
        if self.after is not None:
            found.append(run.created >= micros(self.after))
        if self.before is not None:
            found.append(run.created < micros(self.before))
        return found


def _states(run: Any, types: Sequence[StateType] | None, names: Sequence[str] | None) -> list[ColumnElement[bool]]:
    alternatives: list[ColumnElement[bool]] = []
    if types is not None:
        alternatives.append(run.state_type.in_([str(kind) for kind in types]))
    if names is not None:
        alternatives.append(run.state_name.in_(names))
    return [or_(*alternatives)] if alternatives else []


def all_of(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    return and_(True, *conditions)
