"""Many runs, written into a ledger's tables as they would be after two months of work."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from sqlalchemy import insert

from armillary.core.ids import flow_id
from armillary.ledger import Ledger
from armillary.ledger.database import dialect
from armillary.ledger.database.dialect import Row
from armillary.ledger.tables.run_tables import flow, flow_run, flow_run_tag, task_run

START = 1_760_000_000_000_000
STEP = 2_500_000
"""Microseconds between two runs."""
TASK_RUNS_EACH = 5
_FLOWS = 200
_DEPLOYMENTS = 1_000
_AT_ONCE = 10_000
_ENDS = (
    [("COMPLETED", "Completed")] * 91
    + [("FAILED", "Failed")] * 7
    + [("CRASHED", "Crashed"), ("CANCELLED", "Cancelled")]
)


def seed(ledger: Ledger, runs: int, *, with_task_runs: bool = True) -> None:
    """``runs`` flow runs with five task runs each; the last hundred still run."""
    random = Random(1)
    with ledger.write() as connection:
        connection.execute(
            insert(flow),
            [
                {
                    "id": flow_id(f"flow-{number}"),
                    "name": f"flow-{number}",
                    "tags": "[]",
                    "created": START,
                    "updated": START,
                }
                for number in range(_FLOWS)
            ],
        )
    for first in range(0, runs, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, runs))
        made = [_flow_run(number, runs, random) for number in numbers]
        with ledger.write() as connection:
            dialect.insert(connection, flow_run, made)
            dialect.insert(connection, flow_run_tag, list(_tags(made)))
            if with_task_runs:
                dialect.insert(connection, task_run, [each for run in made for each in _task_runs(run)])


def flow_run_id(number: int) -> str:
    return _id(START // 1000 + number * STEP // 1000, number)


def deployment_id(number: int) -> str:
    return _id(START // 1000, number)


def _id(milliseconds: int, number: int) -> str:
    digits = f"{milliseconds:012x}7{number & 0xFFF:03x}8{number >> 12:015x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _flow_run(number: int, runs: int, random: Random) -> Row:
    at = START + number * STEP
    kind, name = ("RUNNING", "Running") if number >= runs - 100 else random.choice(_ENDS)
    run_id, of_flow = flow_run_id(number), f"flow-{random.randrange(_FLOWS)}"
    run: Row = {column.name: None for column in flow_run.c}
    run.update(_lifecycle(at, kind, name))
    run.update(
        id=run_id,
        flow_id=flow_id(of_flow),
        flow_name=of_flow,
        name=f"{random.choice(['brave', 'calm', 'amber'])}-{random.choice(['dove', 'fox', 'owl'])}-{number}",
        expected_start=at,
        root_flow_run_id=run_id,
        parameters="{}",
        tags='["nightly"]' if number % 10 == 0 else '["rare"]' if number % 10_007 == 1 else "[]",
        deployment_id=deployment_id(random.randrange(_DEPLOYMENTS)) if number % 2 else None,
        auto_scheduled=bool(number % 2),
        incomplete_history=False,
    )
    return run


def _lifecycle(at: int, kind: str, name: str) -> dict[str, Any]:
    return {
        "created": at,
        "state_type": kind,
        "state_name": name,
        "state_at": at + 9_000_000,
        "started": at + 20_000,
        "ended": None if kind == "RUNNING" else at + 9_000_000,
        "run_time": 9_000_000,
        "attempt": 1,
        "run_count": 1,
        "updated": at,
        "history_length": 3,
    }


def _tags(runs: list[Row]) -> Iterator[Row]:
    for run in runs:
        if run["tags"] != "[]":
            yield {"tag": run["tags"][2:-2], "expected_start": run["expected_start"], "flow_run_id": run["id"]}


def _task_runs(of: Row) -> Iterator[Row]:
    milliseconds = of["expected_start"] // 1000 + 1
    for number in range(TASK_RUNS_EACH):
        run: Row = {column.name: None for column in task_run.c}
        run.update(_lifecycle(of["expected_start"], of["state_type"], of["state_name"]))
        run.update(
            id=_id(milliseconds, number),
            flow_run_id=of["id"],
            name=f"load-{number}",
            task_name="load",
            task_key="load-1a2b3c",
            dynamic_key=number,
            tags="[]",
            flow_run_count=1,
            max_retries=0,
        )
        yield run
