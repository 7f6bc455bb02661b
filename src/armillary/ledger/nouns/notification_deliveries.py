"""What is to be told, to whom, and whether it was: once for each policy and state change, whoever looks, and however often."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import json
from sqlalchemy import ColumnElement, Connection, select, update

from armillary.clock import to_us
from armillary.core.deployments.notification_policy import NotificationPolicy, matches
from armillary.core.runs.flow_run import FlowRun
from armillary.ledger.database import dialect
from armillary.ledger.runs import flow_runs
from armillary.ledger.tables.run_tables import flow_run, flow_run_state, outbox
from armillary.ledger.tables.server_tables import notification_delivery

MOST_TRIES = 10
LEASE_MICROS = 60_000_000
_FIRST_PAUSE_MICROS = 5_000_000
_LONGEST_PAUSE_MICROS = 3_600_000_000
_RUNS_AT_ONCE = 500


class Due(NamedTuple):
    """One delivery to make: of which policy, and the state that its run took."""

    policy_id: str
    flow_run: FlowRun
    sequence: int
    state_type: str
    state_name: str
    state_message: str | None
    state_at: int


def note(connection: Connection, policies: list[NotificationPolicy], after: int, now: int) -> tuple[int, int]:
    """Write down what the policies tell of state changes behind the outbox's number ``after``, a bounded number of runs at a
    time. What happened before a policy was made, changed or resumed it does not tell. Noted again, it is noted once. The number to go on from, and how many there were."""
    table = outbox
    changed = connection.execute(
        select(table.c.number, table.c.entity_id)
        .where(table.c.number > after, table.c.kind == "flow_run")
        .order_by(table.c.number)
        .limit(_RUNS_AT_ONCE)
    ).all()
    if not changed:
        return after, 0
    ids = sorted({str(row.entity_id) for row in changed})
    line = flow_run_state
    since = min(to_us(policy.updated) for policy in policies if policy.updated is not None)
    states = connection.execute(
        select(line.c.flow_run_id, line.c.sequence, line.c.type, line.c.name, line.c.at, flow_run.c.tags)
        .join(flow_run, flow_run.c.id == line.c.flow_run_id)
        .where(line.c.flow_run_id.in_(ids), line.c.applied, line.c.at >= since)
    ).all()
    noted = [
        {
            "notification_policy_id": policy.id,
            "flow_run_id": state.flow_run_id,
            "sequence": state.sequence,
            "tries": 0,
            "next_try": now,
            "delivered": None,
            "error": None,
            "created": now,
        }
        for state in states
        for policy in policies
        if policy.updated is not None
        and state.at >= to_us(policy.updated)
        and matches(policy, state.type, state.name, json.decode(state.tags))
    ]
    dialect.insert_missing(connection, notification_delivery, noted)
    return changed[-1].number, len(noted)


def take_due(connection: Connection, policy_ids: list[str], now: int, most: int) -> list[Due]:
    """Deliveries of these policies whose time has come. They are this caller's for a minute; then, if it says nothing, they are
    due again."""
    table = notification_delivery
    line = flow_run_state
    found = connection.execute(
        select(table, line.c.type, line.c.name, line.c.message, line.c.at)
        .join(line, (line.c.flow_run_id == table.c.flow_run_id) & (line.c.sequence == table.c.sequence))
        .where(table.c.next_try <= now, table.c.notification_policy_id.in_(policy_ids))
        .order_by(table.c.next_try)
        .limit(most)
    ).all()
    due = []
    for row in found:
        run = flow_runs.get(connection, row.flow_run_id)
        _set(connection, row.notification_policy_id, row.flow_run_id, row.sequence, next_try=now + LEASE_MICROS)
        if run is not None:
            due.append(Due(row.notification_policy_id, run, row.sequence, row.type, row.name, row.message, row.at))
    return due


def keep(connection: Connection, due: Due, now: int) -> None:
    """It is still under way."""
    _set(connection, due.policy_id, due.flow_run.id, due.sequence, next_try=now + LEASE_MICROS)


def delivered(connection: Connection, due: Due, now: int) -> None:
    _set(connection, due.policy_id, due.flow_run.id, due.sequence, next_try=None, delivered=now, error=None)


def failed(connection: Connection, due: Due, error: str, now: int) -> None:
    """It is tried again, ever later; after the tenth time it is given up, with the error kept."""
    table = notification_delivery
    tries = connection.execute(select(table.c.tries).where(*_key(due))).scalar()
    if tries is None:
        return  # its policy is gone
    pause = min(_FIRST_PAUSE_MICROS * 2**tries, _LONGEST_PAUSE_MICROS)
    again = None if tries + 1 >= MOST_TRIES else now + pause
    _set(connection, due.policy_id, due.flow_run.id, due.sequence, tries=tries + 1, next_try=again, error=error[:1000])


def _key(due: Due) -> tuple[ColumnElement[bool], ...]:
    table = notification_delivery.c
    return (
        table.notification_policy_id == due.policy_id,
        table.flow_run_id == due.flow_run.id,
        table.sequence == due.sequence,
    )


def _set(connection: Connection, policy_id: str, flow_run_id: str, sequence: int, **values: object) -> None:
    table = notification_delivery
    connection.execute(
        update(table)
        .where(
            table.c.notification_policy_id == policy_id,
            table.c.flow_run_id == flow_run_id,
            table.c.sequence == sequence,
        )
        .values(**values)
    )
