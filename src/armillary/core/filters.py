"""The filters of listings. An empty filter matches everything; all given criteria must hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
