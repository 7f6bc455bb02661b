"""The graph of a flow run as it is told, from what :mod:`armillary.ledger.seen_graph` has read: in at most 2,000 nodes.

seen = seen_graph.read(connection, flow_run_id)
graph.told(connection, seen)                 # what the picture needs
graph.told(connection, seen, since=number)   # and what is new in it since an answer that had that number
graph.members(seen, group_id, limit=100)     # what is behind one node
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from armillary.core.errors import InvalidOption, NotFound
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
from armillary.ledger import rows
from armillary.ledger.paging import LARGEST_PAGE, cursor, cursor_values
from armillary.ledger.seen_graph import SeenGraph
from armillary.ledger.tables import flow_run, task_group

LETTERS = {chr(ord("a") + place): kind for place, kind in enumerate(StateType)}
_LETTER_OF = {kind.value: letter for letter, kind in LETTERS.items()}
_OWN_NAME = {kind.value: names[0] for kind, names in NAMES.items()}
_ENDED = frozenset(kind.value for kind in TERMINAL)
_FAILURES_FIRST = {kind.value: place for place, kind in enumerate((FAILED, CRASHED, CANCELLED))}
_IDS_AT_ONCE = 500
_NAMES_SHOWN = 3


def told(connection: Connection, seen: SeenGraph, since: int | None = None) -> Graph:
    """``since`` is the ``number`` of an earlier answer. While the same nodes stand for the same task runs as then, only those
    are told that have changed; else all are, and the answer's ``since`` is None."""
    partial = since is not None and seen.grouped_at <= since <= seen.number
    wanted = (
        sorted(place for place, number in seen.changed.items() if number > (since or 0))
        if partial
        else range(len(seen.grouping.groups))
    )
    tasks: dict[str, int] = {}
    names: list[GraphTask] = []
    for run in seen.task_runs:
        if run.task_key not in tasks:
            tasks[run.task_key] = len(names)
            names.append(GraphTask(run.task_key, run.task_name))
    place_of = _places(seen)
    groups = [seen.grouping.groups[place] for place in wanted]
    subflows = _subflows(connection, [seen.task_runs[group[0]] for group in groups if len(group) == 1])
    nodes = []
    for group in groups:
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
        max(len(seen.tries), 1),
        len(seen.task_runs),
        [] if partial else names,
        nodes,
        [] if partial else seen.grouping.edges,
        number=seen.number,
        since=since if partial else None,
        places=list(wanted) if partial else None,
    )


def members(
    connection: Connection,
    seen: SeenGraph,
    group_id: str,
    *,
    limit: int = 200,
    after: str | None = None,
    place: int = 0,
    member: str | None = None,
) -> GroupMembers:
    """What one node stands for, failures first, then in order of creation. The node is told by the id of any task run that it
    stands for: the answer says its own. A page begins ``after`` a cursor, or without one with a ``member``, or else at a
    ``place`` in that order, counted from 0. Raises NotFound for what is not in this graph (any more): groups change while the
    run goes on."""
    group = _group_with(seen, group_id)
    if group is None:
        raise NotFound(f"There is no node {group_id!r} in this graph.", subject="group_id", advice="Read it again.")
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidOption(f"limit is {limit}.", subject="limit", advice=f"Give a number from 1 to {LARGEST_PAGE}.")
    node_id = seen.task_runs[group[0]].id
    listing = f"group {seen.flow_run_id} {node_id}"
    runs = [seen.task_runs[place] for place in group]
    runs.sort(key=_failures_first)
    begin = place
    if member is not None:
        begin = next((place for place, run in enumerate(runs) if run.id == member), -1)
        if begin < 0:
            raise NotFound(f"{member!r} is not in this group.", subject="member", advice="Ask for its own group.")
    if after is not None:
        severity, last = cursor_values(listing, (int, str), after)
        begin = next(
            (place for place, run in enumerate(runs) if (_failures_first(run), run.id) > (severity, last)), len(runs)
        )
    page = runs[begin : begin + limit]
    more = begin + limit < len(runs)
    subflows = _subflows(connection, page)
    first = after is None and member is None and place == 0
    return GroupMembers(
        seen.flow_run_id,
        node_id,
        len(runs),
        [_single(run, seen.origin, subflows) for run in page],
        cursor(listing, (_failures_first(page[-1]), page[-1].id)) if more else None,
        LETTERS if first else {},
        "".join(_LETTER_OF[seen.task_runs[place].state_type] for place in group) if first else None,
        begin,
    )


def _group_with(seen: SeenGraph, task_run_id: str) -> Sequence[int] | None:
    of = next(
        (of for run, of in zip(seen.task_runs, seen.grouping.group_of, strict=True) if run.id == task_run_id), None
    )
    return None if of is None else seen.grouping.groups[of]


def _failures_first(run: Any) -> int:
    return _FAILURES_FIRST.get(run.state_type, len(_FAILURES_FIRST))


def _places(seen: SeenGraph) -> dict[str | None, int]:
    """The node of each task run that called another one."""
    callers = {run.parent_task_run_id for run in seen.task_runs}
    if callers == {None}:
        return {}
    return {
        run.id: group for run, group in zip(seen.task_runs, seen.grouping.group_of, strict=True) if run.id in callers
    }


def _single(run: Any, origin: int, subflows: dict[str, Subflow]) -> GraphNode:
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


def _many(runs: Sequence[Any], seen: SeenGraph) -> GraphNode:
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


def _subflows(connection: Connection, runs: Iterable[Any]) -> dict[str, Subflow]:
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
