"""Which ids a journal may name.

A journal speaks of its root run and of what is below it. Every id in an event has a rule here, and nothing else decides whether the
event may name it: a journal that names what belongs to another run is refused that event. A test compares this table with the
fields of every event, so that a new one cannot be forgotten.

Most batches name nothing they may not, so ids are judged once for a whole batch, and its events one by one only where one of them
was found to be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from armillary.journal.format.events import (
    Artifact,
    CommandApplied,
    Edge,
    FlowDeclared,
    FlowRunCreated,
    Header,
    InputAnswered,
    InputAsked,
    Log,
    Progress,
    ResultStored,
    StateChanged,
    TaskRunCreated,
    TimeSpent,
)
from armillary.ledger.database.checks import is_id
from armillary.ledger.database.refusals import NOT_VALUES, Refused
from armillary.ledger.ingest.batch_runs import BatchRuns
from armillary.ledger.tables import run_tables
from armillary.ledger.tables.deployment_tables import deployment

FOREIGN_FLOW_RUN = "a flow run that belongs to another root run"
FOREIGN_TASK_RUN = "a task run that belongs to another root run"
FOREIGN_ARTIFACT = "an artifact that belongs to another root run"
FOREIGN_COMMAND = "a command for another root run"
FOREIGN_DEPLOYMENT = "a deployment that its root run is not of"
OWN_ANCESTOR = "a flow run that would be below itself"
_IDS_AT_ONCE = 500


class Rule(Enum):
    """What an id in an event may be."""

    JOURNAL = auto()
    """Of a header, which is judged before anything of its journal is taken in."""
    THIS_ROOT = auto()
    """The journal's own root run."""
    FLOW_RUN = auto()
    """A flow run below this root, which the event changes."""
    TASK_RUN = auto()
    """A task run below this root, which the event changes."""
    RUN = auto()
    """A run below this root, of either kind, which the event changes."""
    PARENT = auto()
    """A flow run below this root; not the run itself, and no run below it."""
    OTHER_FLOW_RUN = auto()
    """A flow run that is not below another root. It need not be known yet."""
    OTHER_TASK_RUN = auto()
    """A task run that is not below another root. It need not be known yet."""
    UPSTREAM = auto()
    """As OTHER_TASK_RUN. One below another root is left out: a value may come from anywhere, an edge does not."""
    ARTIFACT = auto()
    """An artifact that is not of a run below another root."""
    COMMAND = auto()
    """A command that was not meant for another root."""
    DEPLOYMENT = auto()
    """The deployment that the root run is of, named by the root run alone."""
    KEY = auto()
    """Any text: it is kept below the root run's id, out of reach of keys that others asked with."""
    FLOW = auto()
    """Any flow, since a flow may call any other. Whether it may be described is decided by who declared it."""
    SOURCE = auto()
    """Any task run: a cached result may be another root's, and its id alone tells nothing."""


RULES: dict[type, tuple[tuple[str, Rule], ...]] = {
    Header: (
        ("journal_id", Rule.JOURNAL),
        ("root_flow_run_id", Rule.JOURNAL),
        ("ledger_id", Rule.JOURNAL),
        ("machine_id", Rule.JOURNAL),
        ("boot_id", Rule.JOURNAL),
    ),
    FlowDeclared: (("flow_id", Rule.FLOW),),
    FlowRunCreated: (
        ("run", Rule.FLOW_RUN),
        ("flow_id", Rule.FLOW),
        ("root_flow_run_id", Rule.THIS_ROOT),
        ("parent_flow_run_id", Rule.PARENT),
        ("parent_task_run_id", Rule.OTHER_TASK_RUN),
        ("deployment_id", Rule.DEPLOYMENT),
        ("idempotency_key", Rule.KEY),
    ),
    TaskRunCreated: (
        ("run", Rule.TASK_RUN),
        ("flow_run_id", Rule.FLOW_RUN),
        ("upstreams", Rule.UPSTREAM),
        ("parent_task_run_id", Rule.OTHER_TASK_RUN),
        ("child_flow_run_id", Rule.OTHER_FLOW_RUN),
    ),
    StateChanged: (("run", Rule.RUN), ("cached_from", Rule.SOURCE)),
    Edge: (("run", Rule.TASK_RUN), ("upstreams", Rule.UPSTREAM)),
    ResultStored: (("run", Rule.RUN),),
    Artifact: (
        ("artifact_id", Rule.ARTIFACT),
        ("flow_run_id", Rule.FLOW_RUN),
        ("task_run_id", Rule.OTHER_TASK_RUN),
    ),
    Progress: (("artifact_id", Rule.ARTIFACT),),
    InputAsked: (("run", Rule.FLOW_RUN),),
    InputAnswered: (("run", Rule.FLOW_RUN),),
    TimeSpent: (("run", Rule.FLOW_RUN),),
    CommandApplied: (("command_id", Rule.COMMAND),),
    Log: (("flow_run_id", Rule.OTHER_FLOW_RUN), ("task_run_id", Rule.OTHER_TASK_RUN)),
}
"""For each event with ids, its fields that hold some. ``cached_from`` that is not an id is dropped where it is read."""

