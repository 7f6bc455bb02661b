"""What is known of a flow run's graph, with the counts of its nodes, kept while the outbox tells of changes.

A large run that goes on would otherwise be read whole for every glance at it. :mod:`armillary.ledger.views.graph_reading` reads one and
brings it up to date, :mod:`armillary.ledger.views.graph_answers` tells it. What changes costs as much as has changed, however large the graph.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from armillary.core.graph.growing_groups import GrowingGroups


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


class Tally:
    """How the task runs of one node stand: how many are in each state type, and when the first one started."""

    __slots__ = ("start", "states")

    def __init__(self) -> None:
        self.states: dict[str, int] = {}
        self.start: int | None = None

    def add(self, run: SeenTaskRun) -> None:
        self.states[run.state_type] = self.states.get(run.state_type, 0) + 1
        if run.started is not None and (self.start is None or run.started < self.start):
            self.start = run.started

    def change(self, before: SeenTaskRun, after: SeenTaskRun) -> None:
        left = self.states.pop(before.state_type) - 1
        if left:
            self.states[before.state_type] = left
        self.add(after)


class Try(NamedTuple):
    """One of a flow run's tries: its attempt, and which start of that attempt it was."""

    attempt: int
    flow_run_count: int


class SeenGraph:
    """The task runs of one try of a flow run, in order of creation, and how they group.

    ``number`` is the outbox's up to which this is true; ``grouped_at`` its number when nodes or edges last changed, ``changed`` the
    number of the last change of each node (by its place) since then. One thread at a time may use it.
    """

    __slots__ = (
        "_groups",
        "_labels",
        "_of_child",
        "_tallies",
        "changed",
        "flow_run_count",
        "flow_run_id",
        "grouped_at",
        "number",
        "origin",
        "place_of",
        "root_flow_run_id",
        "run_try",
        "task_names",
        "task_runs",
        "tries",
        "version",
    )

    def __init__(
        self,
        flow_run_id: str,
        root_flow_run_id: str,
        *,
        version: str,
        number: int,
        origin: int,
        flow_run_count: int,
        run_try: int,
        tries: Sequence[Try],
        task_runs: list[SeenTaskRun],
        place_of: dict[str, int],
        upstreams: Sequence[Sequence[int]],
    ) -> None:
        self.flow_run_id = flow_run_id
        self.root_flow_run_id = root_flow_run_id
        self.version = version
        self.number = number
        self.origin = origin
        self.flow_run_count = flow_run_count
        self.run_try = run_try
        self.tries = tries
        self.task_runs = task_runs
        self.place_of = place_of
        self.task_names: dict[str, str] = {}
        self._labels: dict[tuple[str, bool], int] = {}
        self._groups = GrowingGroups(self._labelled(task_runs), upstreams)
        self._of_child: dict[str, str] = {}
        self._note_children(0)
        self._begin()

    @property
    def nodes(self) -> list[list[int]]:
        """The places of the task runs that each node stands for."""
        return self._groups.grouping.groups

    @property
    def edges(self) -> list[tuple[int, int]]:
        """Between nodes, by their places."""
        return self._groups.grouping.edges

    @property
    def alike(self) -> bool:
        """Whether a node's task runs are all of one task."""
        return self._groups.grouping.alike

    @property
    def upstreams(self) -> Sequence[Sequence[int]]:
        """The places of each task run's upstreams."""
        return self._groups.upstreams

    def tally(self, node: int) -> Tally:
        """The counts of a node of several task runs."""
        tally = self._tallies.get(node)
        if tally is None:
            tally = self._tallies[node] = Tally()
            for place in self.nodes[node]:
                tally.add(self.task_runs[place])
        return tally

    def node_of(self, task_run_id: str | None) -> int | None:
        """The place of the node that a task run is in; None: it is not in this graph."""
        place = None if task_run_id is None else self.place_of.get(task_run_id)
        return None if place is None else self._groups.grouping.group_of[place]

    def group_of(self, task_run_id: str) -> str | None:
        """The id of the node that stands for a task run and others; None: there is none."""
        node = self.node_of(task_run_id)
        members = [] if node is None else self.nodes[node]
        return self.task_runs[members[0]].id if len(members) > 1 else None

    def node_of_child(self, flow_run_id: str) -> int | None:
        """The place of the node that stands for a subflow run."""
        return self.node_of(self._of_child.get(flow_run_id))

    def change(self, place: int, run: SeenTaskRun, number: int) -> None:
        """A task run is now as said, by that number of the outbox."""
        node = self._groups.grouping.group_of[place]
        before, self.task_runs[place] = self.task_runs[place], run
        self.changed[node] = number
        tally = self._tallies.get(node)
        if tally is not None:
            tally.change(before, run)

    def extend(
        self, added: Sequence[SeenTaskRun], upstreams: Sequence[Sequence[int]], corrected: Mapping[int, Sequence[int]]
    ) -> None:
        """Task runs have come, whose ids are in ``place_of`` already, by ``number``. ``corrected`` are upstreams of those that were
        there, now known."""
        first = len(self.task_runs)
        self.task_runs += added
        self._note_children(first)
        if not self._groups.extend(self._labelled(added), upstreams, corrected):
            self._begin()
            return
        for place in range(first, len(self.task_runs)):
            node = self._groups.grouping.group_of[place]
            self.changed[node] = self.number
            if node in self._tallies:
                self._tallies[node].add(self.task_runs[place])

    def _begin(self) -> None:
        """Nodes are others than before, or the first ones."""
        self.grouped_at = self.number
        self.changed: dict[int, int] = {}
        self._tallies: dict[int, Tally] = {}

    def _note_children(self, first: int) -> None:
        for run in self.task_runs[first:]:
            if run.child_flow_run_id is not None:
                self._of_child[run.child_flow_run_id] = run.id

    def _labelled(self, runs: Sequence[SeenTaskRun]) -> list[int]:
        for run in runs:
            self.task_names.setdefault(run.task_key, run.task_name)
        return [
            self._labels.setdefault((run.task_key, run.child_flow_run_id is not None), len(self._labels))
            for run in runs
        ]
