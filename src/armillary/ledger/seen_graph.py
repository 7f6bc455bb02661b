"""What was read of a flow run's graph, and how it is brought up to date.

seen = seen_graph.read(connection, flow_run_id)     # 200 ms for 30,000 task runs: keep it
seen = seen_graph.refreshed(connection, seen)       # and let the outbox say what has changed since

A large run that goes on would otherwise be read whole for every glance at it. Its changes are in the outbox, numbered: they are
laid over what is known, task runs that are new are read, and only then is everything grouped again. Where the outbox does not
reach back far enough, or a new try has begun, the answer is None: read it whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, or_, select

from armillary.core.errors import InvalidOption, NotFound
from armillary.core.rules.grouping import Grouping, grouped
from armillary.journal.events import STATE_LANE
from armillary.ledger import outbox
from armillary.ledger.tables import edge, flow_run, ingest_cursor, task_run

_IDS_AT_ONCE = 400
_MOST_CHANGES = 20_000
_FARTHEST_BACK = 100_000
"""Numbers: past that, going through what all other runs have said takes longer than reading this one."""

_COLUMNS = (
    task_run.c.id,
    task_run.c.name,
    task_run.c.task_key,
    task_run.c.task_name,
    task_run.c.state_type,
    task_run.c.state_name,
    task_run.c.started,
    task_run.c.ended,
    task_run.c.run_count,
    task_run.c.child_flow_run_id,
    task_run.c.parent_task_run_id,
)


class SeenTaskRun(NamedTuple):
    """A task run as far as its node tells of it."""

    id: str
    name: str
    task_key: str
    task_name: str
    state_type: str
    state_name: str
    started: int | None
    ended: int | None
    run_count: int
    child_flow_run_id: str | None
    parent_task_run_id: str | None


_CHANGING = ("name", "state_type", "state_name", "started", "ended", "run_count")


@dataclass(slots=True, frozen=True)
class SeenGraph:
    """A flow run's task runs of one try, in order of creation, and how they group.

    ``number`` is the outbox's when they were read; ``grouped_at`` its number when they were last grouped, and ``changed``
    the number of the last change of each node (by its place) since then.
    """

    flow_run_id: str
    root_flow_run_id: str
    version: str
    number: int
    origin: int
    flow_run_count: int
    run_try: int
    tries: Sequence[tuple[int, int]]
    task_runs: Sequence[SeenTaskRun]
    upstreams: Sequence[Sequence[int]]
    grouping: Grouping
    grouped_at: int
    changed: dict[int, int]


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


def read(connection: Connection, flow_run_id: str, run_try: int | None = None) -> SeenGraph:
    """``run_try`` counts the tries of the flow run from 1, over all attempts; None means the latest. Raises NotFound, and
    InvalidOption for a try that was not."""
    current = version(connection, flow_run_id)
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
    found: Sequence[Any] = connection.execute(statement.order_by(task_run.c.id)).all()
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
    upstreams = _joined([()] * len(found), pairs, found, place_of)
    return SeenGraph(
        flow_run_id,
        run.root_flow_run_id,
        current,
        number,
        run.origin,
        run.run_count,
        wanted,
        tries,
        found,
        upstreams,
        grouped(_labels(found), upstreams),
        number,
        {},
    )


def refreshed(connection: Connection, seen: SeenGraph) -> SeenGraph | None:
    """The same graph as it is now; None: it must be read whole. What was seen before stays as it is."""
    current = version(connection, seen.flow_run_id)
    newest = outbox.newest(connection)
    reaches = outbox.oldest(connection) <= seen.number + 1
    if newest < seen.number or newest - seen.number > _FARTHEST_BACK or not (reaches or newest == seen.number):
        return None
    changes = outbox.of_root(connection, seen.root_flow_run_id, seen.number, _MOST_CHANGES + 1)
    if len(changes) > _MOST_CHANGES:
        return None
    place_of = {run.id: place for place, run in enumerate(seen.task_runs)}
    node_of_child = {
        run.child_flow_run_id: seen.grouping.group_of[place]
        for place, run in enumerate(seen.task_runs)
        if run.child_flow_run_id is not None
    }
    task_runs = list(seen.task_runs)
    changed = dict(seen.changed)
    new: dict[str, None] = {}
    for change in changes:
        facts = change.facts
        if change.kind == "flow_run" and change.entity_id == seen.flow_run_id:
            if facts.get("run_count") != seen.flow_run_count or (facts["started"] or seen.origin) != seen.origin:
                return None
        elif facts.get("deleted"):
            return None
        elif change.kind == "flow_run" and change.entity_id in node_of_child:
            changed[node_of_child[change.entity_id]] = change.number
        elif change.kind == "task_run" and facts["flow_run_id"] in node_of_child:
            changed[node_of_child[facts["flow_run_id"]]] = change.number
        if change.kind != "task_run" or facts["flow_run_id"] != seen.flow_run_id:
            continue
        place = place_of.get(change.entity_id)
        if place is None:
            new[change.entity_id] = None
        else:
            task_runs[place] = _patched(task_runs[place], facts)
            changed[seen.grouping.group_of[place]] = change.number
    fresh = replace(seen, version=current, number=newest, task_runs=task_runs, changed=changed)
    return _extended(connection, fresh, list(new), place_of) if new else fresh


def _extended(
    connection: Connection, seen: SeenGraph, new: Sequence[str], place_of: dict[str, int]
) -> SeenGraph | None:
    """With task runs that have come, and what they depend on and what was waiting for them to be known."""
    if _tries(connection, seen.flow_run_id) != seen.tries:
        return None
    added: list[Any] = []
    pairs: list[Any] = []
    for start in range(0, len(new), _IDS_AT_ONCE):
        part = new[start : start + _IDS_AT_ONCE]
        added += connection.execute(select(*_COLUMNS).where(task_run.c.id.in_(part))).all()
        pairs += connection.execute(
            select(edge.c.task_run_id, edge.c.upstream_task_run_id).where(
                edge.c.flow_run_id == seen.flow_run_id,
                or_(edge.c.task_run_id.in_(part), edge.c.upstream_task_run_id.in_(part)),
            )
        ).all()
    added.sort(key=lambda run: run.id)
    if not added or (seen.task_runs and added[0].id < seen.task_runs[-1].id):
        return None  # another order of creation, or they are gone again
    task_runs = [*seen.task_runs, *added]
    place_of.update((run.id, place) for place, run in enumerate(added, len(seen.task_runs)))
    upstreams = _joined([*seen.upstreams, *[()] * len(added)], pairs, added, place_of)
    grouping = grouped(_labels(task_runs), upstreams)
    return replace(
        seen, task_runs=task_runs, upstreams=upstreams, grouping=grouping, grouped_at=seen.number, changed={}
    )


def _tries(connection: Connection, flow_run_id: str) -> list[tuple[int, int]]:
    return [
        (attempt, count)
        for attempt, count in connection.execute(
            select(task_run.c.attempt, task_run.c.flow_run_count)
            .where(task_run.c.flow_run_id == flow_run_id)
            .distinct()
            .order_by(task_run.c.attempt, task_run.c.flow_run_count)
        )
    ]


def _patched(run: Any, facts: dict[str, Any]) -> SeenTaskRun:
    values = {name: getattr(run, name) for name in SeenTaskRun._fields}
    return SeenTaskRun(**{**values, **{name: facts[name] for name in _CHANGING}})


def _labels(found: Sequence[Any]) -> list[int]:
    numbers: dict[tuple[str, bool], int] = {}
    return [numbers.setdefault((run.task_key, run.child_flow_run_id is not None), len(numbers)) for run in found]


def _joined(
    known: Sequence[Sequence[int]], pairs: Any, added: Sequence[Any], place_of: dict[str, int]
) -> list[Sequence[int]]:
    """Upstreams by place, with more (downstream, upstream) pairs. A task run called inside another one comes after it as
    after an upstream."""
    upstreams: list[Any] = list(known)
    for downstream, upstream in pairs:
        below, above = place_of.get(downstream), place_of.get(upstream)
        if below is not None and above is not None:
            _add(upstreams, below, above)
    for run in added:
        if run.parent_task_run_id in place_of:
            _add(upstreams, place_of[run.id], place_of[run.parent_task_run_id])
    return [tuple(above) if isinstance(above, set) else above for above in upstreams]


def _add(upstreams: list[Any], below: int, above: int) -> None:
    known = upstreams[below]
    if isinstance(known, set):
        known.add(above)
    elif not known:
        upstreams[below] = (above,)
    elif above not in known:
        upstreams[below] = {*known, above}
