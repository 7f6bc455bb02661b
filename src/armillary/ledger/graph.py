"""The graph of a flow run: read whole, grouped by :mod:`armillary.core.rules.grouping`, and told in at most 2,000 nodes.

seen = graph.read(connection, flow_run_id)   # 200 ms for 30,000 task runs: keep it while `graph.version` stays
graph.told(connection, seen)                 # what the picture needs
graph.members(seen, group_id, limit=100)     # what is behind one node
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from armillary.core.errors import InvalidOption, NotFound
from armillary.core.rules.grouping import Grouping, grouped
from armillary.core.run_graph import (
    MAP,
    STRETCH,
    SUBFLOW_RUN,
    TASK_RUN,
    Graph,
    GraphNode,
    GraphTask,
    GroupMembers,
    Subflow,
)
from armillary.core.states import CANCELLED, CRASHED, FAILED, NAMES, TERMINAL, StateType
from armillary.journal.events import STATE_LANE
from armillary.ledger import rows
from armillary.ledger.paging import LARGEST_PAGE, cursor, cursor_values
from armillary.ledger.tables import edge, flow_run, ingest_cursor, task_group, task_run

LETTERS = {chr(ord("a") + place): kind for place, kind in enumerate(StateType)}
_LETTER_OF = {kind.value: letter for letter, kind in LETTERS.items()}
_OWN_NAME = {kind.value: names[0] for kind, names in NAMES.items()}
_ENDED = frozenset(kind.value for kind in TERMINAL)
_FAILURES_FIRST = {kind.value: place for place, kind in enumerate((FAILED, CRASHED, CANCELLED))}
_IDS_AT_ONCE = 500
_NAMES_SHOWN = 3

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

_TaskRun = Row[Any]


@dataclass(slots=True)
class SeenGraph:
    """A flow run's task runs of one try, and how they group."""

    flow_run_id: str
    version: str
    origin: int
    run_try: int
    tries: int
    task_runs: Sequence[_TaskRun]
    grouping: Grouping


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
    tries = connection.execute(
        select(task_run.c.attempt, task_run.c.flow_run_count)
        .where(task_run.c.flow_run_id == flow_run_id)
        .distinct()
        .order_by(task_run.c.attempt, task_run.c.flow_run_count)
    ).all()
    if run_try is not None and not 1 <= run_try <= max(len(tries), 1):
        raise InvalidOption(f"The flow run has had {len(tries)} tries.", subject="run_try", advice="Count from 1.")
    wanted = run_try or max(len(tries), 1)
    statement = select(*_COLUMNS).where(task_run.c.flow_run_id == flow_run_id)
    if len(tries) > 1:
        attempt, flow_run_count = tries[wanted - 1]
        statement = statement.where(task_run.c.attempt == attempt, task_run.c.flow_run_count == flow_run_count)
    found: Sequence[Any] = connection.execute(statement.order_by(task_run.c.id)).all()
    origin = connection.execute(
        select(func.coalesce(flow_run.c.started, flow_run.c.created)).where(flow_run.c.id == flow_run_id)
    ).scalar_one()
    grouping = grouped(_labels(found), _upstreams(connection, flow_run_id, found))
    return SeenGraph(flow_run_id, current, origin, wanted, max(len(tries), 1), found, grouping)


def told(connection: Connection, seen: SeenGraph) -> Graph:
    tasks: dict[str, int] = {}
    names: list[GraphTask] = []
    for run in seen.task_runs:
        if run.task_key not in tasks:
            tasks[run.task_key] = len(names)
            names.append(GraphTask(run.task_key, run.task_name))
    place_of = _places(seen)
    alone = [group[0] for group in seen.grouping.groups if len(group) == 1]
    subflows = _subflows(connection, [seen.task_runs[place] for place in alone])
    nodes = []
    for group in seen.grouping.groups:
        runs = [seen.task_runs[place] for place in group]
        node = _single(runs[0], seen.origin, subflows) if len(runs) == 1 else _many(runs, seen)
        if node.kind != STRETCH:
            node.task = tasks[runs[0].task_key]
        node.parent = place_of.get(runs[0].parent_task_run_id)
        nodes.append(node)
    return Graph(
        seen.flow_run_id,
        rows.moment(seen.origin),
        seen.run_try,
        seen.tries,
        len(seen.task_runs),
        names,
        nodes,
        seen.grouping.edges,
    )


def members(
    connection: Connection,
    seen: SeenGraph,
    group_id: str,
    *,
    limit: int = 200,
    after: str | None = None,
    place: int = 0,
) -> GroupMembers:
    """What one node stands for, failures first, then in order of creation. A page begins ``after`` a cursor, or without one
    at a ``place`` in that order, counted from 0. Raises NotFound for what is no node of this graph (any more): groups change
    while the run goes on."""
    group = next((group for group in seen.grouping.groups if seen.task_runs[group[0]].id == group_id), None)
    if group is None:
        raise NotFound(f"There is no node {group_id!r} in this graph.", subject="group_id", advice="Read it again.")
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidOption(f"limit is {limit}.", subject="limit", advice=f"Give a number from 1 to {LARGEST_PAGE}.")
    listing = f"group {seen.flow_run_id} {group_id}"
    runs = [seen.task_runs[place] for place in group]
    runs.sort(key=_failures_first)
    begin = place
    if after is not None:
        severity, last = cursor_values(listing, (int, str), after)
        begin = next(
            (place for place, run in enumerate(runs) if (_failures_first(run), run.id) > (severity, last)), len(runs)
        )
    page = runs[begin : begin + limit]
    more = begin + limit < len(runs)
    subflows = _subflows(connection, page)
    first = after is None and place == 0
    return GroupMembers(
        seen.flow_run_id,
        group_id,
        len(runs),
        [_single(run, seen.origin, subflows) for run in page],
        cursor(listing, (_failures_first(page[-1]), page[-1].id)) if more else None,
        LETTERS if first else {},
        "".join(_LETTER_OF[seen.task_runs[place].state_type] for place in group) if first else None,
    )


