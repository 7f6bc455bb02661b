"""The runs that a batch of events is about: their rows as they are, as the batch changes them, and their new history lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, select, update

from armillary.core.states import RUNNING, SCHEDULED, StateType
from armillary.ledger.database import run_rows
from armillary.ledger.database.dialect import Row, insert, upsert
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.database.refusals import Refused
from armillary.ledger.tables import deployment_tables, run_tables

UNKNOWN = "about a run that is not known"


class BatchRuns:
    """Runs below one root. ``attempt`` is that of the journal whose events these are, ``current_attempt`` the root's.

    ``flow_runs`` and ``task_runs`` have the rows by id; who changes one says so with ``change``. ``foreign`` are ids of runs below
    other roots, ``deleted`` of flow runs that were deleted. ``awaits_grant``: the root was put back into its queue because its
    owner, whose events these are, was presumed dead, and nobody has been granted the next attempt.
    """

    __slots__ = (
        "_changed_flow_runs",
        "_changed_task_runs",
        "attempt",
        "awaits_grant",
        "connection",
        "current_attempt",
        "deleted",
        "flow_run_states",
        "flow_runs",
        "foreign",
        "root",
        "task_run_states",
        "task_runs",
    )

    def __init__(
        self, connection: Connection, root: str, attempt: int, flow_run_ids: Iterable[str], task_run_ids: Iterable[str]
    ) -> None:
        self.connection = connection
        self.root = root
        self.attempt = attempt
        self.flow_runs: dict[str, Row] = {}
        self.task_runs: dict[str, Row] = {}
        self.foreign: set[str] = set()
        self.flow_run_states: list[Row] = []
        self.task_run_states: list[Row] = []
        self._changed_flow_runs: dict[str, Row] = {}
        self._changed_task_runs: dict[str, Row] = {}
        self._load({root, *flow_run_ids}, task_run_ids)
        table = run_tables.tombstone
        statement = select(table.c.flow_run_id).where(table.c.root_flow_run_id == root)
        self.deleted = set(connection.execute(statement).scalars())
        found = self.flow_runs.get(root)
        self.current_attempt: int = attempt if found is None else found["attempt"]
        self.awaits_grant = (
            found is not None
            and found["state_type"] == SCHEDULED
            and found["before_crash"] is not None
            and found["attempt"] == attempt + 1
        )

    def _load(self, flow_run_ids: set[str], task_run_ids: Iterable[str]) -> None:
        for row in run_rows.load(self.connection, run_tables.flow_run, flow_run_ids):
            if row["root_flow_run_id"] == self.root:
                self.flow_runs[row["id"]] = row
            else:
                self.foreign.add(row["id"])
        found = run_rows.load(self.connection, run_tables.task_run, task_run_ids)
        homes = {row["flow_run_id"] for row in found} - self.flow_runs.keys()
        for row in run_rows.load(self.connection, run_tables.flow_run, homes):
            if row["root_flow_run_id"] == self.root:
                self.flow_runs[row["id"]] = row
        for row in found:
            if row["flow_run_id"] in self.flow_runs:
                self.task_runs[row["id"]] = row
            else:
                self.foreign.add(row["id"])

    def flow_run(self, run_id: str) -> Row | None:
        """None: it is deleted. Raises Refused for one that is not known."""
        run = self.flow_runs.get(run_id)
        if run is None and run_id not in self.deleted:
            raise Refused(UNKNOWN)
        return run

    def task_run(self, run_id: str) -> Row | None:
        """None: its flow run is deleted. Raises Refused for one that is not known."""
        run = self.task_runs.get(run_id)
        if run is None and (not self.deleted or run_id in self.foreign):
            raise Refused(UNKNOWN)
        return run

    def change_flow_run(self, run: Row) -> None:
        """The row is new or has changed."""
        self.flow_runs[run["id"]] = self._changed_flow_runs[run["id"]] = run

    def change_task_run(self, run: Row) -> None:
        """The row is new or has changed."""
        self.task_runs[run["id"]] = self._changed_task_runs[run["id"]] = run

    def note_late_state(self, root: Row, kind: StateType, at: int) -> None:
        """The root, which waits in its queue, had come further than was known when its owner was presumed dead."""
        root["before_crash"] = str(kind)
        if kind is RUNNING and root["started"] is None:
            root["started"] = at

    def take_back(self, root: Row) -> None:
        """The root's owner had finished before anybody was granted the next attempt: that one will not be."""
        line, death = run_tables.flow_run_state, deployment_tables.run_death
        of_the_next = (line.c.flow_run_id == self.root, line.c.attempt == self.current_attempt)
        self.connection.execute(update(line).where(*of_the_next).values(applied=False))
        presumed = (death.c.flow_run_id == self.root, death.c.attempt == self.attempt)
        self.connection.execute(delete(death).where(*presumed))
        root["attempt"] = self.current_attempt = self.attempt
        self.awaits_grant = False

    def mark_incomplete(self) -> None:
        """A part of the root run's history could not be read."""
        run = self.flow_runs.get(self.root)
        if run is not None and not run["incomplete_history"]:
            run["incomplete_history"] = True
            self.change_flow_run(run)

    @property
    def changed_flow_runs(self) -> Iterable[Row]:
        return self._changed_flow_runs.values()

    def write(self, outbox: Outbox) -> None:
        upsert(self.connection, run_tables.flow_run, sorted(self._changed_flow_runs.values(), key=_by_id))
        upsert(self.connection, run_tables.task_run, sorted(self._changed_task_runs.values(), key=_by_id))
        insert(self.connection, run_tables.flow_run_state, self.flow_run_states)
        insert(self.connection, run_tables.task_run_state, self.task_run_states)
        for run in self._changed_flow_runs.values():
            outbox.tell_run("flow_run", run, self.root)
        for run in self._changed_task_runs.values():
            outbox.tell_run("task_run", run, self.root)


def _by_id(row: Row) -> Any:
    return row["id"]
