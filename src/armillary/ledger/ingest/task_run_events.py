"""Task runs begin, and depend on others: what their events make of the rows of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Set

from msgspec import json

from armillary.core.states import StateType
from armillary.journal.format.events import Edge, TaskRunCreated
from armillary.ledger.database import run_rows
from armillary.ledger.database.checks import is_count, short, tags_of
from armillary.ledger.database.dialect import Row, insert_missing
from armillary.ledger.database.refusals import NOT_VALUES, Refused
from armillary.ledger.ingest.batch_runs import UNKNOWN, BatchRuns
from armillary.ledger.runs.task_counts import TaskCounts
from armillary.ledger.tables import run_tables


class TaskRunEvents:
    """One method per event; each raises Refused for what cannot be applied."""

    __slots__ = ("_counts", "_edges", "_left_out", "_runs", "_tags")

    def __init__(self, runs: BatchRuns, counts: TaskCounts, left_out: Set[str]) -> None:
        """``left_out`` are upstreams that become no edges."""
        self._runs = runs
        self._counts = counts
        self._left_out = left_out
        self._tags: list[Row] = []
        self._edges: dict[tuple[str, str, str], Row] = {}

    def created(self, event: TaskRunCreated) -> None:
        if event.flow_run_id in self._runs.deleted or event.run in self._runs.task_runs:
            return
        if event.flow_run_id not in self._runs.flow_runs:
            raise Refused(UNKNOWN)
        if not (is_count(event.dynamic_key) and is_count(event.max_retries) and is_count(event.flow_run_count)):
            raise Refused(NOT_VALUES)
        tags = tags_of(event.tags) if event.tags else ()
        run: Row = {
            "id": event.run,
            "flow_run_id": event.flow_run_id,
            "name": short(event.name),
            "task_name": short(event.task_name),
            "task_key": short(event.task_key),
            "dynamic_key": event.dynamic_key,
            "created": event.at,
            "tags": json.encode(tags).decode() if tags else "[]",
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
        if tags:
            self._tags.extend({"tag": tag, "task_run_id": event.run} for tag in tags)
        self._counts.move(run, None)
        for parameter, upstreams in (event.upstreams or {}).items():
            self._add_edges(run, parameter, upstreams)

    def edge(self, event: Edge) -> None:
        run = self._runs.task_run(event.run)
        if run is not None:
            self._add_edges(run, event.parameter, event.upstreams)

    def write(self) -> None:
        insert_missing(self._runs.connection, run_tables.task_run_tag, self._tags)
        insert_missing(self._runs.connection, run_tables.edge, [self._edges[key] for key in sorted(self._edges)])

    def _add_edges(self, run: Row, parameter: str, upstreams: Iterable[str]) -> None:
        parameter = short(parameter)
        for upstream in upstreams:
            if upstream not in self._left_out:
                self._edges[run["id"], parameter, upstream] = {
                    "flow_run_id": run["flow_run_id"],
                    "task_run_id": run["id"],
                    "parameter": parameter,
                    "upstream_task_run_id": upstream,
                }
