"""From rows to records: the one place where columns become the fields others see, and times become datetimes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import json
from sqlalchemy import RowMapping

from armillary.clock import to_datetime
from armillary.core.runs.flow import Flow
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.log_line import LogLine
from armillary.core.runs.state_change import StateChange
from armillary.core.runs.stored_result import StoredResult
from armillary.core.runs.task_run import TaskRun
from armillary.core.states import StateType


def texts(stored: str) -> list[str]:
    """A list of texts as a column holds it."""
    return json.decode(stored, type=list[str])


def _moment(at_us: int | None) -> datetime | None:
    return None if at_us is None else to_datetime(at_us)


def _between(start: int | None, end: int | None) -> float | None:
    return None if start is None or end is None else max(0, end - start) / 1_000_000


def flow(row: RowMapping) -> Flow:
    return Flow(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        tags=json.decode(row["tags"]),
        created=to_datetime(row["created"]),
        updated=to_datetime(row["updated"]),
    )


def flow_run(row: RowMapping) -> FlowRun:
    return FlowRun(
        id=row["id"],
        flow_id=row["flow_id"],
        flow_name=row["flow_name"],
        name=row["name"],
        expected_start_time=to_datetime(row["expected_start"]),
        created=to_datetime(row["created"]),
        root_flow_run_id=row["root_flow_run_id"],
        parameters=json.decode(row["parameters"]),
        parameter_hashes=None if row["parameter_hashes"] is None else json.decode(row["parameter_hashes"]),
        tags=json.decode(row["tags"]),
        flow_version=row["flow_version"],
        task_runner=row["task_runner"],
        parent_flow_run_id=row["parent_flow_run_id"],
        parent_task_run_id=row["parent_task_run_id"],
        deployment_id=row["deployment_id"],
        idempotency_key=row["idempotency_key"],
        entrypoint=row["entrypoint"],
        next_scheduled_start_time=_moment(row["next_scheduled_start"]),
        auto_scheduled=row["auto_scheduled"],
        incomplete_history=row["incomplete_history"],
        attempt=row["attempt"],
        **_lifecycle(row),
    )


def task_run(row: RowMapping, upstreams: dict[str, list[str]]) -> TaskRun:
    return TaskRun(
        id=row["id"],
        flow_run_id=row["flow_run_id"],
        name=row["name"],
        task_name=row["task_name"],
        task_key=row["task_key"],
        dynamic_key=row["dynamic_key"],
        created=to_datetime(row["created"]),
        tags=json.decode(row["tags"]),
        upstreams=upstreams,
        attempt=row["attempt"],
        flow_run_count=row["flow_run_count"],
        max_retries=row["max_retries"],
        parent_task_run_id=row["parent_task_run_id"],
        child_flow_run_id=row["child_flow_run_id"],
        cached_from=row["cached_from"],
        **_lifecycle(row),
    )


def _lifecycle(row: RowMapping) -> dict[str, Any]:
    return {
        "state_type": StateType(row["state_type"]),
        "state_name": row["state_name"],
        "state_message": row["state_message"],
        "state_timestamp": to_datetime(row["state_at"]),
        "start_time": _moment(row["started"]),
        "end_time": _moment(row["ended"]),
        "duration_seconds": _between(row["started"], row["ended"]),
        "total_run_time_seconds": row["run_time"] / 1_000_000,
        "run_count": row["run_count"],
        "updated": to_datetime(row["updated"]),
    }


def state_change(row: RowMapping) -> StateChange:
    return StateChange(
        run_id=row["run_id"],
        type=StateType(row["type"]),
        name=row["name"],
        timestamp=to_datetime(row["at"]),
        message=row["message"],
        attempt=row["attempt"],
        run_count=row["run_count"],
        applied=row["applied"],
    )


def log_line(row: RowMapping) -> LogLine:
    return LogLine(
        flow_run_id=row["flow_run_id"],
        ordinal=row["ordinal"],
        timestamp=to_datetime(row["at"]),
        level=row["level"],
        message=row["message"],
        logger=row["logger"],
        task_run_id=row["task_run_id"],
        whole_length=row.get("whole_length"),
        run_name=row.get("run_name"),
    )


def stored_result(row: RowMapping) -> StoredResult:
    return StoredResult(
        run_id=row["run_id"],
        storage=row["storage"],
        key=row["key"],
        serializer=row["serializer"],
        size=row["size"],
        created=to_datetime(row["created"]),
        expires=_moment(row["expires"]),
        content_type=row["content_type"],
        for_resume_only=row["for_resume_only"],
    )
