"""Tokens of attempts, kept as hashes beside what a worker holds: a token is good as long as its run is held."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from armillary.ledger.tables.deployment_tables import deployment, held_attempt
from armillary.ledger.tables.run_tables import flow_run, ingest_cursor, task_run
from armillary.ledger.tables.server_tables import slot


@dataclass(frozen=True, slots=True)
class HeldAttempt:
    """The root run and attempt a worker holds."""

    flow_run_id: str
    attempt: int


def with_hash(connection: Connection, hashed: str) -> HeldAttempt | None:
    """What the token of that hash speaks for, if it is still good."""
    table = held_attempt
    statement = select(table.c.flow_run_id, table.c.attempt).where(table.c.token_hash == hashed)
    row = connection.execute(statement).first()
    return None if row is None else HeldAttempt(row.flow_run_id, row.attempt)


def is_over(connection: Connection, of: HeldAttempt) -> bool:
    """Whether the run is known and no worker holds that attempt of it any more."""
    run = flow_run.c
    known = connection.execute(select(run.attempt).where(run.id == of.flow_run_id)).scalar()
    if known is None or known < of.attempt:
        return False
    held = held_attempt.c
    still = select(held.attempt).where(held.flow_run_id == of.flow_run_id, held.attempt == of.attempt)
    return connection.execute(still).first() is None


def root_of_flow_run(connection: Connection, flow_run_id: str) -> str | None:
    """The root run above a flow run; None for one nobody knows."""
    return connection.execute(select(flow_run.c.root_flow_run_id).where(flow_run.c.id == flow_run_id)).scalar()


def root_of_task_run(connection: Connection, task_run_id: str) -> str | None:
    """The root run above a task run; None for one nobody knows."""
    statement = (
        select(flow_run.c.root_flow_run_id)
        .join(task_run, task_run.c.flow_run_id == flow_run.c.id)
        .where(task_run.c.id == task_run_id)
    )
    return connection.execute(statement).scalar()


def slots_root(connection: Connection, task_run_id: str) -> str | None:
    """The root run for which a task run's slots were taken; None when it holds none."""
    return connection.execute(select(slot.c.root_flow_run_id).where(slot.c.run_id == task_run_id)).scalar()


def of_journals(connection: Connection, journal_ids: list[str]) -> set[HeldAttempt]:
    """Whose journals these are, as far as anything of them is known."""
    table = ingest_cursor
    statement = select(table.c.root_flow_run_id, table.c.attempt).where(table.c.journal_id.in_(journal_ids)).distinct()
    return {HeldAttempt(row.root_flow_run_id, row.attempt) for row in connection.execute(statement)}


def storage_block_of(connection: Connection, flow_run_id: str) -> str | None:
    """The storage block that the deployment of a flow run names."""
    statement = (
        select(deployment.c.storage_block_id)
        .join(flow_run, flow_run.c.deployment_id == deployment.c.id)
        .where(flow_run.c.id == flow_run_id)
    )
    return connection.execute(statement).scalar()
