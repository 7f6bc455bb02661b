"""Runs change their state: each change that counts moves a row and adds a line to its history, each other one a line alone.

Whether one counts is decided by :func:`armillary.core.rules.admission.admit`.
"""

from __future__ import annotations

from armillary.core.rules.admission import Admission, admit, finishes
from armillary.core.states import StateType
from armillary.journal.format.events import StateChanged
from armillary.ledger.database import run_rows
from armillary.ledger.database.checks import is_count, is_id, is_time
from armillary.ledger.database.refusals import NOT_VALUES, Refused, state_type
from armillary.ledger.database.run_rows import history_line, take_state
from armillary.ledger.ingest.batch_runs import UNKNOWN, BatchRuns
from armillary.ledger.runs.task_counts import TaskCounts


class StateEvents:
    """Changes of flow runs and task runs."""

    __slots__ = ("_counts", "_runs")

    def __init__(self, runs: BatchRuns, counts: TaskCounts) -> None:
        self._runs = runs
        self._counts = counts

    def changed(self, event: StateChanged) -> None:
        """Raises Refused for a change that is none, or that no run may make."""
        runs, is_flow_run = self._runs, event.kind == "f"
        run = (runs.flow_runs if is_flow_run else runs.task_runs).get(event.run)
        if run is None:
            if runs.deleted and event.run not in runs.foreign:
                return
            raise Refused(UNKNOWN)
        kind = state_type(event.type, event.name)
        if not is_count(event.run_count) or not (event.scheduled is None or is_time(event.scheduled)):
            raise Refused(NOT_VALUES)
        before = run["state_type"]
        replaced = run["before_crash"]
        admission = admit(
            StateType(before),
            kind,
            current_attempt=runs.current_attempt,
            event_attempt=runs.attempt,
            before_crash=None if replaced is None else StateType(replaced),
            awaits_grant=runs.awaits_grant,
        )
        if is_flow_run:
            runs.change_flow_run(run)
            key, lines = "flow_run_id", runs.flow_run_states
        else:
            runs.change_task_run(run)
            key, lines = "task_run_id", runs.task_run_states
        if runs.awaits_grant and event.run == runs.root and admission is Admission.APPLIES:
            if finishes(kind, event.name):
                runs.take_back(run)
            else:
                runs.note_late_state(run, kind, event.at)
                admission = Admission.FENCED
        if admission is not Admission.APPLIES:
            lines.append(run_rows.refused_line(key, run, kind, event, runs.attempt))
            if admission is Admission.ILLEGAL:
                raise Refused(f"a run that is {before} cannot become {kind}")
            return
        take_state(run, kind, event.name, event.message, event.at, event.run_count, event.scheduled)
        lines.append(history_line(key, run, runs.attempt))
        if is_flow_run:
            return
        if event.cached_from is not None and is_id(event.cached_from):
            run["cached_from"] = event.cached_from
        self._counts.move(run, before)
