"""The graph of a flow run: nodes, which represent one task run or many similar ones, and edges."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from armillary.core.states import StateType

TASK_RUN = "task_run"
SUBFLOW_RUN = "subflow_run"
MAP = "map"
STRETCH = "stretch"


@dataclass(slots=True)
class GraphTask:
    """A task of the flow: nodes name it by its place in the graph's ``tasks``."""

    key: str
    name: str


@dataclass(slots=True)
class Subflow:
    """The flow run a node represents, and the number of its task runs in each state type."""

    flow_run_id: str
    flow_name: str
    name: str
    task_run_counts: dict[StateType, int] = field(default_factory=dict)


@dataclass(slots=True)
class GraphNode:
    """``kind`` is what it represents: one ``task_run``; a ``subflow_run``; a ``map`` of task runs of one task that are
    alike in what they depend on and in what depends on them; a ``stretch`` of task runs that only lie near one another, in
    graphs too large for anything better.

    ``id`` is the task run's; of many, the first one's, so that it stays the same while more are added. ``start`` and
    ``end`` are milliseconds since the graph's ``origin``; of many, the first start and, once all have ended, the last
    end. ``states`` counts the ``members`` of many by state type. ``parent`` is the place of the node whose task run
    called this one. ``state_name`` is left out where it is the type's own, ``run_count`` up to 1.
    """

    id: str
    kind: str
    name: str
    task: int | None = None
    state_type: StateType | None = None
    state_name: str | None = None
    start: float | None = None
    end: float | None = None
    run_count: int | None = None
    parent: int | None = None
    subflow: Subflow | None = None
    members: int | None = None
    states: dict[StateType, int] | None = None


@dataclass(slots=True)
class Graph:
    """``edges`` are pairs of places in ``nodes``, upstream first; only damaged data has a cycle. ``task_runs`` counts what the nodes
    represent: the task runs of one try of the flow run, the latest by default.

    ``number`` is the version of this graph. For a request since an earlier response's number, if the set of nodes and
    edges is unchanged, ``since`` is that number: ``nodes`` are then only the changed ones, ``places`` their
    places, and ``tasks`` and ``edges`` are empty. If ``since`` is null this is the whole graph.
    """

    flow_run_id: str
    origin: datetime
    run_try: int
    tries: int
    task_runs: int
    tasks: list[GraphTask]
    nodes: list[GraphNode]
    edges: list[tuple[int, int]]
    number: int = 0
    since: int | None = None
    places: list[int] | None = None


@dataclass(slots=True)
class GraphShape:
    """The part of a flow run's graph that determines its layout: ``tasks`` are keys, ``nodes`` has the place
    there of each node's task (none for a stretch), ``edges`` are pairs of places in ``nodes``."""

    flow_run_id: str
    tasks: list[str]
    nodes: list[int | None]
    edges: list[tuple[int, int]]


@dataclass(slots=True)
class GroupMembers:
    """A page of the task runs of one node. ``cells``, on the first page only, has one letter for each member in order of
    creation: its state type by its place in the alphabet of ``letters``. ``place`` says where the page begins, counted from 0."""

    flow_run_id: str
    group_id: str
    members: int
    nodes: list[GraphNode]
    after: str | None = None
    letters: dict[str, StateType] = field(default_factory=dict)
    cells: str | None = None
    place: int = 0
