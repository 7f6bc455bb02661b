"""Ingest: frames become rows, each once, and only what counts changes a run."""

from __future__ import annotations

import pytest
from msgspec import json
from sqlalchemy import func, select

from armillary.clock import to_datetime
from armillary.core.errors import JournalTooNew, JournalUnreadable
from armillary.core.filters import FlowRunFilter
from armillary.core.ids import flow_id
from armillary.core.states import CANCELLED, COMPLETED, CRASHED, FAILED, PENDING, RUNNING
from armillary.journal.commands import CANCEL, Command
from armillary.journal.format.damaged import Damaged
from armillary.journal.format.events import (
    FORMAT_VERSION,
    LOG_LANE,
    STATE_LANE,
    Artifact,
    CommandApplied,
    Edge,
    FlowDeclared,
    Progress,
    ResultStored,
)
from armillary.ledger import Ledger
from armillary.ledger.ingest import quarantine
from armillary.ledger.ingest.frames import ingest
from armillary.ledger.nouns import flows
from armillary.ledger.ownership import attempts, commands, settling
from armillary.ledger.runs import deleting, flow_runs, logs, stored_results, task_runs
from armillary.ledger.tables import run_tables
from armillary.ledger.tables.columns import metadata
from ledger_contract.conftest import Feed
from ledger_contract.journals import Journal, encode, new_id


