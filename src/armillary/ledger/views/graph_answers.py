"""The graph of a flow run as it is told, from what is known of it: in at most 2,000 nodes.

seen = graph_reading.read(connection, flow_run_id)
graph.told(connection, seen)                 # what the picture needs
graph.told(connection, seen, since=number)   # and what is new in it since an answer that had that number
graph.shape(seen)                            # what the picture is laid out by
graph.members(connection, seen, group_id)    # what is behind one node
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from armillary.clock import to_datetime
from armillary.core.errors import InvalidOption, NotFound
from armillary.core.graph.run_graph import (
    MAP,
    STRETCH,
    SUBFLOW_RUN,
    TASK_RUN,
    Graph,
    GraphNode,
    GraphShape,
    GraphTask,
    GroupMembers,
    Subflow,
)
from armillary.core.states import CANCELLED, CRASHED, FAILED, NAMES, TERMINAL, StateType
from armillary.ledger.querying.paging import LARGEST_PAGE, cursor, cursor_values
from armillary.ledger.tables.run_tables import flow_run, task_group
from armillary.ledger.views.kept_graph import SeenGraph

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
        else range(len(seen.nodes))
    )
    tasks = {key: place for place, key in enumerate(seen.task_names)}
    firsts = [(place, seen.task_runs[seen.nodes[place][0]], len(seen.nodes[place])) for place in wanted]
    subflows = _subflows(connection, [run for _, run, many in firsts if many == 1])
    nodes = []
    for place, run, many in firsts:
        node = _single(run, seen.origin, subflows) if many == 1 else _many(place, seen)
        if node.kind != STRETCH:
            node.task = tasks[run.task_key]
        node.parent = seen.node_of(run.parent_task_run_id)
        nodes.append(node)
    return Graph(
        seen.flow_run_id,
        to_datetime(seen.origin),
        seen.run_try,
        max(len(seen.tries), 1),
        len(seen.task_runs),
        [] if partial else [GraphTask(key, name) for key, name in seen.task_names.items()],
        nodes,
        [] if partial else seen.edges,
        number=seen.number,
        since=since if partial else None,
        places=list(wanted) if partial else None,
    )


def shape(seen: SeenGraph) -> GraphShape:
    tasks = {key: place for place, key in enumerate(seen.task_names)}
    nodes = [
        tasks[seen.task_runs[places[0]].task_key] if seen.alike or len(places) == 1 else None for places in seen.nodes
    ]
    return GraphShape(seen.flow_run_id, list(tasks), nodes, seen.edges)


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
    node = seen.node_of(group_id)
    if node is None:
        raise NotFound(f"There is no node {group_id!r} in this graph.", subject="group_id", advice="Read it again.")
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidOption(f"limit is {limit}.", subject="limit", advice=f"Give a number from 1 to {LARGEST_PAGE}.")
    group = seen.nodes[node]
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


def _failures_first(run: Any) -> int:
    return _FAILURES_FIRST.get(run.state_type, len(_FAILURES_FIRST))


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


def _many(node: int, seen: SeenGraph) -> GraphNode:
    members, tally = seen.nodes[node], seen.tally(node)
    end = None
    if tally.states.keys() <= _ENDED:
        end = max((ended for place in members if (ended := seen.task_runs[place].ended) is not None), default=None)
    return GraphNode(
        seen.task_runs[members[0]].id,
        MAP if seen.alike else STRETCH,
        seen.task_runs[members[0]].task_name if seen.alike else _names(seen, members),
        start=_milliseconds(tally.start, seen.origin),
        end=_milliseconds(end, seen.origin),
        members=len(members),
        states={StateType(kind): many for kind, many in sorted(tally.states.items())},
    )


def _names(seen: SeenGraph, members: Sequence[int]) -> str:
    tasks = list(dict.fromkeys(seen.task_runs[place].task_name for place in members))
    more = f" and {len(tasks) - _NAMES_SHOWN} more" if len(tasks) > _NAMES_SHOWN else ""
    return ", ".join(tasks[:_NAMES_SHOWN]) + more


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
