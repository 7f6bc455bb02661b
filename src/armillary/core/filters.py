"""Short filters for listings of runs, written as :class:`~armillary.core.criteria.Criteria`, which say everything a listing can be narrowed
by. An empty filter matches everything; what is given must all hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from armillary.core.criteria import (
    ChoiceCriterion,
    Criteria,
    FlowRunCriteria,
    IdCriterion,
    ReferenceCriterion,
    StateCriterion,
    StateTypeCriterion,
    TagCriterion,
    TaskRunCriteria,
    TextCriterion,
    TimeCriterion,
)
from armillary.core.ids import flow_id
from armillary.core.states import StateType


@dataclass(slots=True, kw_only=True)
class FlowRunFilter:
    """All ``tags`` must be present. ``state`` types and names are alternatives to one another. ``after`` and ``before``
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

    def criteria(self) -> Criteria:
        """The same as criteria."""
        flow_ids = None if self.flow_ids is None else set(self.flow_ids)
        if self.flow_names is not None:
            named = {flow_id(name) for name in self.flow_names}
            flow_ids = named if flow_ids is None else flow_ids & named
        parent = _given(
            ReferenceCriterion(
                any_=_ids(None if self.parent_flow_run_id is None else [self.parent_flow_run_id]),
                is_null_=self.top_level,
            )
        )
        root = None if self.root_flow_run_id is None else ReferenceCriterion(any_=[UUID(self.root_flow_run_id)])
        wanted = FlowRunCriteria(
            id=_given(IdCriterion(any_=_ids(self.ids), prefix_=self.id_prefix)),
            name=_name(self),
            tags=TagCriterion(all_=list(self.tags)) if self.tags else None,
            state=_state(self),
            flow_id=None if flow_ids is None else IdCriterion(any_=_ids(sorted(flow_ids))),
            deployment_id=None if self.deployment_ids is None else ReferenceCriterion(any_=_ids(self.deployment_ids)),
            parent_flow_run_id=parent,
            root_flow_run_id=root,
            expected_start_time=_given(TimeCriterion(after_=self.after, before_=self.before)),
        )
        return Criteria(flow_runs=_given(wanted))


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

    def criteria(self) -> Criteria:
        """The same as criteria."""
        wanted = TaskRunCriteria(
            id=_given(IdCriterion(any_=_ids(self.ids), prefix_=self.id_prefix)),
            name=_name(self),
            tags=TagCriterion(all_=list(self.tags)) if self.tags else None,
            state=_state(self),
            flow_run_id=None if self.flow_run_ids is None else ReferenceCriterion(any_=_ids(self.flow_run_ids)),
            task_name=None if self.task_names is None else TextCriterion(any_=list(self.task_names)),
            created=_given(TimeCriterion(after_=self.after, before_=self.before)),
        )
        return Criteria(task_runs=_given(wanted))


Made = TypeVar("Made")


def _given(criterion: Made) -> Made | None:
    """None for one that says nothing."""
    return None if criterion == type(criterion)() else criterion


def _ids(texts: Sequence[str] | None) -> list[UUID] | None:
    return None if texts is None else [UUID(each) for each in texts]


def _name(wanted: FlowRunFilter | TaskRunFilter) -> TextCriterion | None:
    exact = None if wanted.name is None else [wanted.name]
    return _given(TextCriterion(any_=exact, startswith_=wanted.name_prefix, like_=wanted.name_contains))


def _state(wanted: FlowRunFilter | TaskRunFilter) -> StateCriterion | None:
    types = None if wanted.state_types is None else StateTypeCriterion(any_=list(wanted.state_types))
    names = None if wanted.state_names is None else ChoiceCriterion(any_=list(wanted.state_names))
    return None if types is None and names is None else StateCriterion(operator="or_", type=types, name=names)