def everything(ledger: Ledger) -> dict[str, int]:
    with ledger.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def test_a_run_with_its_tasks_is_recorded_as_it_was_said(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin(tags=("ml", "nightly"))
    journal.flow_state("RUNNING")
    first = journal.done_task(task="load")
    second = journal.task(task="train", upstreams={"data": [first]}, tags=("gpu",))
    journal.state(second, "RUNNING")
    running_since = journal.now
    journal.tick(2_000_000)
    journal.state(second, "FAILED", message="ValueError: no")
    journal.flow_state("FAILED", message="1/2 states failed.")
    journal.close()

    answer = feed(journal)

    assert (answer.acked, answer.fenced, answer.missing_from, answer.closed) == (len(journal.frames), False, None, True)
    with ledger.read() as connection:
        run = flow_runs.get(connection, journal.root)
        assert run is not None
        assert (run.flow_name, run.name, run.state_type, run.state_message) == (
            "pipe",
            "flashy-dove",
            FAILED,
            "1/2 states failed.",
        )
        assert (run.tags, run.parameters, run.entrypoint) == (["ml", "nightly"], {"rows": 3}, "flows.py:pipe")
        assert run.end_time == to_datetime(journal.now - 1000)
        train = task_runs.get(connection, second)
        assert train is not None
        assert (train.upstreams, train.tags, train.run_count) == ({"data": [first]}, ["gpu"], 1)
        assert train.start_time == to_datetime(running_since)
        assert train.total_run_time_seconds == pytest.approx(2.001)
        assert [change.type for change in task_runs.history(connection, second)] == [PENDING, RUNNING, FAILED]
        assert [change.type for change in flow_runs.history(connection, journal.root)] == [PENDING, RUNNING, FAILED]
        assert flow_runs.task_run_counts(connection, journal.root) == {COMPLETED: 1, FAILED: 1}
        assert task_runs.edges(connection, journal.root) == [task_runs.Edge(second, "data", first)]
        assert task_runs.downstreams(connection, first) == [second]
        flow = flows.named(connection, "pipe")
        assert flow is not None and (flow.id, flow.description, flow.tags) == (
            run.flow_id,
            "Says what it does.",
            ["etl"],
        )


def test_frames_delivered_again_change_nothing_and_get_the_same_answer(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.done_task()
    first = feed(journal)
    before = everything(ledger)
    for start in (0, 2, len(journal.frames)):
        with ledger.write() as connection:
            again = ingest(connection, journal.id, STATE_LANE, start, journal.frames[start:], first.server_time)
        assert again == first
    assert everything(ledger) == before


def test_of_an_overlapping_delivery_only_the_new_part_is_applied(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    feed(journal)
    task = journal.done_task()
    with ledger.write() as connection:
        answer = ingest(connection, journal.id, STATE_LANE, 1, journal.frames[1:], journal.now)
        assert answer.acked == len(journal.frames)
        assert len(task_runs.history(connection, task)) == 3
        assert len(flow_runs.history(connection, journal.root)) == 1


def test_a_gap_is_answered_with_what_is_missing_and_nothing_is_applied(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    feed(journal)
    held = len(journal.frames)
    journal.done_task()
    before = everything(ledger)
    with ledger.write() as connection:
        answer = ingest(connection, journal.id, STATE_LANE, held + 1, journal.frames[held + 1 :], journal.now)
    assert (answer.acked, answer.missing_from) == (held, held)
    assert everything(ledger) == before


def test_a_lane_that_does_not_begin_with_its_header_is_asked_for_from_the_start(ledger: Ledger) -> None:
    journal = Journal()
    journal.begin()
    with ledger.write() as connection:
        answer = ingest(connection, journal.id, STATE_LANE, 1, journal.frames[1:], journal.now)
    assert (answer.acked, answer.missing_from) == (0, 0)
    assert everything(ledger)["flow_run"] == 0


def test_a_stale_owner_adds_history_but_changes_no_state_and_is_told_to_stop(ledger: Ledger, feed: Feed) -> None:
    stale = Journal()
    stale.begin()
    stale.flow_state("RUNNING")
    task = stale.task()
    stale.state(task, "RUNNING")
    feed(stale)
    with ledger.write() as connection:
        settling.settle(connection, stale.root, 1, stale.tick())
        assert attempts.grant_attempt(connection, stale.root, stale.tick()) == 2
    stale.state(task, "COMPLETED")
    stale.task(index=1)
    stale.flow_state("COMPLETED")

    assert feed(stale).fenced

    with ledger.read() as connection:
        run = flow_runs.get(connection, stale.root)
        assert run is not None
        assert (run.state_type, run.state_name, run.attempt) == (PENDING, "Submitting", 2)
        last = flow_runs.history(connection, stale.root)[-1]
        assert (last.type, last.attempt, last.applied) == (COMPLETED, 1, False)
        found = task_runs.get(connection, task)
        assert found is not None and found.state_type is CRASHED
        assert task_runs.count(connection) == 1
        assert quarantine.count(connection) == 1  # the task run it made is kept, as a frame


def test_the_owner_of_the_granted_attempt_starts_the_run_over(ledger: Ledger, feed: Feed) -> None:
    first = Journal()
    first.begin()
    first.flow_state("RUNNING")
    first.flow_state("FAILED")
    feed(first)
    with ledger.write() as connection:
        attempt = attempts.grant_attempt(connection, first.root, first.tick())
    second = Journal(first.root, attempt)
    second.now = first.now
    second.begin()
    second.flow_state("RUNNING")
    task = second.done_task()
    second.flow_state("COMPLETED")

    assert not feed(second).fenced

    with ledger.read() as connection:
        run = flow_runs.get(connection, first.root)
        assert run is not None
        assert (run.state_type, run.attempt, run.run_count) == (COMPLETED, 2, 1)
        assert [(change.attempt, change.type) for change in flow_runs.history(connection, first.root)] == [
            (1, PENDING),
            (1, RUNNING),
            (1, FAILED),
            (2, PENDING),
            (2, PENDING),
            (2, RUNNING),
            (2, COMPLETED),
        ]
        found = task_runs.get(connection, task)
        assert found is not None and found.state_type is COMPLETED
        assert quarantine.count(connection) == 0


def test_an_illegal_move_is_kept_in_history_and_quarantine_and_changes_nothing(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    task = journal.done_task()
    journal.state(task, "RUNNING")
    feed(journal)
    with ledger.read() as connection:
        found = task_runs.get(connection, task)
        assert found is not None and found.state_type is COMPLETED
        assert [(change.type, change.applied) for change in task_runs.history(connection, task)] == [
            (PENDING, True),
            (RUNNING, True),
            (COMPLETED, True),
            (RUNNING, False),
        ]
        kept = quarantine.frames(connection, root_flow_run_id=journal.root)
        assert [(each.ordinal, each.body, each.reason) for each in kept] == [
            (len(journal.frames) - 1, journal.frames[-1], "a run that is COMPLETED cannot become RUNNING")
        ]
        assert flow_runs.task_run_counts(connection, journal.root) == {COMPLETED: 1}


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b"\xc1", "not an event this release knows"),
        (encode(["from_the_future", 1, 2]), "not an event this release knows"),
        (Damaged(b"\x00\x01", "its checksum is wrong"), "its checksum is wrong"),
    ],
)
def test_a_frame_that_cannot_be_read_is_kept_and_marks_the_history_incomplete(
    ledger: Ledger, feed: Feed, frame: bytes | Damaged, reason: str
) -> None:
    journal = Journal()
    journal.begin()
    journal.frames.append(frame)
    task = journal.done_task()
    assert feed(journal).acked == len(journal.frames)
    with ledger.read() as connection:
        run = flow_runs.get(connection, journal.root)
        found = task_runs.get(connection, task)
        assert run is not None and run.incomplete_history
        assert found is not None and found.state_type is COMPLETED
        (kept,) = quarantine.frames(connection)
        assert kept.reason.startswith(reason)
        assert kept.body == (frame.body if isinstance(frame, Damaged) else frame)


def test_events_of_unknown_runs_and_with_impossible_values_go_to_quarantine(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.state(new_id(), "RUNNING")
    journal.state("no id", "RUNNING")
    journal.state(journal.root, "RUNNING", "Dancing", letter="f")
    journal.task(flow_run=new_id())
    journal.flow_run(new_id(), parameters="[1]")
    journal.flow_run(new_id(), parameters="{")
    journal.flow_run("not-an-id")
    journal.flow_run(new_id(), state=("COMPLETED", "Completed"))
    task = journal.task()
    journal.say(Edge(journal.tick(), task, "x", ("nonsense",)))
    journal.say(Progress(journal.tick(), new_id(), 3.0))
    journal.say(Progress(2**63, new_id(), 0.5))
    feed(journal)
    with ledger.read() as connection:
        assert quarantine.count(connection) == 11
        assert flow_runs.count(connection) == 1
        assert task_runs.count(connection) == 1


def test_texts_that_a_database_would_refuse_are_cut_or_cleaned(ledger: Ledger, feed: Feed) -> None:
    vast = "".join(chr(0x4E00 + index % 20_000) for index in range(5_000))
    journal = Journal()
    journal.begin(tags=(vast, "a\x00b"), name=vast)
    task = journal.task(task=vast, upstreams={vast: [new_id()]}, tags=(vast,))
    journal.state(task, "RUNNING", message=vast + "\x00")
    journal.say(FlowDeclared(journal.tick(), flow_id(vast), vast))
    feed(journal)
    with ledger.read() as connection:
        run, found = flow_runs.get(connection, journal.root), task_runs.get(connection, task)
        assert run is not None and found is not None
        assert run.name == run.tags[0] == vast[:499] + "…"
        assert run.tags[1] == "a\ufffdb"
        assert (found.task_name, found.state_message) == (vast[:499] + "…", vast + "\ufffd")
        assert [each.reason for each in quarantine.frames(connection)] == [
            "a flow whose name has a NUL or more than 500 characters"
        ]


def test_a_journal_cannot_touch_runs_of_another_root(ledger: Ledger, feed: Feed) -> None:
    victim = Journal()
    victim.begin()
    victim.flow_state("RUNNING")
    task = victim.task()
    feed(victim)
    thief = Journal()
    thief.begin()
    thief.state(task, "FAILED")
    thief.flow_state("FAILED", run=victim.root)
    thief.flow_run(victim.root, name="stolen")
    thief.task(flow_run=victim.root)
    thief.say(ResultStored(thief.tick(), task, "/tmp", "k", "pickle", 1))
    thief.say(Artifact(thief.tick(), new_id(), victim.root, None, "k", "markdown", "x"))
    feed(thief)
    with ledger.read() as connection:
        run, found = flow_runs.get(connection, victim.root), task_runs.get(connection, task)
        assert run is not None and (run.state_type, run.name) == (RUNNING, "flashy-dove")
        assert found is not None and found.state_type is PENDING
        assert quarantine.count(connection) == 6
        assert stored_results.get(connection, task) is None


def test_late_events_of_a_deleted_run_meet_its_tombstone(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.done_task()
    journal.log("a line")
    feed(journal)
    feed(journal, LOG_LANE)
    with ledger.write() as connection:
        assert deleting.delete_flow_run(connection, journal.root, journal.tick()) == 1
    left = {name: many for name, many in everything(ledger).items() if many}
    assert left.keys() == {"ledger", "flow", "outbox", "tombstone"}
    journal.done_task(index=1)
    journal.flow_state("RUNNING")
    journal.log("another")
    journal.close()
    with ledger.write() as connection:
        answer = ingest(connection, journal.id, STATE_LANE, 0, journal.frames, journal.now)
        logged = ingest(connection, journal.id, LOG_LANE, 0, journal.lanes[LOG_LANE], journal.now)
    assert answer.fenced and answer.closed and logged.fenced
    assert answer.acked == len(journal.frames)
    left = {name: many for name, many in everything(ledger).items() if many}
    assert left.keys() == {"ledger", "flow", "outbox", "tombstone", "ingest_cursor"}


def test_events_of_a_deleted_subflow_are_dropped_and_its_parent_goes_on(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    child = new_id()
    node = journal.task(task="sub", child=child)
    journal.flow_run(child, parent=journal.root, node=node)
    inner = journal.task(flow_run=child)
    feed(journal)
    with ledger.write() as connection:
        deleting.delete_flow_run(connection, child, journal.tick())
    journal.state(inner, "RUNNING")
    journal.task(flow_run=child)
    journal.log("gone", flow_run=child)
    journal.log("kept")
    journal.state(node, "RUNNING")
    feed(journal)
    feed(journal, LOG_LANE)
    with ledger.read() as connection:
        assert quarantine.count(connection) == 0
        assert [run.id for run in task_runs.page(connection).items] == [node]
        assert [line.message for line in logs.lines(connection, journal.root, with_subflows=True)] == ["kept"]


def test_what_a_silent_owner_reports_replaces_the_presumption_that_it_crashed(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    task = journal.task()
    journal.state(task, "RUNNING")
    feed(journal)
    with ledger.write() as connection:
        assert settling.settle(connection, journal.root, 1, journal.tick(), presumed=True) == 2
        assert flow_runs.task_run_counts(connection, journal.root) == {CRASHED: 1}
    journal.state(task, "COMPLETED")
    feed(journal)
    with ledger.read() as connection:
        found, run = task_runs.get(connection, task), flow_runs.get(connection, journal.root)
        assert found is not None and found.state_type is COMPLETED
        assert run is not None and run.state_type is CRASHED
        assert flow_runs.task_run_counts(connection, journal.root) == {COMPLETED: 1}
    journal.flow_state("COMPLETED")
    journal.flow_state("RUNNING")  # the presumption is gone: this is as illegal as ever
    feed(journal)
    with ledger.read() as connection:
        run = flow_runs.get(connection, journal.root)
        assert run is not None and run.state_type is COMPLETED
        assert quarantine.count(connection) == 1


def test_a_crash_that_was_seen_stands(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    feed(journal)
    with ledger.write() as connection:
        settling.settle(connection, journal.root, 1, journal.tick())
        assert settling.settle(connection, journal.root, 1, journal.tick()) == 0
    journal.flow_state("COMPLETED")
    feed(journal)
    with ledger.read() as connection:
        run = flow_runs.get(connection, journal.root)
        assert run is not None and run.state_type is CRASHED


def test_settling_gives_a_subflows_node_the_state_of_its_subflow(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    child = new_id()
    node = journal.task(task="sub", child=child)
    journal.flow_run(child, parent=journal.root, node=node)
    journal.flow_state("RUNNING", run=child)
    journal.state(node, "RUNNING")
    journal.flow_state("COMPLETED", run=child)
    stopping = journal.task()
    journal.state(stopping, "CANCELLING")
    feed(journal)
    with ledger.write() as connection:
        settling.settle(connection, journal.root, 1, journal.tick())
    with ledger.read() as connection:
        states = {run.id: run.state_type for run in task_runs.page(connection).items}
        assert states == {node: COMPLETED, stopping: CANCELLED}


def test_a_run_its_owner_handed_back_is_left_for_the_next(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    journal.flow_state("PAUSED", "Suspended")
    feed(journal)
    with ledger.write() as connection:
        assert settling.settle(connection, journal.root, 1, journal.tick(), handed_back=True) == 0
        assert settling.settle(connection, journal.root, 2, journal.tick()) == 0  # nobody's attempt


def test_log_lines_are_numbered_over_the_whole_root_run(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.log("before the state lane arrives")
    feed(journal, LOG_LANE)
    journal.begin()
    task = journal.task()
    feed(journal)
    journal.log("of a task", 40, task_run=task)
    journal.log("with a \x00 in it")
    feed(journal, LOG_LANE)
    again = Journal(journal.root, attempt=1)
    again.log("of another journal")
    feed(again, LOG_LANE)
    with ledger.read() as connection:
        found = logs.lines(connection, journal.root)
        assert [(line.ordinal, line.message) for line in found] == [
            (0, "before the state lane arrives"),
            (1, "of a task"),
            (2, "with a \ufffd in it"),
            (3, "of another journal"),
        ]
        assert [line.ordinal for line in logs.lines(connection, journal.root, after=1)] == [2, 3]
        assert [line.ordinal for line in logs.lines(connection, journal.root, least_level=30)] == [1]
        assert [line.ordinal for line in logs.lines(connection, journal.root, task_run_id=task)] == [1]
        assert logs.count(connection, journal.root) == 4


def test_results_artifacts_and_edges_found_later_are_recorded(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    first, second, artifact = journal.done_task(), journal.task(index=1), new_id()
    journal.say(ResultStored(journal.tick(), first, "file:///results", "ab/cd", "pickle", 42, content_type="int"))
    journal.say(ResultStored(journal.tick(), journal.root, "file:///results", "ef", "json", 7, for_resume_only=True))
    journal.say(Edge(journal.tick(), second, "x", (first,)))
    journal.say(Edge(journal.tick(), second, "x", (first,)))
    journal.say(Artifact(journal.tick(), artifact, journal.root, second, "report", "progress", "", "How far"))
    feed(journal)
    journal.say(Progress(journal.tick(), artifact, 0.25))
    journal.say(Progress(journal.tick(), artifact, 0.5))
    feed(journal)
    with ledger.read() as connection:
        stored = stored_results.get(connection, first)
        assert stored is not None and (stored.key, stored.serializer, stored.size) == ("ab/cd", "pickle", 42)
        assert [each.run_id for each in stored_results.of_flow_run(connection, journal.root)] == sorted(
            [first, journal.root]
        )
        assert task_runs.edges(connection, journal.root) == [task_runs.Edge(second, "x", first)]
        assert connection.execute(select(run_tables.artifact.c.fraction)).scalar_one() == 0.5


def test_commands_wait_for_the_owner_until_it_answers(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    feed(journal)
    wanted = Command(new_id(), CANCEL, journal.root, journal.now)
    with ledger.write() as connection:
        commands.ask(connection, journal.root, wanted)
        commands.ask(connection, journal.root, wanted)
    journal.done_task()
    assert feed(journal).commands == [wanted]
    journal.say(CommandApplied(journal.tick(), wanted.command_id, CANCEL, "applied"))
    journal.say(CommandApplied(journal.tick(), new_id(), CANCEL, "from a file beside the journal"))
    assert feed(journal).commands == []
    assert everything(ledger)["command"] == 2


def test_the_outbox_tells_each_change_once_per_transaction_with_the_latest_state(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    feed(journal)
    journal.flow_state("COMPLETED")
    feed(journal)
    with ledger.read() as connection:
        table = run_tables.outbox
        told = (
            connection.execute(select(table).where(table.c.kind == "flow_run").order_by(table.c.number))
            .mappings()
            .all()
        )
        assert [json.decode(row["change"])["state_type"] for row in told] == ["RUNNING", "COMPLETED"]
        assert told[0]["number"] < told[1]["number"]


def test_an_idempotency_key_of_a_journal_is_kept_below_its_root_run(ledger: Ledger, feed: Feed) -> None:
    first, second = Journal(), Journal()
    for journal in (first, second):
        journal.flow_run(journal.root, key="once")
        feed(journal)
    again = first.flow_run(parent=first.root, key="once")
    feed(first)
    with ledger.read() as connection:
        keys = {run.id: run.idempotency_key for run in flow_runs.page(connection, FlowRunFilter()).items}
        assert keys == {first.root: f"{first.root} once", second.root: f"{second.root} once", again: None}
        assert flow_runs.with_key(connection, flow_id("pipe"), "once") is None


def test_a_journal_of_a_newer_format_or_for_another_ledger_is_refused(ledger: Ledger, feed: Feed) -> None:
    newer = Journal()
    newer.frames[0] = encode(newer.header(STATE_LANE, version=FORMAT_VERSION + 1))
    with pytest.raises(JournalTooNew, match="reads formats up to"):
        feed(newer)
    with pytest.raises(JournalUnreadable, match="meant for ledger"):
        feed(Journal(ledger_id=new_id()))
    for nameless in (Journal(attempt=0), Journal(attempt=2**40), Journal(root="root")):
        with pytest.raises(JournalUnreadable, match="does not say which run"):
            feed(nameless)
    assert feed(Journal(ledger_id=ledger.id)).acked == 1


def test_a_lane_whose_first_frame_is_damaged_is_kept_without_a_run(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.frames[0] = Damaged(b"?", "its checksum is wrong")
    journal.begin()
    assert feed(journal).acked == len(journal.frames)
    with ledger.read() as connection:
        assert quarantine.count(connection) == len(journal.frames)
        assert flow_runs.count(connection) == 0
