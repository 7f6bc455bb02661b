"""When an owner is gone: what it left unfinished below a root run is settled, in one go."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from armillary.core.rules.crash import after_owner_death
from armillary.core.rules.ownership import SUSPENDED
from armillary.core.states import (
    CRASHED,
    NAMES,
    PAUSED,
    SCHEDULED,
    TERMINAL,
    StateType,
    can_move,
)
from armillary.ledger.database import dialect, run_rows
from armillary.ledger.database.dialect import Row
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.database.run_rows import history_line, take_state
from armillary.ledger.runs.task_counts import TaskCounts
from armillary.ledger.tables import run_tables

_FINISHED = sorted(str(kind) for kind in TERMINAL)
_IDS_AT_ONCE = 500


def settle(
    connection: Connection,
    root_flow_run_id: str,
    attempt: int,
    now: int,
    *,
    presumed: bool = False,
    handed_back: bool = False,
    outbox: Outbox | None = None,
) -> int:
    """Give every unfinished run at and below a root the state that its owner's death means, and say how many there were.

    Nothing happens when ``attempt`` is not the root's current one: a newer owner has the run. ``presumed``: the owner only
    fell silent, and what it may yet report replaces this. ``handed_back``: the owner closed its journal, so a root it
    left scheduled waits for its next owner and stays, as one it suspended does. Asking twice changes nothing.
    """
    dialect.lock(connection, root_flow_run_id)
    roots = run_rows.load(connection, run_tables.flow_run, [root_flow_run_id])
    if not roots or roots[0]["attempt"] != attempt:
        return 0
    if _is_left(roots[0], handed_back):
        return 0
    return settle_below(connection, root_flow_run_id, attempt, now, presumed=presumed, outbox=outbox)


def _is_left(root: Row, handed_back: bool) -> bool:
    """Whether the owner let the run go on purpose. Suspending it is the last thing an owner does, so its death says nothing."""
    kind = StateType(root["state_type"])
    return (kind is SCHEDULED and handed_back) or (kind is PAUSED and root["state_name"] == SUSPENDED)


def settle_late(connection: Connection, root: Row, now: int, outbox: Outbox) -> None:
    """A run that waits to be started again goes on to another owner, or to its end: what the owner before it reported since then,
    and left unfinished, is settled. For who has the root's lock."""
    if StateType(root["state_type"]) is SCHEDULED and root["before_crash"] is not None:
        settle_below(connection, root["id"], root["attempt"] - 1, now, outbox=outbox, but_root=True)


def settle_below(
    connection: Connection,
    root_flow_run_id: str,
    attempt: int,
    now: int,
    *,
    presumed: bool = False,
    outbox: Outbox | None = None,
    but_root: bool = False,
) -> int:
    """``settle`` for who has the root's lock and knows that the owner is gone."""
    told = outbox or Outbox(now)
    flow_runs = _unfinished_flow_runs(connection, root_flow_run_id)
    if but_root:
        flow_runs = [run for run in flow_runs if run["id"] != root_flow_run_id]
    task_runs = _unfinished_task_runs(connection, root_flow_run_id)
    flow_run_states = [_end(run, "flow_run_id", attempt, now, presumed) for run in flow_runs]
    # A subflow's node takes the state of the flow run it stands for, which may have ended just before its owner did.
    children = run_rows.load(
        connection, run_tables.flow_run, [run["child_flow_run_id"] for run in task_runs if run["child_flow_run_id"]]
    )
    ended = {run["id"]: run for run in [*children, *flow_runs]}
    counts = TaskCounts()
    task_run_states = []
    for run in task_runs:
        before = run["state_type"]
        task_run_states.append(_end(run, "task_run_id", attempt, now, presumed, ended.get(run["child_flow_run_id"])))
        counts.move(run, before)
    dialect.upsert(connection, run_tables.flow_run, flow_runs)
    dialect.upsert(connection, run_tables.task_run, task_runs)
    dialect.insert(connection, run_tables.flow_run_state, flow_run_states)
    dialect.insert(connection, run_tables.task_run_state, task_run_states)
    counts.write(connection)
    for run in flow_runs:
        told.tell_run("flow_run", run, root_flow_run_id)
    for run in task_runs:
        told.tell_run("task_run", run, root_flow_run_id)
    if outbox is None:
        told.number(connection)
    return len(flow_runs) + len(task_runs)


def unfinished(connection: Connection, roots: Sequence[str]) -> set[str]:
    """Those of these root runs that have anything unfinished at or below them."""
    run, group = run_tables.flow_run.c, run_tables.task_group.c
    found: set[str] = set()
    for start in range(0, len(roots), _IDS_AT_ONCE):
        part = roots[start : start + _IDS_AT_ONCE]
        flow_runs = select(run.root_flow_run_id).where(run.root_flow_run_id.in_(part), run.state_type.not_in(_FINISHED))
        task_runs = (
            select(run.root_flow_run_id)
            .join(run_tables.task_group, group.flow_run_id == run.id)
            .where(run.root_flow_run_id.in_(part), group.state_type.not_in(_FINISHED), group.task_runs > 0)
        )
        found.update(connection.execute(flow_runs.union(task_runs)).scalars())
    return found


def _unfinished_flow_runs(connection: Connection, root: str) -> list[Row]:
    table = run_tables.flow_run
    statement = (
        select(table).where(table.c.root_flow_run_id == root, table.c.state_type.not_in(_FINISHED)).order_by(table.c.id)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def _unfinished_task_runs(connection: Connection, root: str) -> list[Row]:
    table, flow_run = run_tables.task_run, run_tables.flow_run
    inside = select(flow_run.c.id).where(flow_run.c.root_flow_run_id == root)
    statement = (
        select(table).where(table.c.flow_run_id.in_(inside), table.c.state_type.not_in(_FINISHED)).order_by(table.c.id)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def _end(run: Row, key: str, attempt: int, now: int, presumed: bool, child: Row | None = None) -> Row:
    before = run["state_type"]
    if (
        child is not None
        and child["state_type"] in TERMINAL
        and can_move(StateType(before), StateType(child["state_type"]))
    ):
        kind, name, message = StateType(child["state_type"]), child["state_name"], child["state_message"]
    else:
        decided = after_owner_death(StateType(before))
        assert decided is not None  # only unfinished runs are loaded
        kind, message = decided
        name = NAMES[kind][0]
    take_state(run, kind, name, message, max(now, run["state_at"]), run["run_count"])
    run["before_crash"] = before if presumed and kind is CRASHED else None
    return history_line(key, run, attempt)