_ROWS_OF_FLOW_RUNS = (Rule.FLOW_RUN, Rule.PARENT, Rule.RUN)
_ROWS_OF_TASK_RUNS = (Rule.TASK_RUN, Rule.RUN)
_IDS = (
    Rule.THIS_ROOT,
    Rule.FLOW_RUN,
    Rule.TASK_RUN,
    Rule.RUN,
    Rule.PARENT,
    Rule.OTHER_FLOW_RUN,
    Rule.OTHER_TASK_RUN,
    Rule.UPSTREAM,
    Rule.ARTIFACT,
    Rule.COMMAND,
    Rule.DEPLOYMENT,
    Rule.FLOW,
)
"""The rules of what must have the form of an id."""


class NamedIds:
    """The ids that a batch of events names, and which of them its journal may not name. ``left_out`` are upstreams that are
    no edges of this root's graph."""

    __slots__ = ("_expected", "_named", "_runs", "_wrong", "left_out")

    def __init__(self, events: Iterable[tuple[int, Any, bytes]]) -> None:
        self._named: dict[Rule, set[str]] = {rule: set() for rule in Rule}
        self._wrong: dict[Rule, dict[str, str]] = {}
        self._expected: set[str] = set()
        self._runs: BatchRuns | None = None
        self.left_out: set[str] = set()
        named = self._named
        for _, event, _ in events:
            kind = type(event)
            if kind is StateChanged:  # the most of them, and its other field says which kind of run
                named[_of_state(event)].add(event.run)
                continue
            for field, rule in RULES.get(kind, ()):
                value = getattr(event, field)
                if value is not None:
                    named[rule].update(_ids_in(value))

    @property
    def flow_runs(self) -> set[str]:
        """Those whose rows the events need."""
        return set[str]().union(*(self._named[rule] for rule in _ROWS_OF_FLOW_RUNS))

    @property
    def task_runs(self) -> set[str]:
        """Those whose rows the events need."""
        return set[str]().union(*(self._named[rule] for rule in _ROWS_OF_TASK_RUNS))

    def judge(self, runs: BatchRuns) -> None:
        """Find what a journal of ``runs.root`` may not name."""
        self._runs = runs
        connection, root, named = runs.connection, runs.root, self._named
        self._judge_forms()
        self._refuse(Rule.THIS_ROOT, named[Rule.THIS_ROOT] - {root}, FOREIGN_FLOW_RUN)
        buried = _found(
            connection, select(_grave.flow_run_id).where(_grave.root_flow_run_id != root), named[Rule.FLOW_RUN]
        )
        for rule in _ROWS_OF_FLOW_RUNS:
            self._refuse(rule, named[rule] & (runs.foreign | buried), FOREIGN_FLOW_RUN)
        self._refuse(Rule.TASK_RUN, named[Rule.TASK_RUN] & runs.foreign, FOREIGN_TASK_RUN)
        own = runs.task_runs.keys() | (named[Rule.TASK_RUN] - runs.foreign)
        self._judge_others(connection, root, runs.flow_runs.keys(), own)
        self.left_out = _foreign_task_runs(connection, root, named[Rule.UPSTREAM] - own)
        elsewhere = select(_artifact.id).join(run_tables.flow_run, _run.id == _artifact.flow_run_id)
        foreign = _found(connection, elsewhere.where(_run.root_flow_run_id != root), named[Rule.ARTIFACT])
        self._refuse(Rule.ARTIFACT, foreign, FOREIGN_ARTIFACT)
        elsewhere = select(_command.id).where(_command.root_flow_run_id != root)
        self._refuse(Rule.COMMAND, _found(connection, elsewhere, named[Rule.COMMAND]), FOREIGN_COMMAND)

    def judge_logs(self, connection: Connection, root: str) -> None:
        """As ``judge``, for lines of logs, of which the runs need not be known yet."""
        self._judge_forms()
        self._judge_others(connection, root, {root}, set())

    def check(self, event: Any) -> None:
        """Raises Refused for an event that names what it may not."""
        kind = type(event)
        if self._wrong:
            for field, rule in RULES.get(kind, ()):
                wrong = self._wrong.get(_of_state(event) if kind is StateChanged and field == "run" else rule)
                value = getattr(event, field) if wrong else None
                if value is not None and wrong is not None:
                    for each in _ids_in(value):
                        if each in wrong:
                            raise Refused(wrong[each])
        if kind is FlowRunCreated and self._runs is not None:
            self._check_deployment(event, self._runs)
            self._check_parent(event, self._runs)

    def _check_deployment(self, event: FlowRunCreated, runs: BatchRuns) -> None:
        if event.deployment_id is None:
            return
        known = runs.flow_runs.get(runs.root)
        if event.run != runs.root or (known is not None and known["deployment_id"] != event.deployment_id):
            raise Refused(FOREIGN_DEPLOYMENT)
        if known is None:  # begun without asking, as a run of that deployment in this process
            flow = select(deployment.c.flow_id).where(deployment.c.id == event.deployment_id)
            if runs.connection.execute(flow).scalar() not in (None, event.flow_id):
                raise Refused(FOREIGN_DEPLOYMENT)

    def _check_parent(self, event: FlowRunCreated, runs: BatchRuns) -> None:
        """A run that nothing names as its parent yet has nothing below it, so only the others can close a circle."""
        parent = event.parent_flow_run_id
        if parent is None or event.run in runs.flow_runs:
            return
        if event.run in (parent, runs.root):
            raise Refused(OWN_ANCESTOR)
        if event.run in self._expected:
            above: str | None = parent
            while above is not None and above in runs.flow_runs:
                above = runs.flow_runs[above]["parent_flow_run_id"]
                if above == event.run:
                    raise Refused(OWN_ANCESTOR)
        if parent not in runs.flow_runs:
            self._expected.add(parent)

    def _judge_forms(self) -> None:
        for rule in _IDS:
            self._refuse(rule, [each for each in self._named[rule] if not is_id(each)], NOT_VALUES)

    def _judge_others(
        self, connection: Connection, root: str, own_flow_runs: Set[str], own_task_runs: Set[str]
    ) -> None:
        elsewhere = select(_run.id).where(_run.root_flow_run_id != root)
        foreign = _found(connection, elsewhere, self._named[Rule.OTHER_FLOW_RUN] - own_flow_runs)
        self._refuse(Rule.OTHER_FLOW_RUN, foreign, FOREIGN_FLOW_RUN)
        foreign = _foreign_task_runs(connection, root, self._named[Rule.OTHER_TASK_RUN] - own_task_runs)
        self._refuse(Rule.OTHER_TASK_RUN, foreign, FOREIGN_TASK_RUN)

    def _refuse(self, rule: Rule, ids: Iterable[str], why: str) -> None:
        found = dict.fromkeys(ids, why)
        if found:
            self._wrong.setdefault(rule, {}).update(found)


_run = run_tables.flow_run.c
_grave = run_tables.tombstone.c
_artifact = run_tables.artifact.c
_command = run_tables.command.c


def _of_state(event: StateChanged) -> Rule:
    return Rule.FLOW_RUN if event.kind == "f" else Rule.TASK_RUN


def _ids_in(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, dict):
        return [each for ids in value.values() for each in ids]
    return value  # type: ignore[no-any-return]


def _foreign_task_runs(connection: Connection, root: str, ids: Set[str]) -> set[str]:
    elsewhere = select(run_tables.task_run.c.id).join(run_tables.flow_run, _run.id == run_tables.task_run.c.flow_run_id)
    return _found(connection, elsewhere.where(_run.root_flow_run_id != root), ids)


def _found(connection: Connection, statement: Select[Any], ids: Iterable[str]) -> set[str]:
    """Those of ``ids`` that the statement, whose first column has ids, finds."""
    wanted = sorted(each for each in ids if is_id(each))
    column: ColumnElement[str] = statement.selected_columns[0]
    found: set[str] = set()
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        part = statement.where(column.in_(wanted[start : start + _IDS_AT_ONCE]))
        found.update(connection.execute(part).scalars())
    return found
