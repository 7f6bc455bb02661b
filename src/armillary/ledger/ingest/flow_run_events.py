"""Flows and flow runs begin: what their events make of the rows of a batch."""

from __future__ import annotations

from msgspec import json
from sqlalchemy import select

from armillary.core.ids import flow_id
from armillary.core.states import StateType, can_move
from armillary.journal.format.events import FlowDeclared, FlowRunCreated
from armillary.ledger.database import run_rows
from armillary.ledger.database.checks import LONGEST_NAME, clean, clean_or_none, is_time, short, tags_of
from armillary.ledger.database.dialect import Row, insert_missing, upsert
from armillary.ledger.database.refusals import NOT_VALUES, Refused, parameter_hashes, parameters, state_type
from armillary.ledger.database.run_rows import history_line, take_state
from armillary.ledger.ingest.batch_runs import BatchRuns
from armillary.ledger.tables import run_tables


class FlowRunEvents:
    """One method per event; each raises Refused for what cannot be applied."""

    __slots__ = ("_below", "_flows", "_runs", "_tags")

    def __init__(self, runs: BatchRuns) -> None:
        self._runs = runs
        self._flows: dict[str, Row] = {}
        self._tags: list[Row] = []
        self._below: list[Row] = []

    def declared(self, event: FlowDeclared) -> None:
        if event.flow_id != flow_id(event.name):
            raise Refused("a flow whose id is not its name's")
        if short(event.name) != event.name:  # ids are made of whole names
            raise Refused(f"a flow whose name has a NUL or more than {LONGEST_NAME} characters")
        self._flows[event.flow_id] = {
            "id": event.flow_id,
            "name": event.name,
            "description": clean_or_none(event.description),
            "tags": json.encode(tags_of(sorted(event.tags))).decode(),
            "created": event.at,
            "updated": event.at,
            "declared_by": None,
        }

    def created(self, event: FlowRunCreated) -> None:
        if event.run in self._runs.deleted:
            return
        kind = state_type(event.state_type, event.state_name)
        if not is_time(event.expected_start):
            raise Refused(NOT_VALUES)
        known = self._runs.flow_runs.get(event.run)
        if known is not None:
            self._again(known, event, kind)
            return
        if not can_move(None, kind):
            raise Refused(f"a run cannot begin as {kind}")
        tags = tags_of(event.tags)
        run: Row = {
            "id": event.run,
            "flow_id": event.flow_id,
            "flow_name": self._flow_name(event.flow_id),
            "name": short(event.name),
            "expected_start": event.expected_start,
            "created": event.at,
            "root_flow_run_id": self._runs.root,
            "parameters": parameters(event.parameters),
            "tags": json.encode(tags).decode(),
            **run_rows.first_state(kind, event.state_name, event.message, event.at),
            "attempt": self._runs.attempt,
            "flow_version": clean_or_none(event.flow_version),
            "task_runner": clean_or_none(event.task_runner),
            "parent_flow_run_id": event.parent_flow_run_id,
            "parent_task_run_id": event.parent_task_run_id,
            "deployment_id": event.deployment_id,
            "schedule_id": None,
            "idempotency_key": self._own_key(event),
            "entrypoint": clean_or_none(event.entrypoint),
            "auto_scheduled": False,
            "incomplete_history": False,
            "parameter_hashes": parameter_hashes(event.parameter_hashes),
        }
        self._runs.change_flow_run(run)
        if event.parent_flow_run_id is not None:
            self._below.append(run)
        start = event.expected_start
        self._tags.extend({"tag": tag, "expected_start": start, "flow_run_id": event.run} for tag in tags)
        self._runs.flow_run_states.append(history_line("flow_run_id", run, self._runs.attempt))

    def _again(self, run: Row, event: FlowRunCreated, kind: StateType) -> None:
        """The next owner of a run that exists, because it was scheduled or is tried again, says how it runs it."""
        for name in ("flow_version", "task_runner", "entrypoint"):
            said = getattr(event, name)
            if said is not None and not (name == "entrypoint" and run["deployment_id"] is not None):
                run[name] = clean(said)  # a deployed run's file is a copy that is gone with its process
        run["updated"] = max(run["updated"], event.at)
        self._runs.change_flow_run(run)
        current = StateType(run["state_type"])
        if run["id"] == self._runs.root and self._runs.awaits_grant:
            return  # it waits in its queue until its owner says that it has finished
        if (kind, event.state_name) != (current, run["state_name"]) and can_move(current, kind):
            take_state(run, kind, event.state_name, event.message, event.at, run["run_count"])
            self._runs.flow_run_states.append(history_line("flow_run_id", run, self._runs.attempt))

    def write_flows(self) -> None:
        """Those that are new, and those that this root's flow may describe anew."""
        root = self._runs.flow_runs.get(self._runs.root)
        table = run_tables.flow
        known: dict[str, str | None] = {}
        if self._flows:
            found = select(table.c.id, table.c.declared_by).where(table.c.id.in_(sorted(self._flows)))
            known = {row.id: row.declared_by for row in self._runs.connection.execute(found)}
        by = None if root is None else root["flow_id"]
        rows = [
            {**self._flows[key], "declared_by": by}
            for key in sorted(self._flows)
            if key not in known or may_describe(root, key, known[key])
        ]
        upsert(self._runs.connection, table, rows, keep=("created", "declared_by"))

    def settle_parents(self) -> None:
        """A run whose parent's beginning could not be read is kept directly below the root run."""
        for run in self._below:
            if run["parent_flow_run_id"] not in self._runs.flow_runs:
                run["parent_flow_run_id"] = self._runs.root

    def write_tags(self) -> None:
        insert_missing(self._runs.connection, run_tables.flow_run_tag, self._tags)

    def _own_key(self, event: FlowRunCreated) -> str | None:
        """Below the root run's id, so that no run which was begun without asking takes a key that others ask with. Of two runs below
        one root that were begun under one key the first keeps it."""
        if event.idempotency_key is None:
            return None
        key = short(f"{self._runs.root} {event.idempotency_key}")
        if any(
            run["flow_id"] == event.flow_id and run["idempotency_key"] == key for run in self._runs.changed_flow_runs
        ):
            return None
        run = run_tables.flow_run.c
        same = select(run.id).where(run.flow_id == event.flow_id, run.idempotency_key == key)
        return key if self._runs.connection.execute(same).first() is None else None

    def _flow_name(self, wanted: str) -> str:
        declared = self._flows.get(wanted)
        if declared is not None:
            return str(declared["name"])
        table = run_tables.flow
        return self._runs.connection.execute(select(table.c.name).where(table.c.id == wanted)).scalar() or "unknown"


def may_describe(root: Row | None, flow: str, declared_by: str | None) -> bool:
    """Whether a journal may say anew what a flow that is known is about: one of its own runs may, and so may runs of the flow that
    declared it first. Runs of no deployment were begun by who has the code at hand."""
    return root is not None and (root["deployment_id"] is None or root["flow_id"] in (flow, declared_by))
