"""What runs tell beside their states: results, artifacts, questions and answers, where time went, commands carried out."""

from __future__ import annotations

from armillary.journal.format.events import (
    Artifact,
    CommandApplied,
    InputAnswered,
    InputAsked,
    Progress,
    ResultStored,
    TimeSpent,
)
from armillary.ledger.database.checks import LONGEST_DOCUMENT, clean, clean_or_none, is_time, readable, short
from armillary.ledger.database.dialect import Row, upsert
from armillary.ledger.database.outbox import Outbox
from armillary.ledger.database.refusals import NOT_VALUES, Refused
from armillary.ledger.ingest.batch_runs import UNKNOWN, BatchRuns
from armillary.ledger.ownership import commands
from armillary.ledger.runs import run_inputs, times_spent
from armillary.ledger.runs.artifacts import write_artifacts
from armillary.ledger.tables import run_tables


class TellingEvents:
    """One method per event; each raises Refused for what cannot be applied."""

    __slots__ = ("_answered", "_artifacts", "_asked", "_progress", "_results", "_runs", "_spent")

    def __init__(self, runs: BatchRuns) -> None:
        self._runs = runs
        self._results: dict[str, Row] = {}
        self._artifacts: dict[str, Row] = {}
        self._progress: dict[str, Row] = {}
        self._asked: dict[tuple[str, str], Row] = {}
        self._answered: list[InputAnswered] = []
        self._spent: dict[str, Row] = {}

    def result_stored(self, event: ResultStored) -> None:
        flow_run = self._runs.flow_runs.get(event.run)
        run = flow_run if flow_run is not None else self._runs.task_run(event.run)
        if run is None:
            return
        if not 0 <= event.size < 2**63 or not (event.expires is None or is_time(event.expires)):
            raise Refused(NOT_VALUES)
        self._results[event.run] = {
            "run_id": event.run,
            "flow_run_id": run["id"] if flow_run is not None else run["flow_run_id"],
            "storage": readable(event.storage),
            "key": readable(event.key),
            "serializer": short(event.serializer),
            "size": event.size,
            "created": event.at,
            "expires": event.expires,
            "content_type": clean_or_none(event.content_type),
            "for_resume_only": event.for_resume_only,
        }

    def artifact(self, event: Artifact) -> None:
        if event.flow_run_id in self._runs.deleted:
            return
        if event.flow_run_id not in self._runs.flow_runs:
            raise Refused(UNKNOWN)
        if len(event.data) > LONGEST_DOCUMENT:
            raise Refused(f"an artifact of more than {LONGEST_DOCUMENT:,} characters")
        self._artifacts[event.artifact_id] = {
            "id": event.artifact_id,
            "flow_run_id": event.flow_run_id,
            "task_run_id": event.task_run_id,
            "key": None if event.key is None else short(event.key),
            "kind": short(event.kind),
            "data": clean(event.data),
            "description": clean_or_none(event.description),
            "fraction": None,
            "created": event.at,
            "updated": event.at,
        }

    def progressed(self, event: Progress) -> None:
        if not 0.0 <= event.fraction <= 1.0:
            raise Refused("progress outside 0 to 1")
        self._progress[event.artifact_id] = {"fraction": event.fraction, "at": event.at}

    def input_asked(self, event: InputAsked) -> None:
        if self._runs.flow_run(event.run):
            self._asked[event.run, event.key] = run_inputs.row_of(event)

    def input_answered(self, event: InputAnswered) -> None:
        if self._runs.flow_run(event.run):
            self._answered.append(run_inputs.answer_of(event))

    def time_spent(self, event: TimeSpent) -> None:
        if self._runs.flow_run(event.run):
            self._spent[event.run] = times_spent.row_of(event)

    def command_applied(self, event: CommandApplied) -> None:
        commands.answered(
            self._runs.connection, self._runs.root, event.command_id, short(event.verb), short(event.outcome), event.at
        )

    def write(self, outbox: Outbox) -> None:
        connection = self._runs.connection
        upsert(connection, run_tables.stored_result, [self._results[key] for key in sorted(self._results)])
        write_artifacts(connection, self._runs.root, self._artifacts, self._progress, outbox)
        times_spent.write(connection, [self._spent[key] for key in sorted(self._spent)])
        run_inputs.write(connection, [self._asked[key] for key in sorted(self._asked)], self._answered)
