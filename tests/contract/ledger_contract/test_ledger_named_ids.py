"""Which ids a journal may name: those of its root run and of what is below it, and no others, whatever the event."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import func, select

from armillary.core.filters import FlowRunFilter
from armillary.core.ids import flow_id
from armillary.journal.commands import CANCEL, Command
from armillary.journal.format import events
from armillary.journal.format.events import (
    LOG_LANE,
    AnyEvent,
    Artifact,
    CommandApplied,
    Edge,
    FlowDeclared,
    FlowRunCreated,
    InputAnswered,
    InputAsked,
    Log,
    Progress,
    ResultStored,
    StateChanged,
    TaskRunCreated,
    TimeSpent,
)
from armillary.ledger import Ledger
from armillary.ledger.ingest import quarantine
from armillary.ledger.ingest.named_ids import RULES, Rule
from armillary.ledger.nouns import flows
from armillary.ledger.ownership import commands
from armillary.ledger.runs import artifacts, flow_runs, task_runs
from armillary.ledger.tables import run_tables
from ledger_contract.conftest import Feed
from ledger_contract.journals import START, Journal, new_id

WORDS = {
    "lane",
    "ledger_url",
    "host",
    "armillary_version",
    "name",
    "description",
    "tags",
    "parameters",
    "parameter_hashes",
    "state_type",
    "state_name",
    "message",
    "flow_version",
    "task_runner",
    "entrypoint",
    "task_name",
    "task_key",
    "kind",
    "from_type",
    "type",
    "parameter",
    "storage",
    "serializer",
    "content_type",
    "data",
    "schema",
    "answer",
    "verb",
    "outcome",
    "logger",
    "reason",
}
"""Fields of text that name nothing in the ledger."""
NAMED_WITHIN_THEIR_RUN = {("ResultStored", "key"), ("Artifact", "key"), ("InputAsked", "key"), ("InputAnswered", "key")}


@pytest.mark.parametrize("event", typing.get_args(events.AnyEvent), ids=lambda event: event.__name__)
def test_every_text_of_every_event_has_a_rule_or_is_known_to_name_nothing(event: type) -> None:
    judged = {field for field, _ in RULES.get(event, ())}
    for field in structs.fields(event):
        if (
            "str" in str(field.type)
            and field.name not in WORDS
            and (event.__name__, field.name) not in NAMED_WITHIN_THEIR_RUN
        ):
            assert field.name in judged, f"{event.__name__}.{field.name} has no rule in named_ids.RULES"
    assert judged <= {field.name for field in structs.fields(event)}


class Victim:
    """A run of somebody else with one of everything."""

    def __init__(self, ledger: Ledger, feed: Feed) -> None:
        journal = Journal(flow="victim")
        self.root = journal.begin()
        journal.flow_state("RUNNING")
        self.task = journal.done_task()
        self.artifact, self.command = new_id(), new_id()
        journal.say(Artifact(journal.tick(), self.artifact, self.root, self.task, "report", "markdown", "theirs"))
        journal.say(ResultStored(journal.tick(), self.task, "s3://theirs", "key", "json", 1))
        feed(journal)
        with ledger.write() as connection:
            commands.ask(connection, self.root, Command(self.command, CANCEL, self.root, START))


@pytest.fixture
def victim(ledger: Ledger, feed: Feed) -> Victim:
    return Victim(ledger, feed)


def _run(of: Journal, run: str | None = None, **fields: Any) -> FlowRunCreated:
    at = of.tick()
    root = fields.pop("root_flow_run_id", of.root)
    made = FlowRunCreated(at, run or new_id(), flow_id("pipe"), "planted", "{}", (), at, root, "PENDING", "Pending")
    return structs.replace(made, **fields)


def _task(of: Journal, run: str | None = None, **fields: Any) -> TaskRunCreated:
    flow_run = fields.pop("flow_run_id", of.root)
    return structs.replace(TaskRunCreated(of.tick(), run or new_id(), flow_run, "t-0", "t", "t", 0), **fields)


FORGED: dict[str, Callable[[Journal, Victim], AnyEvent]] = {
    "FlowRunCreated.run": lambda own, their: _run(own, their.root),
    "FlowRunCreated.root_flow_run_id": lambda own, their: _run(own, root_flow_run_id=their.root),
    "FlowRunCreated.parent_flow_run_id": lambda own, their: _run(own, parent_flow_run_id=their.root),
    "FlowRunCreated.parent_task_run_id": lambda own, their: _run(own, parent_task_run_id=their.task),
    "FlowRunCreated.deployment_id": lambda own, their: _run(own, deployment_id=new_id()),
    "TaskRunCreated.run": lambda own, their: _task(own, their.task),
    "TaskRunCreated.flow_run_id": lambda own, their: _task(own, flow_run_id=their.root),
    "TaskRunCreated.parent_task_run_id": lambda own, their: _task(own, parent_task_run_id=their.task),
    "TaskRunCreated.child_flow_run_id": lambda own, their: _task(own, child_flow_run_id=their.root),
    "TaskRunCreated.upstreams of no id": lambda own, their: _task(own, upstreams={"x": ["nothing"]}),
    "StateChanged.run of a flow run": lambda own, their: StateChanged(
        own.tick(), "f", their.root, "RUNNING", "FAILED", "Failed", 1
    ),
    "StateChanged.run of a task run": lambda own, their: StateChanged(
        own.tick(), "t", their.task, "COMPLETED", "FAILED", "Failed", 1
    ),
    "Edge.run": lambda own, their: Edge(own.tick(), their.task, "x", ()),
    "ResultStored.run of a task run": lambda own, their: ResultStored(
        own.tick(), their.task, "ftp://evil", "k", "pickle", 1
    ),
    "ResultStored.run of a flow run": lambda own, their: ResultStored(
        own.tick(), their.root, "ftp://evil", "k", "pickle", 1
    ),
    "Artifact.artifact_id": lambda own, their: Artifact(
        own.tick(), their.artifact, own.root, None, "k", "markdown", "x"
    ),
    "Artifact.flow_run_id": lambda own, their: Artifact(own.tick(), new_id(), their.root, None, "k", "markdown", "x"),
    "Artifact.task_run_id": lambda own, their: Artifact(
        own.tick(), new_id(), own.root, their.task, "k", "markdown", "x"
    ),
    "Progress.artifact_id": lambda own, their: Progress(own.tick(), their.artifact, 0.5),
    "InputAsked.run": lambda own, their: InputAsked(own.tick(), their.root, "q"),
    "InputAnswered.run": lambda own, their: InputAnswered(own.tick(), their.root, "q", "1"),
    "TimeSpent.run": lambda own, their: TimeSpent(own.tick(), their.root, 1, 1, 1, 1, 1),
    "CommandApplied.command_id": lambda own, their: CommandApplied(own.tick(), their.command, "cancel", "done"),
    "Log.flow_run_id": lambda own, their: Log(own.tick(), 20, "forged", their.root),
    "Log.task_run_id": lambda own, their: Log(own.tick(), 20, "forged", own.root, their.task),
}


def test_each_rule_that_refuses_somebody_elses_is_tried() -> None:
    harmless = {Rule.JOURNAL, Rule.FLOW, Rule.KEY, Rule.SOURCE, Rule.UPSTREAM}
    judged = {
        f"{event.__name__}.{field}" for event, fields in RULES.items() for field, rule in fields if rule not in harmless
    }
    assert judged <= {name.partition(" ")[0] for name in FORGED}


@pytest.mark.parametrize("what", FORGED)
def test_a_journal_that_names_what_belongs_to_another_run_is_refused_that_event(
    ledger: Ledger, feed: Feed, victim: Victim, what: str
) -> None:
    own = Journal()
    own.begin()
    own.flow_state("RUNNING")
    feed(own)
    before = _rows_of_others(ledger, own)
    event = FORGED[what](own, victim)
    own.say(event)
    feed(own, LOG_LANE if isinstance(event, Log) else events.STATE_LANE)
    with ledger.read() as connection:
        assert [each.reason for each in quarantine.frames(connection, root_flow_run_id=own.root)] != []
    assert _rows_of_others(ledger, own) == before


def _rows_of_others(ledger: Ledger, own: Journal) -> dict[str, Any]:
    """All that the ledger holds beside what is of this root run and of the way its journal took."""
    moving = {"quarantine", "ingest_cursor", "outbox"}
    found: dict[str, Any] = {}
    with ledger.read() as connection:
        for table in run_tables.flow_run.metadata.sorted_tables:
            if table.name not in moving:
                rows = connection.execute(select(table)).all()
                found[table.name] = sorted(str(row) for row in rows if own.root not in str(row))
    return found


def test_circles_of_parents_are_refused_in_one_batch_and_in_many(ledger: Ledger, feed: Feed) -> None:
    own = Journal()
    own.begin()
    alone, first, second, third = (new_id() for _ in range(4))
    own.say(_run(own, alone, parent_flow_run_id=alone))
    own.say(_run(own, first, parent_flow_run_id=second))
    own.say(_run(own, second, parent_flow_run_id=third))
    own.say(_run(own, third, parent_flow_run_id=first))
    own.say(_run(own, own.root, parent_flow_run_id=first))
    feed(own)
    own.say(_run(own, third, parent_flow_run_id=first))
    feed(own)
    with ledger.read() as connection:
        known = {run.id: run.parent_flow_run_id for run in flow_runs.page(connection, FlowRunFilter()).items}
        assert alone not in known
        for run in known:
            above, seen = known[run], {run}
            while above is not None:
                assert above not in seen
                seen.add(above)
                above = known[above]
            assert flow_runs.ancestors(connection, run) == [
                flow_runs.get(connection, each) for each in _above(known, run)
            ]


def _above(known: dict[str, str | None], run: str) -> list[str]:
    found: list[str] = []
    above = known[run]
    while above is not None:
        found.insert(0, above)
        above = known[above]
    return found


def test_a_circle_that_an_earlier_release_took_in_costs_nothing(ledger: Ledger, feed: Feed) -> None:
    own = Journal()
    own.begin()
    first = own.flow_run(parent=own.root)
    second = own.flow_run(parent=first)
    feed(own)
    with ledger.write() as connection:
        run = run_tables.flow_run
        connection.execute(run.update().where(run.c.id == first).values(parent_flow_run_id=second))
    with ledger.read(seconds=5) as connection:
        assert [each.id for each in flow_runs.ancestors(connection, second)] == [first]


def test_a_subflow_is_kept_however_its_events_are_cut_into_batches(ledger: Ledger, feed: Feed) -> None:
    for together in (True, False):
        own = Journal()
        own.begin()
        child = new_id()
        events_of_one_subflow: list[AnyEvent] = [
            _task(own, node := new_id(), child_flow_run_id=child),
            _run(own, child, parent_flow_run_id=own.root, parent_task_run_id=node),
            _run(own, grandchild := new_id(), parent_flow_run_id=child),
        ]
        for event in events_of_one_subflow:
            own.say(event)
            if not together:
                feed(own)
        feed(own)
        with ledger.read() as connection:
            assert quarantine.frames(connection, root_flow_run_id=own.root) == []
            assert [each.id for each in flow_runs.ancestors(connection, grandchild)] == [own.root, child]
            found = task_runs.get(connection, node)
            assert found is not None
            assert found.child_flow_run_id == child


def test_a_child_may_come_before_its_parent_in_a_batch_and_one_without_is_kept_below_the_root(
    ledger: Ledger, feed: Feed
) -> None:
    own = Journal()
    own.begin()
    parent, child, orphan = new_id(), new_id(), new_id()
    own.say(_run(own, child, parent_flow_run_id=parent))
    own.say(_run(own, parent, parent_flow_run_id=own.root))
    own.say(_run(own, orphan, parent_flow_run_id=new_id()))
    feed(own)
    with ledger.read() as connection:
        assert [each.id for each in flow_runs.ancestors(connection, child)] == [own.root, parent]
        assert [each.id for each in flow_runs.ancestors(connection, orphan)] == [own.root]


def test_an_upstream_below_another_root_is_no_edge_and_its_task_run_is_kept(
    ledger: Ledger, feed: Feed, victim: Victim
) -> None:
    own = Journal()
    own.begin()
    first = own.task()
    second = own.task(upstreams={"data": [first, victim.task]})
    own.say(Edge(own.tick(), second, "more", (victim.task, first)))
    feed(own)
    with ledger.read() as connection:
        found = task_runs.get(connection, second)
        assert found is not None
        assert found.upstreams == {"data": [first], "more": [first]}
        assert connection.execute(select(func.count()).select_from(run_tables.quarantine)).scalar() == 0


def test_a_deployed_run_describes_its_own_flow_and_those_it_declared_first(ledger: Ledger, feed: Feed) -> None:
    owner = Journal(flow="two")
    owner.begin()
    feed(owner)
    guest = Journal(flow="one")
    guest.begin()
    feed(guest)
    with ledger.write() as connection:  # as a server makes the runs of a deployment
        run = run_tables.flow_run
        connection.execute(run.update().where(run.c.id == guest.root).values(deployment_id=new_id()))
    for name in ("one", "two", "helper", "helper"):
        guest.say(FlowDeclared(guest.tick(), flow_id(name), name, f"Anew at {guest.now}.", ("anew",)))
        feed(guest)
    with ledger.read() as connection:
        told = {each.name: each.description for each in flows.page(connection).items}
        assert told["two"] == "Says what it does."
        assert told["one"] != "Says what it does."
        assert told["helper"] == f"Anew at {guest.now}."
        assert quarantine.count(connection) == 0


def test_a_command_id_that_a_run_recorded_first_stops_no_command_to_another(ledger: Ledger, feed: Feed) -> None:
    theirs, own = Journal(), Journal()
    for journal in (theirs, own):
        journal.begin()
        journal.flow_state("RUNNING")
    taken = new_id()
    own.say(CommandApplied(own.tick(), taken, "cancel", "done"))
    feed(own)
    feed(theirs)
    with ledger.write() as connection:
        wanted = Command(taken, CANCEL, theirs.root, START)
        assert commands.ask(connection, theirs.root, wanted)
        assert not commands.ask(connection, theirs.root, wanted)
        assert [each.command_id for each in commands.waiting(connection, theirs.root)] == [taken]


def test_artifacts_are_listed_under_their_own_run_alone(ledger: Ledger, feed: Feed, victim: Victim) -> None:
    own = Journal()
    own.begin()
    own.say(Artifact(own.tick(), new_id(), own.root, victim.task, "report", "markdown", "forged"))
    feed(own)
    with ledger.read() as connection:
        assert [each.data for each in artifacts.page(connection, task_run_id=victim.task).items] == ["theirs"]
