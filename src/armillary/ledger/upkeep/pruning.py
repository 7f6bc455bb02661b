"""Retention: old finished runs go, a little at a time, so that nobody waits long for the database."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Select, delete, exists, func, select

from armillary.core.pruned import Pruned
from armillary.core.states import TERMINAL
from armillary.ledger.database.opening import Ledger
from armillary.ledger.runs import deleting
from armillary.ledger.tables.run_tables import flow_run, task_run, tombstone

_FINISHED = sorted(str(kind) for kind in TERMINAL)
_TASK_RUNS_AT_ONCE = 2_000
TOMBSTONES_KEPT_MICROS = 30 * 86_400_000_000


def prune(
    ledger: Ledger,
    ended_before: int,
    now: int,
    *,
    dry_run: bool = False,
    progress: Callable[[Pruned], None] | None = None,
) -> Pruned:
    """Delete root runs that ended before ``ended_before`` (UTC microseconds), each with all runs below it, oldest first.
    A run goes only when every run below it has ended too. ``dry_run`` only counts.

    Interrupted at any moment it leaves whole runs, or one that the next call takes up where this one stopped.
    """
    pruned = Pruned()
    if dry_run:
        with ledger.read(None) as connection:
            return _counted(connection, ended_before)
    while True:
        with ledger.read(None) as connection:
            ids = _oldest(connection, ended_before)
            many = _task_runs_of(connection, ids)
        if not ids:
            break
        with ledger.write() as connection:
            deleting.bury(connection, ids, now)
        done = False
        while not done:
            with ledger.write() as connection:
                done = deleting.delete_part(connection, ids, _TASK_RUNS_AT_ONCE)
        pruned.flow_runs += len(ids)
        pruned.task_runs += many
        if progress is not None:
            progress(pruned)
    with ledger.write() as connection:
        connection.execute(delete(tombstone).where(tombstone.c.deleted < now - TOMBSTONES_KEPT_MICROS))
    if pruned.flow_runs:
        ledger.give_back_space()
    return pruned


def old_roots(ended_before: int) -> Select[tuple[str]]:
    """Ids of the finished root runs that ended before, with nothing unfinished below them, oldest first."""
    below = flow_run.alias("below")
    unfinished = exists().where(below.c.root_flow_run_id == flow_run.c.id, below.c.state_type.not_in(_FINISHED))
    return (
        select(flow_run.c.id)
        .where(
            flow_run.c.ended < ended_before,
            flow_run.c.state_type.in_(_FINISHED),
            flow_run.c.parent_flow_run_id.is_(None),
            ~unfinished,
        )
        .order_by(flow_run.c.ended)
    )


def _oldest(connection: Connection, ended_before: int) -> list[str]:
    root = connection.execute(old_roots(ended_before).limit(1)).scalar()
    return [] if root is None else deleting.below(connection, str(root))


def _task_runs_of(connection: Connection, ids: list[str]) -> int:
    return sum(
        connection.execute(
            select(func.count()).select_from(task_run).where(task_run.c.flow_run_id == each)
        ).scalar_one()
        for each in ids
    )


def _counted(connection: Connection, ended_before: int) -> Pruned:
    roots = old_roots(ended_before).order_by(None)
    runs = select(flow_run.c.id).where(flow_run.c.root_flow_run_id.in_(roots))
    task_runs = select(func.count()).select_from(task_run).where(task_run.c.flow_run_id.in_(runs))
    return Pruned(
        connection.execute(select(func.count()).select_from(runs.subquery())).scalar_one(),
        connection.execute(task_runs).scalar_one(),
    )
