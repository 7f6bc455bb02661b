"""Deployments and their schedules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from msgspec import json
from sqlalchemy import Connection, RowMapping, delete, select, update

from armillary.clock import to_datetime
from armillary.core.deployments.deployment import Catchup, Deployment, DeploymentSchedule, OnCollision
from armillary.core.errors import InvalidSchedule, NotFound, did_you_mean
from armillary.core.page import Page
from armillary.core.rules.schema_work import check_schema
from armillary.core.schedules.schedule import from_document
from armillary.ledger.database import dialect
from armillary.ledger.database.checks import is_id
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.deployments import scheduled_runs
from armillary.ledger.querying.paging import LARGEST_PAGE, Order, next_cursor, paged
from armillary.ledger.tables.deployment_tables import deployment, schedule
from armillary.ledger.tables.run_tables import flow

BY_NAME = Order("name", (deployment.c.flow_name, deployment.c.name, deployment.c.id), descending=False)


def save(connection: Connection, wanted: Deployment, now: int) -> Deployment:
    """Make a deployment, or replace the one of that flow and name: its id stays, and so does a pause; the runs its schedules
    made and nobody started are made anew. The flow is declared where it is not known. Raises TooLarge for a parameter schema that takes
    too much work to check."""
    check_schema(wanted.parameter_schema, "parameter_schema")
    scheduled_runs.lock_schedules(connection)
    old = _row(connection, wanted.flow_id, wanted.name)
    kept = wanted.id if old is None else old["id"]
    created = now if old is None else old["created"]
    named = {"id": wanted.flow_id, "name": wanted.flow_name, "description": None, "tags": "[]"}
    dialect.insert_missing(connection, flow, [{**named, "created": now, "updated": now, "declared_by": None}])
    row = {
        "id": kept,
        "name": wanted.name,
        "flow_id": wanted.flow_id,
        "flow_name": wanted.flow_name,
        "description": wanted.description,
        "version": wanted.version,
        "entrypoint": wanted.entrypoint,
        "flow_location": wanted.flow_location,
        "storage_block_id": wanted.storage_block_id,
        "project_hash": wanted.project_hash,
        "flow_runner": _text(wanted.flow_runner),
        "parameters": _text(wanted.parameters),
        "parameter_schema": _text(wanted.parameter_schema),
        "tags": _text(wanted.tags),
        "work_queue_name": wanted.work_queue_name,
        "paused": wanted.paused if old is None else old["paused"],
        "concurrency_limit": wanted.concurrency_limit,
        "on_collision": str(wanted.on_collision),
        "crash_retries": wanted.crash_retries,
        "created": created,
        "updated": now,
    }
    dialect.upsert(connection, deployment, [row])
    _replace_schedules(connection, kept, wanted.schedules, now)
    _tell(connection, kept, row, now)
    return get(connection, kept)


def get(connection: Connection, deployment_id: str) -> Deployment:
    """Raises NotFound."""
    row = connection.execute(select(deployment).where(deployment.c.id == deployment_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no deployment {deployment_id!r}.", subject=deployment_id)
    return _records(connection, [row])[0]


def find(connection: Connection, words: str) -> Deployment:
    """The deployment of that id or ``flow/name``; a name alone where only one has it. Raises NotFound with the nearest."""
    table = deployment
    flow_name, slash, name = words.rpartition("/")
    condition = table.c.id == words if is_id(words) else table.c.name == name
    statement = select(table).where(condition)
    found = connection.execute(statement.where(table.c.flow_name == flow_name) if slash else statement).mappings().all()
    if len(found) == 1:
        return _records(connection, found)[0]
    known = [f"{row.flow_name}/{row.name}" for row in connection.execute(select(table.c.flow_name, table.c.name))]
    if found:
        raise NotFound(
            f"{len(found)} deployments are named {words!r}.", subject=words, advice=f"Say flow/name: {', '.join(known)}"
        )
    raise NotFound(
        f"There is no deployment {words!r}.",
        subject=words,
        advice=did_you_mean(words, known) if known else "Make one: armillary deployment create FILE",
    )


def page(connection: Connection, *, limit: int = 200, after: str | None = None) -> Page[Deployment]:
    """Deployments by flow and name."""
    found = connection.execute(paged(select(deployment), BY_NAME, limit, after)).mappings().all()
    return Page(_records(connection, found[:limit]), next_cursor(found, BY_NAME, limit))


def every(connection: Connection) -> Iterator[Deployment]:
    """All of them, by name."""
    after: str | None = None
    while True:
        found = page(connection, limit=LARGEST_PAGE, after=after)
        yield from found.items
        after = found.after
        if after is None:
            return


def set_paused(connection: Connection, deployment_id: str, paused: bool, now: int) -> Deployment:
    """A pause takes back the runs that schedules made and nobody started; going on makes those of the time from now on."""
    scheduled_runs.lock_schedules(connection)
    found = get(connection, deployment_id)
    if found.paused != paused:
        connection.execute(
            update(deployment).where(deployment.c.id == deployment_id).values(paused=paused, updated=now)
        )
        for each in found.schedules:
            _begin_again(connection, each.id, now)
    return get(connection, deployment_id)


def set_schedules(
    connection: Connection, deployment_id: str, wanted: Sequence[DeploymentSchedule], now: int
) -> Deployment:
    """Give it these schedules. One that it has already stays with its runs, or is only paused or resumed; runs that others made and
    nobody started go."""
    scheduled_runs.lock_schedules(connection)
    left = get(connection, deployment_id).schedules
    lacking = []
    for position, each in enumerate(wanted):
        same = next((old for old in left if (old.rule, old.catchup) == (each.rule, each.catchup)), None)
        if same is None:
            lacking.append((position, each))
            continue
        left.remove(same)
        connection.execute(
            update(schedule).where(schedule.c.id == same.id).values(position=position, active=each.active, updated=now)
        )
        if same.active != each.active:
            _begin_again(connection, same.id, now)
    _remove_schedules(connection, [old.id for old in left], now)
    _insert_schedules(connection, deployment_id, lacking, now)
    return get(connection, deployment_id)


def remove(connection: Connection, deployment_id: str, now: int) -> Deployment:
    """Take a deployment away with its schedules and the runs nobody started. What ran stays. Raises NotFound."""
    scheduled_runs.lock_schedules(connection)
    found = get(connection, deployment_id)
    for each in found.schedules:
        scheduled_runs.take_back(connection, each.id, now)
    connection.execute(delete(schedule).where(schedule.c.deployment_id == deployment_id))
    connection.execute(delete(deployment).where(deployment.c.id == deployment_id))
    return found


def _replace_schedules(
    connection: Connection, deployment_id: str, wanted: Sequence[DeploymentSchedule], now: int
) -> None:
    old = connection.execute(select(schedule.c.id).where(schedule.c.deployment_id == deployment_id)).scalars().all()
    _remove_schedules(connection, old, now)
    _insert_schedules(connection, deployment_id, list(enumerate(wanted)), now)


def _remove_schedules(connection: Connection, ids: Sequence[str], now: int) -> None:
    for each in ids:
        scheduled_runs.take_back(connection, each, now)
    connection.execute(delete(schedule).where(schedule.c.id.in_(ids)))


def _insert_schedules(
    connection: Connection, deployment_id: str, wanted: Sequence[tuple[int, DeploymentSchedule]], now: int
) -> None:
    dialect.insert(
        connection,
        schedule,
        [
            {
                "id": each.id,
                "deployment_id": deployment_id,
                "position": position,
                "rule": _text(each.rule),
                "catchup": str(each.catchup),
                "active": each.active,
                "scheduled_through": now,
                "created": now,
                "updated": now,
            }
            for position, each in wanted
        ],
    )


def _begin_again(connection: Connection, schedule_id: str, now: int) -> None:
    scheduled_runs.take_back(connection, schedule_id, now)
    connection.execute(update(schedule).where(schedule.c.id == schedule_id).values(scheduled_through=now))


def _row(connection: Connection, flow_id: str, name: str) -> RowMapping | None:
    statement = select(deployment).where(deployment.c.flow_id == flow_id, deployment.c.name == name)
    return connection.execute(statement).mappings().first()


def _records(connection: Connection, rows: Sequence[RowMapping]) -> list[Deployment]:
    ids = [row["id"] for row in rows]
    found: dict[str, list[DeploymentSchedule]] = {each: [] for each in ids}
    statement = select(schedule).where(schedule.c.deployment_id.in_(ids)).order_by(schedule.c.position)
    for row in connection.execute(statement).mappings():
        rule = json.decode(row["rule"])
        through = row["scheduled_through"]
        found[row["deployment_id"]].append(
            DeploymentSchedule(
                row["id"],
                rule,
                _words(row["rule"]),
                Catchup(row["catchup"]),
                row["active"],
                None if through is None else to_datetime(through),
            )
        )
    return [_record(row, found[row["id"]]) for row in rows]


@lru_cache(maxsize=4_096)
def _words(rule: str) -> str:
    """Of a rule that another release took and this one does not, the reason."""
    try:
        return from_document(json.decode(rule)).words()
    except InvalidSchedule as problem:
        return f"Never: {problem.message}"


def _record(row: RowMapping, schedules: list[DeploymentSchedule]) -> Deployment:
    return Deployment(
        id=row["id"],
        name=row["name"],
        flow_id=row["flow_id"],
        flow_name=row["flow_name"],
        entrypoint=row["entrypoint"],
        created=to_datetime(row["created"]),
        updated=to_datetime(row["updated"]),
        description=row["description"],
        version=row["version"],
        flow_runner=json.decode(row["flow_runner"]),
        parameters=json.decode(row["parameters"]),
        parameter_schema=json.decode(row["parameter_schema"]),
        tags=json.decode(row["tags"]),
        schedules=schedules,
        work_queue_name=row["work_queue_name"],
        paused=row["paused"],
        concurrency_limit=row["concurrency_limit"],
        on_collision=OnCollision(row["on_collision"]),
        crash_retries=row["crash_retries"],
        flow_location=row["flow_location"],
        storage_block_id=row["storage_block_id"],
        project_hash=row["project_hash"],
    )


def _tell(connection: Connection, deployment_id: str, row: dict[str, Any], now: int) -> None:
    outbox = Outbox(now)
    outbox.tell("deployment", deployment_id, None, {"name": row["name"], "flow_name": row["flow_name"]})
    outbox.number(connection)


def _text(value: Any) -> str:
    return json.encode(value).decode()