def _failures_first(run: _TaskRun) -> int:
    return _FAILURES_FIRST.get(run.state_type, len(_FAILURES_FIRST))


def _labels(found: Sequence[_TaskRun]) -> list[int]:
    numbers: dict[tuple[str, bool], int] = {}
    return [numbers.setdefault((run.task_key, run.child_flow_run_id is not None), len(numbers)) for run in found]


def _upstreams(connection: Connection, flow_run_id: str, found: Sequence[_TaskRun]) -> list[Sequence[int]]:
    """By place. A task run called inside another one comes after it as after an upstream."""
    place_of = {run.id: place for place, run in enumerate(found)}
    upstreams: list[set[int] | tuple[int, ...]] = [()] * len(found)
    statement = select(edge.c.task_run_id, edge.c.upstream_task_run_id).where(edge.c.flow_run_id == flow_run_id)
    for downstream, upstream in connection.execute(statement):
        below, above = place_of.get(downstream), place_of.get(upstream)
        if below is not None and above is not None:
            _add(upstreams, below, above)
    for place, run in enumerate(found):
        if run.parent_task_run_id in place_of:
            _add(upstreams, place, place_of[run.parent_task_run_id])
    return [tuple(above) for above in upstreams]


def _add(upstreams: list[set[int] | tuple[int, ...]], below: int, above: int) -> None:
    known = upstreams[below]
    if isinstance(known, set):
        known.add(above)
    elif not known:
        upstreams[below] = (above,)
    elif known[0] != above:
        upstreams[below] = {known[0], above}


def _places(seen: SeenGraph) -> dict[str | None, int]:
    """The node of each task run that called another one."""
    callers = {run.parent_task_run_id for run in seen.task_runs}
    if callers == {None}:
        return {}
    return {
        run.id: group for run, group in zip(seen.task_runs, seen.grouping.group_of, strict=True) if run.id in callers
    }


def _single(run: _TaskRun, origin: int, subflows: dict[str, Subflow]) -> GraphNode:
    subflow = subflows.get(run.child_flow_run_id or "")
    return GraphNode(
        run.id,
        TASK_RUN if run.child_flow_run_id is None else SUBFLOW_RUN,
        run.name,
        state_type=StateType(run.state_type),
        state_name=None if run.state_name == _OWN_NAME[run.state_type] else run.state_name,
        start=_milliseconds(run.started, origin),
        end=_milliseconds(run.ended, origin),
        run_count=run.run_count if run.run_count > 1 else None,
        subflow=subflow,
    )


def _many(runs: Sequence[_TaskRun], seen: SeenGraph) -> GraphNode:
    states = Counter(run.state_type for run in runs)
    ended = states.keys() <= _ENDED
    tasks = list(dict.fromkeys(run.task_name for run in runs))
    more = f" and {len(tasks) - _NAMES_SHOWN} more" if len(tasks) > _NAMES_SHOWN else ""
    return GraphNode(
        runs[0].id,
        MAP if seen.grouping.alike else STRETCH,
        ", ".join(tasks[:_NAMES_SHOWN]) + more,
        start=_milliseconds(min((run.started for run in runs if run.started is not None), default=None), seen.origin),
        end=_milliseconds(max((run.ended for run in runs if run.ended), default=None), seen.origin) if ended else None,
        members=len(runs),
        states={StateType(kind): many for kind, many in sorted(states.items())},
    )


def _milliseconds(micros: int | None, origin: int) -> float | None:
    return None if micros is None else (micros - origin) / 1000


def _subflows(connection: Connection, runs: Iterable[_TaskRun]) -> dict[str, Subflow]:
    wanted = sorted({run.child_flow_run_id for run in runs if run.child_flow_run_id is not None})
    counts: dict[str, dict[StateType, int]] = defaultdict(dict)
    found: dict[str, Subflow] = {}
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        part = wanted[start : start + _IDS_AT_ONCE]
        by_state = (
            select(task_group.c.flow_run_id, task_group.c.state_type, func.sum(task_group.c.task_runs))
            .where(task_group.c.flow_run_id.in_(part))
            .group_by(task_group.c.flow_run_id, task_group.c.state_type)
        )
        for flow_run_id, kind, many in connection.execute(by_state):
            if many:
                counts[flow_run_id][StateType(kind)] = int(many)
        about = select(flow_run.c.id, flow_run.c.flow_name, flow_run.c.name).where(flow_run.c.id.in_(part))
        for flow_run_id, flow_name, name in connection.execute(about):
            found[flow_run_id] = Subflow(flow_run_id, flow_name, name, counts[flow_run_id])
    return found
