"""The filters people use all day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from armillary.core.criteria import ChoiceCriterion as Choice
from armillary.core.criteria import (
    Criteria,
    FlowCriteria,
    FlowRunCriteria,
    ReferenceCriterion,
    StateCriterion,
    StateTypeCriterion,
    TagCriterion,
    TaskRunCriteria,
    TextCriterion,
    TimeCriterion,
)
from armillary.core.states import FAILED, RUNNING, StateType
from benchmarks.filters.seed import START, deployment_id, flow_run_id


def _runs(**wanted: object) -> Criteria:
    return Criteria(flow_runs=FlowRunCriteria(**wanted))  # type: ignore[arg-type]


def _types(*kinds: StateType) -> StateCriterion:
    return StateCriterion(type=StateTypeCriterion(any_=list(kinds)))


_FAILED = StateCriterion(operator="or_", type=StateTypeCriterion(any_=[FAILED]), name=Choice(any_=["Failed"]))
_DAY = TimeCriterion(after_=datetime.fromtimestamp(START // 1_000_000, UTC) + timedelta(days=1))

FLOW_RUNS: dict[str, Criteria] = {
    "everything": Criteria(),
    "state type": _runs(state=_types(FAILED)),
    "state type or name": _runs(state=_FAILED),
    "state name": _runs(state=StateCriterion(name=Choice(any_=["Late"]))),
    "running": _runs(state=_types(RUNNING)),
    "flow": Criteria(flows=FlowCriteria(name=TextCriterion(any_=["flow-7"]))),
    "deployment": _runs(deployment_id=ReferenceCriterion(any_=[UUID(deployment_id(1))])),
    "tag, frequent": _runs(tags=TagCriterion(all_=["nightly"])),
    "tag, rare": _runs(tags=TagCriterion(all_=["rare"])),
    "range of time": _runs(expected_start_time=_DAY),
    "range of time and state": _runs(expected_start_time=_DAY, state=_types(FAILED)),
    "tag and state": _runs(tags=TagCriterion(all_=["nightly"]), state=_types(FAILED)),
    "top level": _runs(parent_flow_run_id=ReferenceCriterion(is_null_=True)),
}
"""Listed by expected start, latest first."""

TASK_RUNS: dict[str, Criteria] = {
    "everything": Criteria(),
    "of a flow run": Criteria(task_runs=TaskRunCriteria(flow_run_id=ReferenceCriterion(any_=[UUID(flow_run_id(5))]))),
    "state type": Criteria(task_runs=TaskRunCriteria(state=_types(FAILED))),
    "running": Criteria(task_runs=TaskRunCriteria(state=_types(RUNNING))),
}
"""Listed by creation."""
