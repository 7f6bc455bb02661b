"""``/flow_runs/{id}/graph`` and ``/spans``: what the Radar and the timeline draw."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from armillary.core.graph.run_graph import Graph, GraphShape, GroupMembers
from armillary.ledger.views import graph_answers, graph_reading, spans
from armillary.server.access.attempt_tokens import named_run
from armillary.server.api.answers import encoded, tagged, tagged_bytes, unchanged, with_tag
from armillary.server.api.bodies import After, Id, Limit
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.live.graph_cache import KeptGraphs
from armillary.server.permissions import READ, requires

router = api_router("/flow_runs", tags=["flow runs"])

RunTry = Annotated[
    int | None,
    Query(ge=1, le=1_000_000, description="Which try of the flow run, counted from 1; left out: the latest."),
]


_kept = KeptGraphs()


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
        current = graph_reading.version(connection, str(flow_run_id))
        same = unchanged(request, _tag(current, run_try, since))
        if same is not None:
            return same
        with _kept.up_to_date(connection, str(flow_run_id), run_try, current) as seen:
            told, version = graph_answers.told(connection, seen, since), seen.version
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
    return with_tag(request, encoded(content), _tag(version, run_try, since))


def _tag(version: str, run_try: int | None, since: int | None) -> str:
    return f'"{version}-{run_try or 0}-{since or 0}"'


@router.get("/{flow_run_id}/graph/shape", response_model=GraphShape, dependencies=[requires(READ)])
def read_graph_shape(request: Request, ledger: ServedLedger, flow_run_id: Id) -> Response:
    """The graph's nodes by their tasks, and its edges: a fifth of the graph, for laying another run out like this one."""
    with ledger.read() as connection, _kept.up_to_date(connection, str(flow_run_id)) as seen:
        told = graph_answers.shape(seen)
    return tagged(request, told)


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

    with ledger.read() as connection, _kept.up_to_date(connection, str(flow_run_id), run_try) as seen:
        wanted = None if member is None else str(member)
        members = graph_answers.members(
            connection, seen, str(group_id), limit=limit, after=after, place=place, member=wanted
        )
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
    run_try: RunTry = None,
    limit: Annotated[int, Query(ge=1, le=spans.LARGEST_PAGE)] = spans.LARGEST_PAGE,
    after: After = None,
) -> Response:
    """The timeline's data as columns for typed arrays, page by page. The bytes are: `ASP1`, the length of a JSON text (uint32,
    little-endian), the text, then the columns. The text says `count`, `origin` (microseconds since the epoch), `after` (the
    next page's cursor, or null), `tasks`, `states`, `groups` (ids of the graph's nodes that stand for several) and `columns`
    (`name`, `type`, `offset`, `length`): `start`, `end` and `run_time` in milliseconds (start and end since the origin, NaN:
    none), `id` (16 bytes each), `task` and `state` (places in `tasks` and `states`), `group` (1 + place in `groups`, 0: a node of
    its own), `run_count`, `flags` (1 subflow, 2 cached, 4 called by another task run), `names` cut at `name_end`, `created`, and
    of spans with more than one try `try_of`, `try_start` and `try_end`. All tries of the flow run are told; `run_try` says
    whose graph `groups` are of."""
    with ledger.read() as connection, _kept.up_to_date(connection, str(flow_run_id), run_try) as seen:
        body = spans.page(connection, seen, limit=limit, after=after)
    return tagged_bytes(request, body, "application/vnd.armillary.spans")


def _said(node: Any) -> dict[str, Any]:
    return {name: value for name in node.__slots__ if (value := getattr(node, name)) is not None}
