"""The state lane: events of one journal change the runs below its root.

A batch is applied in memory, event by event in the journal's order, over the rows it concerns; what results is written at the
end, each table once, in the order of primary keys and always with the same columns. Whether a state counts is decided by
:func:`armillary.core.rules.admission.admit`. What does not count is kept: a state as a history line with ``applied`` false,
anything else in quarantine.

A fenced owner (its attempt is not the root run's) adds history lines to runs that are known, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from msgspec import json
from sqlalchemy import Connection, select

from armillary.core.ids import flow_id
from armillary.core.rules.admission import Admission, admit
from armillary.core.states import StateType, can_move
from armillary.journal.events import (
    Artifact,
    CommandApplied,
    Edge,
    FlowDeclared,
    FlowRunCreated,
    InputAnswered,
    InputAsked,
    Progress,
    ResultStored,
    StateChanged,
    TaskRunCreated,
    TimeSpent,
)
from armillary.ledger import commands, run_inputs, run_rows, tables, times_spent
from armillary.ledger.artifacts import write_artifacts
from armillary.ledger.checks import LONGEST_NAME, clean, clean_or_none, is_count, is_id, is_time, short
from armillary.ledger.dialect import Row, add_to, insert, insert_missing, upsert
from armillary.ledger.outbox import Outbox
from armillary.ledger.quarantine import Quarantine
from armillary.ledger.refusals import NOT_VALUES, Refused, check_ids, edges_of, parameters, state_type
from armillary.ledger.run_rows import history_line, take_state

_FENCED = "written by an owner that had lost the run: a newer attempt was granted"
_UNKNOWN = "about a run that is not known"

Event = Any


class StateBatch:
    """``apply`` once. ``damaged``: the frames around these events were not all readable."""

    def __init__(
        self, connection: Connection, root: str, attempt: int, quarantine: Quarantine, outbox: Outbox, now: int
    ) -> None:
        self._connection = connection
        self._root = root
        self._attempt = attempt
        self._quarantine = quarantine
        self._outbox = outbox
        self._now = now
        self._flow_runs: dict[str, Row] = {}
        self._task_runs: dict[str, Row] = {}
        self._foreign: set[str] = set()
        self._changed_flow_runs: dict[str, Row] = {}
        self._changed_task_runs: dict[str, Row] = {}
        self._flows: dict[str, Row] = {}
        self._flow_run_states: list[Row] = []
        self._task_run_states: list[Row] = []
        self._flow_run_tags: list[Row] = []
        self._task_run_tags: list[Row] = []
        self._edges: dict[tuple[str, str, str], Row] = {}
        self._results: dict[str, Row] = {}
        self._artifacts: dict[str, Row] = {}
        self._progress: dict[str, Row] = {}
        self._asked: dict[tuple[str, str], Row] = {}
        self._answered: list[InputAnswered] = []
        self._spent: dict[str, Row] = {}
        self._groups: Counter[tuple[str, str, str]] = Counter()
        self._group_names: dict[tuple[str, str], str] = {}
        self._deleted: set[str] = set()
        self._current_attempt = attempt

    def apply(self, events: list[tuple[int, Event, bytes]], damaged: bool) -> None:
        self._load(events)
        root = self._flow_runs.get(self._root)
        if root is not None:
            self._current_attempt = root["attempt"]
        fenced = self._current_attempt != self._attempt
        for ordinal, event, body in events:
            handle = _HANDLERS.get(type(event))
            if handle is None:  # header and closed say nothing of runs
                continue
            try:
                if not is_time(event.at):
                    raise Refused(NOT_VALUES)
                if fenced and type(event) is not StateChanged:
                    raise Refused(_FENCED)
                handle(self, event)
            except Refused as refusal:
                self._quarantine.add(ordinal, body, str(refusal))
        if damaged:
            root = self._flow_runs.get(self._root)
            if root is not None and not root["incomplete_history"]:
                root["incomplete_history"] = True
                self._changed_flow_runs[self._root] = root
        self._write()

    # ── what is there already ───────────────────────────────────────────────────────────────────────────────────

    def _load(self, events: list[tuple[int, Event, bytes]]) -> None:
        flow_run_ids = {self._root}
        task_run_ids: set[str] = set()
        for _, event, _ in events:
            kind = type(event)
            if kind is StateChanged:
                (flow_run_ids if event.kind == "f" else task_run_ids).add(event.run)
            elif kind is TaskRunCreated:
                task_run_ids.add(event.run)
                flow_run_ids.add(event.flow_run_id)
            elif kind is FlowRunCreated:
                flow_run_ids.add(event.run)
            elif kind is Edge:
                task_run_ids.add(event.run)
            elif kind is ResultStored:
                task_run_ids.add(event.run)
                flow_run_ids.add(event.run)
            elif kind is InputAsked or kind is InputAnswered or kind is TimeSpent:
                flow_run_ids.add(event.run)
            elif kind is Artifact:
                flow_run_ids.add(event.flow_run_id)
        for row in run_rows.load(self._connection, tables.flow_run, flow_run_ids):
            if row["root_flow_run_id"] == self._root:
                self._flow_runs[row["id"]] = row
            else:
                self._foreign.add(row["id"])
        found = run_rows.load(self._connection, tables.task_run, task_run_ids)
        homes = {row["flow_run_id"] for row in found} - self._flow_runs.keys()
        for row in run_rows.load(self._connection, tables.flow_run, homes):
            if row["root_flow_run_id"] == self._root:
                self._flow_runs[row["id"]] = row
        for row in found:
            if row["flow_run_id"] in self._flow_runs:
                self._task_runs[row["id"]] = row
            else:
                self._foreign.add(row["id"])
        table = tables.tombstone
        statement = select(table.c.flow_run_id).where(table.c.root_flow_run_id == self._root)
        self._deleted.update(self._connection.execute(statement).scalars())

    # ── one method per event ────────────────────────────────────────────────────────────────────────────────────

    def _flow_declared(self, event: FlowDeclared) -> None:
        if event.flow_id != flow_id(event.name):
            raise Refused("a flow whose id is not its name's")
        if short(event.name) != event.name:  # ids are made of whole names
            raise Refused(f"a flow whose name has a NUL or more than {LONGEST_NAME} characters")
        self._flows[event.flow_id] = {
            "id": event.flow_id,
            "name": event.name,
            "description": clean_or_none(event.description),
            "tags": _json(sorted(event.tags)),
            "created": event.at,
            "updated": event.at,
        }

    def _flow_run_created(self, event: FlowRunCreated) -> None:
        if event.run in self._deleted:
            return
        if event.root_flow_run_id != self._root or event.run in self._foreign:
            raise Refused("a flow run that belongs to another root run")
        kind = state_type(event.state_type, event.state_name)
        check_ids(event.run, event.flow_id, event.parent_flow_run_id, event.parent_task_run_id, event.deployment_id)
        if not is_time(event.expected_start):
            raise Refused(NOT_VALUES)
        known = self._flow_runs.get(event.run)
        if known is not None:
            self._flow_run_again(known, event, kind)
            return
        if not can_move(None, kind):
            raise Refused(f"a run cannot begin as {kind}")
        tags = [short(tag) for tag in event.tags]
        run = self._flow_runs[event.run] = {
            "id": event.run,
            "flow_id": event.flow_id,
            "flow_name": self._flow_name(event.flow_id),
            "name": short(event.name),
            "expected_start": event.expected_start,
            "created": event.at,
            "root_flow_run_id": self._root,
            "parameters": parameters(event.parameters),
            "tags": _json(tags),
            **run_rows.first_state(kind, event.state_name, event.message, event.at),
            "attempt": self._attempt,
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
        }
        self._changed_flow_runs[event.run] = run
        start = event.expected_start
        self._flow_run_tags.extend(
            {"tag": tag, "expected_start": start, "flow_run_id": event.run} for tag in dict.fromkeys(tags)
        )
        self._flow_run_states.append(history_line("flow_run_id", run, self._attempt))

    def _flow_run_again(self, run: Row, event: FlowRunCreated, kind: StateType) -> None:
        """The next owner of a run that exists, because it was scheduled or is tried again, says how it runs it."""
        for name in ("flow_version", "task_runner", "entrypoint"):
            said = getattr(event, name)
            if said is not None and not (name == "entrypoint" and run["deployment_id"] is not None):
                run[name] = clean(said)  # a deployed run's file is a copy that is gone with its process
        run["updated"] = max(run["updated"], event.at)
        self._changed_flow_runs[event.run] = run
        current = StateType(run["state_type"])
        if (kind, event.state_name) != (current, run["state_name"]) and can_move(current, kind):
            take_state(run, kind, event.state_name, event.message, event.at, run["run_count"])
            self._flow_run_states.append(history_line("flow_run_id", run, self._attempt))

    def _task_run_created(self, event: TaskRunCreated) -> None:
        if event.flow_run_id in self._deleted or event.run in self._task_runs:
            return
        if event.flow_run_id not in self._flow_runs:
            raise Refused(_UNKNOWN)
        if event.run in self._foreign:
            raise Refused("a task run that belongs to another root run")
        check_ids(event.run, event.parent_task_run_id, event.child_flow_run_id)
        if not (is_count(event.dynamic_key) and is_count(event.max_retries) and is_count(event.flow_run_count)):
            raise Refused(NOT_VALUES)
        edges = [] if event.upstreams is None else edges_of(event.upstreams)
        task_key, task_name = short(event.task_key), short(event.task_name)
        run = self._task_runs[event.run] = {
            "id": event.run,
            "flow_run_id": event.flow_run_id,
            "name": short(event.name),
            "task_name": task_name,
            "task_key": task_key,
            "dynamic_key": event.dynamic_key,
            "created": event.at,
            "tags": _json([short(tag) for tag in event.tags]) if event.tags else "[]",
            **run_rows.first_state(StateType.PENDING, "Pending", None, event.at),
            "history_length": 0,
            "attempt": self._attempt,
            "flow_run_count": event.flow_run_count,
            "max_retries": event.max_retries,
            "parent_task_run_id": event.parent_task_run_id,
            "child_flow_run_id": event.child_flow_run_id,
            "cached_from": None,
        }
        self._changed_task_runs[event.run] = run
        if event.tags:
            tags = dict.fromkeys(short(tag) for tag in event.tags)
            self._task_run_tags.extend({"tag": tag, "task_run_id": event.run} for tag in tags)
        self._groups[event.flow_run_id, task_key, "PENDING"] += 1
        self._group_names[event.flow_run_id, task_key] = task_name
        for parameter, upstream in edges:
            self._add_edge(run, parameter, upstream)

    def _state_changed(self, event: StateChanged) -> None:
        is_flow_run = event.kind == "f"
        run = (self._flow_runs if is_flow_run else self._task_runs).get(event.run)
        if run is None:
            if self._deleted and event.run not in self._foreign:
                return
            raise Refused(_UNKNOWN)
        kind = state_type(event.type, event.name)
        if not is_count(event.run_count) or not (event.scheduled is None or is_time(event.scheduled)):
            raise Refused(NOT_VALUES)
        before = run["state_type"]
        replaced = run["before_crash"]
        admission = admit(
            StateType(before),
            kind,
            current_attempt=self._current_attempt,
            event_attempt=self._attempt,
            crash_is_presumed=replaced is not None,
            before_crash=None if replaced is None else StateType(replaced),
        )
        key, lines = ("flow_run_id", self._flow_run_states) if is_flow_run else ("task_run_id", self._task_run_states)
        (self._changed_flow_runs if is_flow_run else self._changed_task_runs)[event.run] = run
        if admission is not Admission.APPLIES:
            lines.append(run_rows.refused_line(key, run, kind, event, self._attempt))
            if admission is Admission.ILLEGAL:
                raise Refused(f"a run that is {before} cannot become {kind}")
            return
        take_state(run, kind, event.name, event.message, event.at, event.run_count, event.scheduled)
        lines.append(history_line(key, run, self._attempt))
        if not is_flow_run:
            if event.cached_from is not None and is_id(event.cached_from):
                run["cached_from"] = event.cached_from
            if before != event.type:
                home, task_key = run["flow_run_id"], run["task_key"]
                self._groups[home, task_key, before] -= 1
                self._groups[home, task_key, event.type] += 1
                self._group_names[home, task_key] = run["task_name"]

    def _edge(self, event: Edge) -> None:
        run = self._task_run(event.run)
        if run is not None:
            check_ids(*event.upstreams)
            for upstream in event.upstreams:
                self._add_edge(run, short(event.parameter), upstream)

    def _add_edge(self, run: Row, parameter: str, upstream: str) -> None:
        self._edges[run["id"], parameter, upstream] = {
            "flow_run_id": run["flow_run_id"],
            "task_run_id": run["id"],
            "parameter": parameter,
            "upstream_task_run_id": upstream,
        }

    def _result_stored(self, event: ResultStored) -> None:
        flow_run = self._flow_runs.get(event.run)
        run = flow_run if flow_run is not None else self._task_run(event.run)
        if run is None:
            return
        if not 0 <= event.size < 2**63 or not (event.expires is None or is_time(event.expires)):
            raise Refused(NOT_VALUES)
        self._results[event.run] = {
            "run_id": event.run,
            "flow_run_id": run["id"] if flow_run is not None else run["flow_run_id"],
            "storage": clean(event.storage),
            "key": clean(event.key),
            "serializer": clean(event.serializer),
            "size": event.size,
            "created": event.at,
            "expires": event.expires,
            "content_type": clean_or_none(event.content_type),
            "for_resume_only": event.for_resume_only,
        }

    def _artifact(self, event: Artifact) -> None:
        if event.flow_run_id in self._deleted:
            return
        if event.flow_run_id not in self._flow_runs:
            raise Refused(_UNKNOWN)
        check_ids(event.artifact_id, event.task_run_id)
        self._artifacts[event.artifact_id] = {
            "id": event.artifact_id,
            "flow_run_id": event.flow_run_id,
            "task_run_id": event.task_run_id,
            "key": None if event.key is None else short(event.key),
            "kind": clean(event.kind),
            "data": clean(event.data),
            "description": clean_or_none(event.description),
            "fraction": None,
            "created": event.at,
            "updated": event.at,
        }

    def _progressed(self, event: Progress) -> None:
        check_ids(event.artifact_id)
        if not 0.0 <= event.fraction <= 1.0:
            raise Refused("progress outside 0 to 1")
        self._progress[event.artifact_id] = {"fraction": event.fraction, "at": event.at}

    def _input_asked(self, event: InputAsked) -> None:
        if self._flow_run(event.run):
            self._asked[event.run, event.key] = run_inputs.row_of(event)

    def _input_answered(self, event: InputAnswered) -> None:
        if self._flow_run(event.run):
            self._answered.append(event)

    def _time_spent(self, event: TimeSpent) -> None:
        if self._flow_run(event.run):
            self._spent[event.run] = times_spent.row_of(event)

    def _command_applied(self, event: CommandApplied) -> None:
        check_ids(event.command_id)
        commands.answered(
            self._connection, self._root, event.command_id, clean(event.verb), clean(event.outcome), event.at
        )

    def _flow_run(self, run_id: str) -> bool:
        """False: it is deleted."""
        if run_id not in self._flow_runs and run_id not in self._deleted:
            raise Refused(_UNKNOWN)
        return run_id in self._flow_runs

    def _task_run(self, run_id: str) -> Row | None:
        """None: its flow run is deleted."""
        run = self._task_runs.get(run_id)
        if run is None and (not self._deleted or run_id in self._foreign):
            raise Refused(_UNKNOWN)
        return run

    def _own_key(self, event: FlowRunCreated) -> str | None:
        """Of two runs that were begun under one key, which only runs begun without asking can be, the first keeps it."""
        if event.idempotency_key is None:
            return None
        key = short(event.idempotency_key)
        if any(
            run["flow_id"] == event.flow_id and run["idempotency_key"] == key
            for run in self._changed_flow_runs.values()
        ):
            return None
        run = tables.flow_run.c
        same = select(run.id).where(run.flow_id == event.flow_id, run.idempotency_key == key)
        return key if self._connection.execute(same).first() is None else None

    def _flow_name(self, wanted: str) -> str:
        declared = self._flows.get(wanted)
        if declared is not None:
            return str(declared["name"])
        table = tables.flow
        return self._connection.execute(select(table.c.name).where(table.c.id == wanted)).scalar() or "unknown"

    # ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _write(self) -> None:
        connection = self._connection
        upsert(connection, tables.flow, sorted(self._flows.values(), key=_by_id), keep=("created",))
        upsert(connection, tables.flow_run, sorted(self._changed_flow_runs.values(), key=_by_id))
        upsert(connection, tables.task_run, sorted(self._changed_task_runs.values(), key=_by_id))
        insert(connection, tables.flow_run_state, self._flow_run_states)
        insert(connection, tables.task_run_state, self._task_run_states)
        insert_missing(connection, tables.flow_run_tag, self._flow_run_tags)
        insert_missing(connection, tables.task_run_tag, self._task_run_tags)
        insert_missing(connection, tables.edge, [self._edges[key] for key in sorted(self._edges)])
        upsert(connection, tables.stored_result, [self._results[key] for key in sorted(self._results)])
        write_artifacts(connection, self._root, self._artifacts, self._progress, self._outbox)
        times_spent.write(connection, [self._spent[key] for key in sorted(self._spent)])
        run_inputs.write(connection, [self._asked[key] for key in sorted(self._asked)], self._answered)
        add_to(
            connection,
            tables.task_group,
            "task_runs",
            [
                {
                    "flow_run_id": home,
                    "task_key": key,
                    "state_type": kind,
                    "task_name": self._group_names[home, key],
                    "task_runs": more,
                }
                for (home, key, kind), more in sorted(self._groups.items())
                if more
            ],
        )
        for run in self._changed_flow_runs.values():
            self._outbox.tell_run("flow_run", run, self._root)
        for run in self._changed_task_runs.values():
            self._outbox.tell_run("task_run", run, self._root)


_HANDLERS: dict[type, Any] = {
    FlowDeclared: StateBatch._flow_declared,
    FlowRunCreated: StateBatch._flow_run_created,
    TaskRunCreated: StateBatch._task_run_created,
    StateChanged: StateBatch._state_changed,
    Edge: StateBatch._edge,
    ResultStored: StateBatch._result_stored,
    Artifact: StateBatch._artifact,
    Progress: StateBatch._progressed,
    InputAsked: StateBatch._input_asked,
    InputAnswered: StateBatch._input_answered,
    TimeSpent: StateBatch._time_spent,
    CommandApplied: StateBatch._command_applied,
}


def _json(value: Any) -> str:
    return json.encode(value).decode()


def _by_id(row: Row) -> Any:
    return row["id"]
