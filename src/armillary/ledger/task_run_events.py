"""Task runs begin, and depend on others: what their events make of the rows of a batch."""

from __future__ import annotations

from msgspec import json

from armillary.core.states import StateType
from armillary.journal.events import Edge, TaskRunCreated
from armillary.ledger import run_rows, tables
from armillary.ledger.batch_runs import UNKNOWN, BatchRuns
from armillary.ledger.checks import is_count, short
from armillary.ledger.dialect import Row, insert_missing
from armillary.ledger.refusals import NOT_VALUES, Refused, check_ids, edges_of
from armillary.ledger.task_counts import TaskCounts


class TaskRunEvents:
    """One method per event; each raises Refused for what cannot be applied."""

    __slots__ = ("_counts", "_edges", "_runs", "_tags")

    def __init__(self, runs: BatchRuns, counts: TaskCounts) -> None:
        self._runs = runs
        self._counts = counts
        self._tags: list[Row] = []
        self._edges: dict[tuple[str, str, str], Row] = {}

    def created(self, event: TaskRunCreated) -> None:
        if event.flow_run_id in self._runs.deleted or event.run in self._runs.task_runs:
            return
        if event.flow_run_id not in self._runs.flow_runs:
            raise Refused(UNKNOWN)
        if event.run in self._runs.foreign:
            raise Refused("a task run that belongs to another root run")
        check_ids(event.run, event.parent_task_run_id, event.child_flow_run_id)
        if not (is_count(event.dynamic_key) and is_count(event.max_retries) and is_count(event.flow_run_count)):
            raise Refused(NOT_VALUES)
        edges = [] if event.upstreams is None else edges_of(event.upstreams)
        run: Row = {
            "id": event.run,
            "flow_run_id": event.flow_run_id,
            "name": short(event.name),
            "task_name": short(event.task_name),
            "task_key": short(event.task_key),
            "dynamic_key": event.dynamic_key,
            "created": event.at,
            "tags": json.encode([short(tag) for tag in event.tags]).decode() if event.tags else "[]",
            **run_rows.first_state(StateType.PENDING, "Pending", None, event.at),
            "history_length": 0,
            "attempt": self._runs.attempt,
            "flow_run_count": event.flow_run_count,
            "max_retries": event.max_retries,
            "parent_task_run_id": event.parent_task_run_id,
            "child_flow_run_id": event.child_flow_run_id,
            "cached_from": None,
        }
        self._runs.change_task_run(run)
        if event.tags:
            tags = dict.fromkeys(short(tag) for tag in event.tags)
            self._tags.extend({"tag": tag, "task_run_id": event.run} for tag in tags)
        self._counts.move(run, None)
        for parameter, upstream in edges:
            self._add_edge(run, parameter, upstream)

    def edge(self, event: Edge) -> None:
        run = self._runs.task_run(event.run)
        if run is not None:
            check_ids(*event.upstreams)
            for upstream in event.upstreams:
                self._add_edge(run, short(event.parameter), upstream)

    def write(self) -> None:
        insert_missing(self._runs.connection, tables.task_run_tag, self._tags)
        insert_missing(self._runs.connection, tables.edge, [self._edges[key] for key in sorted(self._edges)])

    def _add_edge(self, run: Row, parameter: str, upstream: str) -> None:
        self._edges[run["id"], parameter, upstream] = {
            "flow_run_id": run["flow_run_id"],
            "task_run_id": run["id"],
            "parameter": parameter,
            "upstream_task_run_id": upstream,
        }
