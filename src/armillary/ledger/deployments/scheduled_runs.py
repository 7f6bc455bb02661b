"""Runs that wait for their time: made by a schedule or by hand, marked late, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import json
from sqlalchemy import Connection, and_, select

from armillary.core.deployments.deployment import AUTO_SCHEDULED_TAG, LATE_AFTER_SECONDS, Deployment
from armillary.core.states import SCHEDULED
from armillary.ledger.database import dialect
from armillary.ledger.database.dialect import Row
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.database.run_rows import first_state, history_line, take_state
from armillary.ledger.runs import deleting
from armillary.ledger.tables.run_tables import flow_run, flow_run_state, flow_run_tag

LATE_AFTER_MICROS = LATE_AFTER_SECONDS * 1_000_000
_LOCK = "schedules"
_AT_ONCE = 500


class NewRun(NamedTuple):
    """A run to be made. ``key`` makes it once, however often it is asked for; ``due`` is UTC microseconds."""

    id: str
    name: str
    due: int
    key: str
    schedule_id: str | None = None
    parameters: dict[str, Any] | None = None
    tags: Sequence[str] = ()


def lock_schedules(connection: Connection) -> None:
    """Be the only one who makes and takes back the runs of schedules until the transaction ends: the first of its locks."""
    dialect.lock(connection, _LOCK)


def make(connection: Connection, deployment: Deployment, wanted: Sequence[NewRun], now: int) -> list[str]:
    """Make runs of a deployment, SCHEDULED, and give the ids of those that are new."""
    keys = [each.key for each in wanted]
    known: set[str] = set()
    for start in range(0, len(keys), _AT_ONCE):
        statement = select(flow_run.c.idempotency_key).where(
            flow_run.c.flow_id == deployment.flow_id, flow_run.c.idempotency_key.in_(keys[start : start + _AT_ONCE])
        )
        known.update(str(key) for key in connection.execute(statement).scalars())
    new = [each for each in wanted if each.key not in known]
    rows = [_row(deployment, each, now) for each in new]
    dialect.insert(connection, flow_run, rows)
    dialect.insert(connection, flow_run_state, [history_line("flow_run_id", row, 0) for row in rows])
    tags = [
        {"tag": tag, "expected_start": row["expected_start"], "flow_run_id": row["id"]}
        for row in rows
        for tag in json.decode(row["tags"])
    ]
    dialect.insert_missing(connection, flow_run_tag, tags)
    outbox = Outbox(now)
    for row in rows:
        outbox.tell_run("flow_run", row, row["id"])
    outbox.number(connection)
    return [row["id"] for row in rows]


def take_back(connection: Connection, schedule_id: str, now: int) -> int:
    """Delete the runs of a schedule that are still to come and that nobody started; how many there were."""
    statement = select(flow_run.c.id).where(
        flow_run.c.schedule_id == schedule_id,
        flow_run.c.next_scheduled_start > now,
        flow_run.c.state_type == str(SCHEDULED),
        flow_run.c.attempt == 0,
    )
    for each in sorted(str(found) for found in connection.execute(statement).scalars()):
        dialect.lock(connection, each)
    still = sorted(str(found) for found in connection.execute(statement).scalars())  # an agent may have been faster
    for each in still:
        deleting.delete_flow_run(connection, each, now)
    return len(still)


def mark_late(connection: Connection, now: int) -> int:
    """Name the runs ``Late`` whose time is five seconds past; how many are new, a bounded number at a time."""
    run = flow_run.c
    late = and_(
        run.state_type == str(SCHEDULED),
        run.next_scheduled_start < now - LATE_AFTER_MICROS,
        run.state_name == "Scheduled",
    )
    roots = connection.execute(select(run.root_flow_run_id).where(late).limit(_AT_ONCE)).scalars()
    free = dialect.lock_free(connection, sorted({str(each) for each in roots}))
    found = connection.execute(select(flow_run).where(late, run.root_flow_run_id.in_(free)).limit(_AT_ONCE))
    rows = [dict(row) for row in found.mappings()]
    outbox = Outbox(now)
    for row in rows:
        take_state(
            row, SCHEDULED, "Late", None, max(now, row["state_at"]), row["run_count"], row["next_scheduled_start"]
        )
        outbox.tell_run("flow_run", row, row["id"])
    dialect.upsert(connection, flow_run, rows)
    dialect.insert(connection, flow_run_state, [history_line("flow_run_id", row, row["attempt"]) for row in rows])
    outbox.number(connection)
    return len(rows)


def _row(deployment: Deployment, wanted: NewRun, now: int) -> Row:
    tags = [*deployment.tags, *wanted.tags, *([AUTO_SCHEDULED_TAG] if wanted.schedule_id else [])]
    parameters = {**deployment.parameters, **(wanted.parameters or {})}
    state = first_state(SCHEDULED, "Scheduled", None, now)
    return {
        "id": wanted.id,
        "flow_id": deployment.flow_id,
        "flow_name": deployment.flow_name,
        "name": wanted.name,
        "expected_start": wanted.due,
        "created": now,
        "root_flow_run_id": wanted.id,
        "parameters": json.encode(parameters).decode(),
        "tags": json.encode(list(dict.fromkeys(tags))).decode(),
        "attempt": 0,
        "flow_version": deployment.version,
        "task_runner": None,
        "parent_flow_run_id": None,
        "parent_task_run_id": None,
        "deployment_id": deployment.id,
        "schedule_id": wanted.schedule_id,
        "idempotency_key": wanted.key,
        "entrypoint": deployment.entrypoint,
        "auto_scheduled": wanted.schedule_id is not None,
        "incomplete_history": False,
        "parameter_hashes": None,
        **state,
        "next_scheduled_start": wanted.due,
    }
