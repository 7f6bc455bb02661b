"""The filters of the API's listings, in the field's usual terms: ``any_``, ``all_``, ``like_``, ``before_``, …

    Criteria(flow_runs=FlowRunCriteria(state=StateCriterion(type=StateTypeCriterion(any_=[FAILED]))))

An empty criterion matches everything; all given criteria must hold. Criteria of one noun also filter the listing of another: flow
runs by their flow, deployment or task runs, and so on. :mod:`armillary.core.filters` is the simpler form for clients.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from armillary.core.states import StateType

_FORBID: dict[str, str] = {"extra": "forbid"}
Operator = Literal["and_", "or_"]


@dataclass(slots=True, kw_only=True)
class IdCriterion:
    """``prefix_``: hexadecimal digits, with or without dashes, that the id begins with."""

    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    any_: list[UUID] | None = None
    not_any_: list[UUID] | None = None
    prefix_: str | None = None


@dataclass(slots=True, kw_only=True)
class ReferenceCriterion:
    """``is_null_``: whether the value is absent."""

    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    any_: list[UUID] | None = None
    not_any_: list[UUID] | None = None
    is_null_: bool | None = None


@dataclass(slots=True, kw_only=True)
class TextCriterion:
    """``like_``: contains that text, in any case; ``all_like_``: each of these. ``startswith_`` is case-sensitive."""

    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    any_: list[str] | None = None
    not_any_: list[str] | None = None
    like_: str | None = None
    all_like_: list[str] | None = None
    startswith_: str | None = None


@dataclass(slots=True, kw_only=True)
class ChoiceCriterion:
    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    any_: list[str] | None = None
    not_any_: list[str] | None = None


@dataclass(slots=True, kw_only=True)
class TagCriterion:
    """``all_``: has every one of these tags; ``any_``: at least one; ``is_null_``: whether it has none at all."""

    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    all_: list[str] | None = None
    any_: list[str] | None = None
    is_null_: bool | None = None


@dataclass(slots=True, kw_only=True)
class TimeCriterion:
    """``after_`` is inclusive, ``before_`` is not. A time without a zone is UTC."""

    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    before_: datetime | None = None
    after_: datetime | None = None
    is_null_: bool | None = None


@dataclass(slots=True, kw_only=True)
class SwitchCriterion:
    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    eq_: bool | None = None


@dataclass(slots=True, kw_only=True)
class ExistsCriterion:
    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    exists_: bool | None = None


@dataclass(slots=True, kw_only=True)
class StateTypeCriterion:
    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    any_: list[StateType] | None = None
    not_any_: list[StateType] | None = None


@dataclass(slots=True, kw_only=True)
class StateCriterion:
    """``operator`` joins type and name."""

    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    operator: Operator = "and_"
    type: StateTypeCriterion | None = None
    name: ChoiceCriterion | None = None


@dataclass(slots=True, kw_only=True)
class NumberCriterion:
    """At least ``ge_``, at most ``le_``."""

    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    ge_: int | None = None
    le_: int | None = None


@dataclass(slots=True, kw_only=True)
class ContainedCriterion:
    """``like_``: contains that text, in any case."""

    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    like_: str | None = None


@dataclass(slots=True, kw_only=True)
class LogCriteria:
    """``level`` is logging's number."""

    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    flow_run_id: IdCriterion | None = None
    task_run_id: ReferenceCriterion | None = None
    level: NumberCriterion | None = None
    timestamp: TimeCriterion | None = None
    message: ContainedCriterion | None = None


@dataclass(slots=True, kw_only=True)
class FlowCriteria:
    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    id: IdCriterion | None = None
    name: TextCriterion | None = None
    tags: TagCriterion | None = None


@dataclass(slots=True, kw_only=True)
class FlowRunCriteria:
    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    id: IdCriterion | None = None
    name: TextCriterion | None = None
    tags: TagCriterion | None = None
    state: StateCriterion | None = None
    flow_id: IdCriterion | None = None
    flow_version: ChoiceCriterion | None = None
    deployment_id: ReferenceCriterion | None = None
    parent_flow_run_id: ReferenceCriterion | None = None
    parent_task_run_id: ReferenceCriterion | None = None
    root_flow_run_id: ReferenceCriterion | None = None
    start_time: TimeCriterion | None = None
    end_time: TimeCriterion | None = None
    expected_start_time: TimeCriterion | None = None
    next_scheduled_start_time: TimeCriterion | None = None
    auto_scheduled: SwitchCriterion | None = None
    idempotency_key: ChoiceCriterion | None = None


@dataclass(slots=True, kw_only=True)
class TaskRunCriteria:
    """``subflow_runs``: whether the task run represents a subflow run."""

    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    id: IdCriterion | None = None
    name: TextCriterion | None = None
    tags: TagCriterion | None = None
    state: StateCriterion | None = None
    flow_run_id: ReferenceCriterion | None = None
    task_key: ChoiceCriterion | None = None
    task_name: TextCriterion | None = None
    created: TimeCriterion | None = None
    start_time: TimeCriterion | None = None
    end_time: TimeCriterion | None = None
    subflow_runs: ExistsCriterion | None = None


@dataclass(slots=True, kw_only=True)
class DeploymentCriteria:
    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    id: IdCriterion | None = None
    name: TextCriterion | None = None
    tags: TagCriterion | None = None
    work_queue_name: ChoiceCriterion | None = None
    paused: SwitchCriterion | None = None


@dataclass(slots=True, kw_only=True)
class Criteria:
    __pydantic_config__: ClassVar[dict[str, str]] = _FORBID

    flows: FlowCriteria | None = None
    flow_runs: FlowRunCriteria | None = None
    task_runs: TaskRunCriteria | None = None
    deployments: DeploymentCriteria | None = None


def name_fits(name: str, wanted: TextCriterion | None) -> bool:
    """Whether a name matches ``wanted``, for names in memory.

    >>> name_fits("Nightly", TextCriterion(like_="night"))
    True
    """
    return wanted is None or (
        (wanted.any_ is None or name in wanted.any_)
        and name not in (wanted.not_any_ or ())
        and (wanted.like_ or "").lower() in name.lower()
        and name.startswith(wanted.startswith_ or "")
    )
