"""``/flow_runs/{id}/graph`` and ``/spans``: what the Radar and the timeline draw.

Reading a large graph costs some hundred milliseconds, so the last few are kept, each until its version changes.
"""

from __future__ import annotations

from threading import Lock
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from sqlalchemy import Connection

from armillary.core.run_graph import Graph, GroupMembers
from armillary.ledger import graph, seen_graph, spans
from armillary.ledger.seen_graph import SeenGraph
from armillary.server.access.attempt_tokens import named_run
from armillary.server.api.answers import encoded, tagged, tagged_bytes, unchanged, with_tag
from armillary.server.api.bodies import After, Id, Limit
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, requires

router = api_router("/flow_runs", tags=["flow runs"])

_KEPT_TASK_RUNS = 100_000
"""Some 60 MB, of which the last one read may be all."""

RunTry = Annotated[
    int | None,
    Query(ge=1, le=1_000_000, description="Which try of the flow run, counted from 1; left out: the latest."),
]


class _Kept:
    """Graphs read before, the last used last."""

    def __init__(self) -> None:
        self._graphs: dict[tuple[str, int | None], SeenGraph] = {}
        self._lock = Lock()

    def read(self, connection: Connection, flow_run_id: str, run_try: int | None) -> SeenGraph:
        key = (flow_run_id, run_try)
        with self._lock:
            seen = self._graphs.get(key)
        if seen is not None and seen.version != seen_graph.version(connection, flow_run_id):
            seen = seen_graph.refreshed(connection, seen)
        if seen is None:
            seen = seen_graph.read(connection, flow_run_id, run_try)
        self._keep(key, seen)
        return seen

    def _keep(self, key: tuple[str, int | None], seen: SeenGraph) -> None:
        with self._lock:
            self._graphs.pop(key, None)
            self._graphs[key] = seen
            while (
                len(self._graphs) > 1 and sum(len(each.task_runs) for each in self._graphs.values()) > _KEPT_TASK_RUNS
            ):
                del self._graphs[next(iter(self._graphs))]


_kept = _Kept()


@router.get("/{flow_run_id}/graph", response_model=Graph, dependencies=[requires(READ, attempt=named_run)])
def read_graph(
    request: Request,
    ledger: ServedLedger,
    flow_run_id: Id,
    run_try: RunTry = None,
    since: Annotated[
        int | None, Query(ge=0, le=2**62, description="The `number` of an earlier answer: only what has changed since.")
    ] = None,
) -> Response:
    """The graph in at most 2,000 nodes: task runs of one task that are alike are one ``map``. Fields that are null are
    left out of ``nodes``. The ETag is cheap: ask with ``If-None-Match`` as often as you like."""
    with ledger.read() as connection:
        same = unchanged(request, _tag(seen_graph.version(connection, str(flow_run_id)), run_try, since))
        if same is not None:
            return same
        seen = _kept.read(connection, str(flow_run_id), run_try)
        told = graph.told(connection, seen, since)
    content = {
        "flow_run_id": told.flow_run_id,
        "origin": told.origin,
        "run_try": told.run_try,
        "tries": told.tries,
        "task_runs": told.task_runs,
        "tasks": told.tasks,
        "nodes": [_said(node) for node in told.nodes],
        "edges": told.edges,
        "number": told.number,
        "since": told.since,
        "places": told.places,
    }
    return with_tag(encoded(content), _tag(seen.version, run_try, since))


def _tag(version: str, run_try: int | None, since: int | None) -> str:
    return f'"{version}-{run_try or 0}-{since or 0}"'


@router.get(
    "/{flow_run_id}/graph/groups/{group_id}",
    response_model=GroupMembers,
    dependencies=[requires(READ, attempt=named_run)],
)
def read_group(
    request: Request,
    ledger: ServedLedger,
    flow_run_id: Id,
    group_id: Id,
    run_try: RunTry = None,
    limit: Limit = 200,
    after: After = None,
    place: Annotated[int, Query(ge=0, le=10_000_000, description="Where a page without a cursor begins.")] = 0,
    member: Annotated[UUID | None, Query(description="The task run that a page without a cursor begins with.")] = None,
) -> Response:
    """What one node stands for, failures first, page by page: from a cursor on, or from a place in that order, as a table
    needs it that shows only what is scrolled to, or from one of them. ``group_id`` may be any task run's that the node stands for:
    the answer says the node's own. The first page has ``cells``: one letter for each member in order of creation, its state
    type by ``letters``."""

    with ledger.read() as connection:
        seen = _kept.read(connection, str(flow_run_id), run_try)
        wanted = None if member is None else str(member)
        members = graph.members(connection, seen, str(group_id), limit=limit, after=after, place=place, member=wanted)
        told = {
            "flow_run_id": members.flow_run_id,
            "group_id": members.group_id,
            "members": members.members,
            "nodes": [_said(node) for node in members.nodes],
            "after": members.after,
            "letters": members.letters,
            "cells": members.cells,
            "place": members.place,
        }
    return tagged(request, told)


@router.get(
    "/{flow_run_id}/spans",
    response_class=Response,
    responses={
        200: {"content": {"application/vnd.armillary.spans": {"schema": {"type": "string", "format": "binary"}}}}
    },
    dependencies=[requires(READ, attempt=named_run)],
)
def read_spans(
    request: Request,
    ledger: ServedLedger,
    flow_run_id: Id,
    limit: Annotated[int, Query(ge=1, le=spans.LARGEST_PAGE)] = spans.LARGEST_PAGE,
    after: After = None,
) -> Response:
    """The timeline's data as columns for typed arrays, page by page. The bytes are: `ASP1`, the length of a JSON text (uint32,
    little-endian), the text, then the columns. The text says `count`, `origin` (microseconds since the epoch), `after` (the
    next page's cursor, or null), `tasks`, `states` and `columns` (`name`, `type`, `offset`, `length`): `start`, `end` and
    `run_time` in milliseconds (start and end since the origin, NaN: none), `id` (16 bytes each), `task` and `state` (places in
    `tasks` and `states`), `run_count`, `flags` (1 subflow, 2 cached, 4 called by another task run), `names` cut at
    `name_end`, `created`, and of spans with more than one try `try_of`, `try_start` and `try_end`."""
    with ledger.read() as connection:
        body = spans.page(connection, str(flow_run_id), limit=limit, after=after)
    return tagged_bytes(request, body, "application/vnd.armillary.spans")


def _said(node: Any) -> dict[str, Any]:
    return {name: value for name in node.__slots__ if (value := getattr(node, name)) is not None}
