"""Reads a flow run's graph, and brings one that is known up to date.

seen = graph_reading.read(connection, flow_run_id)          # 0.6 s for 100,000 task runs: keep it
graph_reading.bring_up_to_date(connection, seen)            # and let the outbox say what has changed since

Changes are in the outbox, numbered: they are laid over what is known, and task runs that are new are read. Where the outbox does
not reach back far enough, or a new try has begun, the graph is to be read whole again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from sys import intern
from typing import Any

from sqlalchemy import Connection, func, select

from armillary.core.errors import InvalidOption, NotFound
from armillary.journal.format.events import STATE_LANE
from armillary.ledger.database import outbox
from armillary.ledger.database.outbox import Change
from armillary.ledger.tables.run_tables import edge, flow_run, ingest_cursor, task_run
from armillary.ledger.views.kept_graph import SeenGraph, SeenTaskRun, Try

_IDS_AT_ONCE = 400
_MOST_CHANGES = 20_000
_FARTHEST_BACK = 100_000
"""Numbers: past that, going through what all other runs have said takes longer than reading this one."""

_COLUMNS = tuple(task_run.c[name] for name in SeenTaskRun._fields)


def version(connection: Connection, flow_run_id: str) -> str:
    """A text that changes with whatever a journal says of the flow run or of one beside it. Raises NotFound."""
    run = connection.execute(
        select(flow_run.c.root_flow_run_id, flow_run.c.updated, flow_run.c.history_length).where(
            flow_run.c.id == flow_run_id
        )
    ).first()
    if run is None:
        raise NotFound(f"There is no flow run {flow_run_id!r}.", subject=flow_run_id)
    root = connection.execute(
        select(flow_run.c.updated, flow_run.c.history_length).where(flow_run.c.id == run.root_flow_run_id)
    ).first()
    said = connection.execute(
        select(func.count(), func.sum(ingest_cursor.c.next_ordinal)).where(
            ingest_cursor.c.root_flow_run_id == run.root_flow_run_id, ingest_cursor.c.lane == STATE_LANE
        )
    ).one()
    return "-".join(str(part or 0) for part in (run.updated, run.history_length, *(root or ()), *said))


def read(connection: Connection, flow_run_id: str, run_try: int | None = None, current: str | None = None) -> SeenGraph:
    """``current`` is its :func:`version` where the connection has read that already. ``run_try`` counts the tries of the flow run from 1, over all attempts; None means the latest. Raises NotFound, and
    InvalidOption for a try that was not."""
    current = version(connection, flow_run_id) if current is None else current
    # The number first: a change that is read and told again does no harm, one that is neither would.
    number = outbox.newest(connection)
    tries = _tries(connection, flow_run_id)
    if run_try is not None and not 1 <= run_try <= max(len(tries), 1):
        raise InvalidOption(f"The flow run has had {len(tries)} tries.", subject="run_try", advice="Count from 1.")
    wanted = run_try or max(len(tries), 1)
    statement = select(*_COLUMNS).where(task_run.c.flow_run_id == flow_run_id)
    if len(tries) > 1:
        attempt, flow_run_count = tries[wanted - 1]
        statement = statement.where(task_run.c.attempt == attempt, task_run.c.flow_run_count == flow_run_count)
    found = [_seen(row) for row in connection.execute(statement.order_by(task_run.c.id))]
    run = connection.execute(
        select(
            func.coalesce(flow_run.c.started, flow_run.c.created).label("origin"),
            flow_run.c.root_flow_run_id,
            flow_run.c.run_count,
        ).where(flow_run.c.id == flow_run_id)
    ).one()
    place_of = {each.id: place for place, each in enumerate(found)}
    pairs = connection.execute(
        select(edge.c.task_run_id, edge.c.upstream_task_run_id).where(edge.c.flow_run_id == flow_run_id)
    )
    upstreams: list[Sequence[int]] = [()] * len(found)
    for place, above in _above(pairs, found, place_of).items():
        upstreams[place] = above
    return SeenGraph(
        flow_run_id,
        run.root_flow_run_id,
        version=current,
        number=number,
        origin=run.origin,
        flow_run_count=run.run_count,
        run_try=wanted,
        tries=tries,
        task_runs=found,
        place_of=place_of,
        upstreams=upstreams,
    )


def bring_up_to_date(connection: Connection, seen: SeenGraph, current: str | None = None) -> bool:
    """Lay over a graph what has changed since its number. ``current`` as for :func:`read`. False: it must be read whole, and is of no
    more use."""
    current = version(connection, seen.flow_run_id) if current is None else current
    if current == seen.version:
        return True
    newest = outbox.newest(connection)
    if newest < seen.number:
        return True  # somebody whose reading began later has brought it further already
    if newest - seen.number > _FARTHEST_BACK or outbox.oldest(connection) > seen.number + 1:
        return False
    changes = outbox.of_root(connection, seen.root_flow_run_id, seen.number, _MOST_CHANGES + 1)
    if len(changes) > _MOST_CHANGES:
        return False
    seen.version, seen.number = current, newest
    new: dict[str, None] = {}
    for change in changes:
        if change.facts.get("deleted") or _begins_anew(change, seen):
            return False
        if change.kind == "flow_run":
            _mark(seen, seen.node_of_child(change.entity_id), change.number)
        elif change.kind == "task_run" and change.facts["flow_run_id"] != seen.flow_run_id:
            _mark(seen, seen.node_of_child(change.facts["flow_run_id"]), change.number)
        elif change.kind == "task_run":
            place = seen.place_of.get(change.entity_id)
            if place is None:
                new[change.entity_id] = None
            else:
                seen.change(place, _changed(seen.task_runs[place], change.facts), change.number)
    return not new or _extended(connection, seen, list(new))


def _begins_anew(change: Change, seen: SeenGraph) -> bool:
    """Whether the flow run itself has begun, or begins another time."""
    if change.kind != "flow_run" or change.entity_id != seen.flow_run_id:
        return False
    facts = change.facts
    return bool(facts.get("run_count") != seen.flow_run_count or (facts["started"] or seen.origin) != seen.origin)


def _seen(columns: Sequence[Any]) -> SeenTaskRun:
    """Names of tasks and states are the same few texts in all of them, and are kept once."""
    run_id, name, task_key, task_name, state_type, state_name, *rest = columns
    return SeenTaskRun(run_id, name, intern(task_key), intern(task_name), intern(state_type), intern(state_name), *rest)


def _changed(run: SeenTaskRun, facts: dict[str, Any]) -> SeenTaskRun:
    return SeenTaskRun(
        run.id,
        facts["name"],
        run.task_key,
        run.task_name,
        intern(facts["state_type"]),
        intern(facts["state_name"]),
        facts["started"],
        facts["ended"],
        facts["run_count"],
        run.child_flow_run_id,
        run.parent_task_run_id,
    )


def _mark(seen: SeenGraph, node: int | None, number: int) -> None:
    if node is not None:
        seen.changed[node] = number


def _extended(connection: Connection, seen: SeenGraph, new: Sequence[str]) -> bool:
    """With task runs that have come, and what they depend on and what was waiting for them to be known."""
    added: list[SeenTaskRun] = []
    pairs: list[Any] = []
    for start in range(0, len(new), _IDS_AT_ONCE):
        part = new[start : start + _IDS_AT_ONCE]
        statement = select(*_COLUMNS, task_run.c.attempt, task_run.c.flow_run_count).where(task_run.c.id.in_(part))
        for *columns, attempt, flow_run_count in connection.execute(statement):
            if Try(attempt, flow_run_count) not in seen.tries:
                return False
            if Try(attempt, flow_run_count) == seen.tries[seen.run_try - 1]:
                added.append(_seen(columns))
        # Two statements: each has an index of its own, with "or" all edges of the flow run would be gone through.
        ends = select(edge.c.task_run_id, edge.c.upstream_task_run_id).where(edge.c.flow_run_id == seen.flow_run_id)
        pairs += connection.execute(ends.where(edge.c.task_run_id.in_(part)))
        pairs += connection.execute(ends.where(edge.c.upstream_task_run_id.in_(part)))
    added.sort(key=lambda run: run.id)
    first = len(seen.task_runs)
    if added and first and added[0].id < seen.task_runs[-1].id:
        return False  # not in order of creation
    seen.place_of.update((run.id, place) for place, run in enumerate(added, first))
    above = _above(pairs, added, seen.place_of)
    known = seen.upstreams
    seen.extend(
        added,
        [above.get(place, ()) for place in range(first, first + len(added))],
        {place: tuple({*known[place], *more}) for place, more in above.items() if place < first},
    )
    return True


def _tries(connection: Connection, flow_run_id: str) -> list[Try]:
    return [
        Try(attempt, count)
        for attempt, count in connection.execute(
            select(task_run.c.attempt, task_run.c.flow_run_count)
            .where(task_run.c.flow_run_id == flow_run_id)
            .distinct()
            .order_by(task_run.c.attempt, task_run.c.flow_run_count)
        )
    ]


def _above(pairs: Iterable[Any], added: Iterable[SeenTaskRun], place_of: dict[str, int]) -> dict[int, Sequence[int]]:
    """The places of upstreams, by place, of (downstream, upstream) pairs. A task run called inside another one comes after it as
    after an upstream."""
    found: dict[int, Any] = {}
    for downstream, upstream in pairs:
        below, above = place_of.get(downstream), place_of.get(upstream)
        if below is not None and above is not None:
            _add(found, below, above)
    for run in added:
        if run.parent_task_run_id in place_of:
            _add(found, place_of[run.id], place_of[run.parent_task_run_id])
    return {below: tuple(above) if isinstance(above, set) else above for below, above in found.items()}


def _add(found: dict[int, Any], below: int, above: int) -> None:
    """Most have one upstream, of many a set finds out in time which it has already."""
    known = found.get(below)
    if known is None:
        found[below] = (above,)
    elif isinstance(known, set):
        known.add(above)
    elif above not in known:
        found[below] = {*known, above}
