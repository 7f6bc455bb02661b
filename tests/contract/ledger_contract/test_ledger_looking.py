"""Timelines, history by time, the search in logs, and why a run waits."""

from __future__ import annotations

from array import array
from datetime import timedelta
from math import isnan
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from msgspec import json
from sqlalchemy import insert, text, true

from armillary.clock import to_datetime
from armillary.core.criteria import ContainedCriterion, LogCriteria
from armillary.core.errors import InvalidOption, NotFound
from armillary.core.runs.waiting import WaitsFor
from armillary.core.states import COMPLETED, FAILED, PENDING, RUNNING
from armillary.journal.format.events import LOG_LANE
from armillary.ledger import Ledger
from armillary.ledger.migrations.versions import v0009_plain_log_lines
from armillary.ledger.runs import flow_runs, logs, task_runs
from armillary.ledger.tables.server_tables import concurrency_limit, slot
from armillary.ledger.views import graph_reading, run_history, spans, task_run_strips, waiting
from ledger_contract.conftest import Feed
from ledger_contract.journals import START, Journal, new_id


def unpacked(page: bytes) -> tuple[dict[str, Any], dict[str, array[Any]]]:
    assert page[:4] == spans.MAGIC
    length = int.from_bytes(page[4:8], "little")
    description = json.decode(page[8 : 8 + length])
    columns = {}
    for column in description["columns"]:
        assert column["offset"] % 8 == 0
        values = array({"float64": "d", "uint32": "I", "uint16": "H", "uint8": "B"}[column["type"]])
        values.frombytes(page[column["offset"] : column["offset"] + column["length"] * values.itemsize])
        columns[column["name"]] = values
    return description, columns


def test_spans_are_columns_of_what_task_runs_did(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    done = journal.done_task(task="load")
    journal.task(task="häufig", index=1)
    feed(journal)
    with ledger.read() as connection:
        description, columns = unpacked(spans.page(connection, graph_reading.read(connection, journal.root)))
    assert (description["count"], description["after"]) == (2, None)
    assert [description["tasks"][place][1] for place in columns["task"]] == ["load", "häufig"]
    assert [description["states"][code] for code in columns["state"]] == [COMPLETED, PENDING]
    assert columns["id"].tobytes()[:16].hex() == done.replace("-", "")
    assert columns["start"][0] == 2.0
    assert columns["end"][0] == 3.0
    assert list(columns["run_time"]) == [1.0, 0.0]
    assert isnan(columns["start"][1])
    names, ends = columns["names"].tobytes(), columns["name_end"]
    assert [names[: ends[0]].decode(), names[ends[0] : ends[1]].decode()] == ["load-0", "häufig-1"]


def test_spans_tell_waiting_and_tries_apart_from_running(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    journal.done_task()
    flaky = journal.task(index=1)
    journal.tick(5000)
    journal.state(flaky, "RUNNING")
    journal.state(flaky, "SCHEDULED", "AwaitingRetry")
    journal.state(flaky, "RUNNING")
    feed(journal)
    with ledger.read() as connection:
        _, columns = unpacked(spans.page(connection, graph_reading.read(connection, journal.root)))
    assert columns["start"][1] - columns["created"][1] == 6.0
    assert list(columns["try_of"]) == [1, 1]
    assert [start - columns["start"][1] for start in columns["try_start"]] == [0.0, 2.0]
    assert columns["try_end"][0] - columns["try_start"][0] == 1.0
    assert isnan(columns["try_end"][1])


def test_spans_come_page_by_page(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    ids = [journal.task(index=index) for index in range(5)]
    feed(journal)
    seen, after = [], None
    with ledger.read() as connection:
        graph = graph_reading.read(connection, journal.root)
        for _ in range(3):
            description, columns = unpacked(spans.page(connection, graph, limit=2, after=after))
            after = description["after"]
            seen.append(columns["id"].tobytes().hex())
        with pytest.raises(InvalidOption):
            spans.page(connection, graph, after="W10=")
    assert after is None
    assert "".join(seen) == "".join(ids).replace("-", "")


def test_spans_say_which_node_of_the_graph_they_are_in(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    source = journal.done_task(task="source")
    first = [journal.task(task="map", index=index, upstreams={"x": [source]}) for index in range(9)]
    second = [journal.task(task="again", index=index, upstreams={"x": [first[index]]}) for index in range(9)]
    feed(journal)
    with ledger.read() as connection:
        description, columns = unpacked(spans.page(connection, graph_reading.read(connection, journal.root)))
    assert description["groups"] == [first[0], second[0]]
    assert list(columns["group"]) == [0] + [1] * 9 + [2] * 9


def test_spans_are_in_the_nodes_of_the_try_whose_graph_is_asked_for(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    tries = [
        [journal.task(task="map", index=9 * at + each, flow_run_count=at + 1) for each in range(9)] for at in (0, 1)
    ]
    feed(journal)
    with ledger.read() as connection:
        for run_try, in_groups in ((1, [1] * 9 + [0] * 9), (2, [0] * 9 + [1] * 9)):
            description, columns = unpacked(
                spans.page(connection, graph_reading.read(connection, journal.root, run_try))
            )
            assert description["groups"] == [tries[run_try - 1][0]]
            assert list(columns["group"]) == in_groups


def test_history_counts_runs_by_time_and_state(ledger: Ledger, feed: Feed) -> None:
    for index in range(4):
        journal = Journal()
        journal.now = START + index * 60_000_000
        journal.begin()
        if index != 3:
            journal.flow_state("RUNNING")
            journal.tick(2_000_000)
            journal.flow_state("FAILED" if index else "COMPLETED")
        feed(journal)
    start = to_datetime(START)
    with ledger.read() as connection:
        found = run_history.flow_run_buckets(
            connection, true(), start, start + timedelta(minutes=5), timedelta(minutes=2), START + 190_000_000
        )
    counted = [[(state.state_type, state.count_runs) for state in bucket.states] for bucket in found]
    assert counted == [[(COMPLETED, 1), (FAILED, 1)], [(FAILED, 1), (PENDING, 1)], []]
    assert found[0].states[0].sum_run_time_seconds == pytest.approx(2.001)
    assert found[0].states[0].sum_lateness_seconds == pytest.approx(0.001)
    assert found[1].states[1].sum_lateness_seconds == pytest.approx(10, abs=0.1)
    assert found[2].interval_end - found[0].interval_start == timedelta(minutes=6)


def test_too_many_or_too_short_buckets_are_refused(ledger: Ledger) -> None:
    start = to_datetime(START)
    with ledger.read() as connection:
        for end, interval in ((start, 60), (start + timedelta(days=9), 60), (start + timedelta(days=1), 0.5)):
            with pytest.raises(InvalidOption):
                run_history.flow_run_buckets(connection, true(), start, end, timedelta(seconds=interval), START)


def test_facts_tell_duration_and_lateness_of_each_run(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    feed(journal)
    with ledger.read() as connection:
        (facts,) = run_history.flow_run_facts(connection, true(), journal.now + 3_000_000)
    assert (facts.id, facts.state_type, facts.run_time_seconds) == (journal.root, RUNNING, 3.0)
    assert facts.lateness_seconds == pytest.approx(0.001)


def test_a_run_has_one_duration_from_its_start_to_its_end_wherever_it_is_asked(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    task = journal.task(task="flaky")
    for last in ("AwaitingRetry", "AwaitingRetry", None):
        journal.state(task, "RUNNING")
        journal.tick(9_000)
        journal.state(task, "SCHEDULED", last) if last else journal.state(task, "COMPLETED")
        journal.tick(2_000_000)
    journal.flow_state("PAUSED")
    journal.tick(60_000_000)
    journal.flow_state("RUNNING")
    journal.flow_state("COMPLETED")
    feed(journal)
    later = journal.now + 600_000_000
    with ledger.read() as connection:
        of_flow, of_task = flow_runs.get(connection, journal.root), task_runs.get(connection, task)
        (facts,) = run_history.flow_run_facts(connection, true(), later)
        buckets = run_history.task_run_buckets(
            connection, true(), to_datetime(START), to_datetime(journal.now), timedelta(minutes=5), later
        )
        _, columns = unpacked(spans.page(connection, graph_reading.read(connection, journal.root)))
    assert of_flow is not None and of_flow.start_time and of_flow.end_time and of_flow.duration_seconds is not None
    assert of_flow.duration_seconds == (of_flow.end_time - of_flow.start_time).total_seconds() > 66
    assert facts.run_time_seconds == of_flow.duration_seconds
    assert of_task is not None and of_task.duration_seconds == pytest.approx(4.0, abs=0.1)
    assert buckets[0].states[0].sum_run_time_seconds == of_task.duration_seconds
    assert columns["end"][0] - columns["start"][0] == pytest.approx(of_task.duration_seconds * 1000)
    assert of_task.total_run_time_seconds == pytest.approx(0.03, abs=0.01)


def test_a_run_that_has_not_ended_has_no_duration_yet(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    feed(journal)
    with ledger.read() as connection:
        found = flow_runs.get(connection, journal.root)
    assert found is not None and found.duration_seconds is None


def test_task_runs_are_placed_in_the_time_of_their_flow_run(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    started = journal.now
    journal.done_task(task="load")
    journal.now = started + 12_500_000
    journal.done_task(task="train")
    feed(journal)
    with ledger.read() as connection:
        strips = task_run_strips.of_flow_runs(connection, [journal.root, new_id()], started + 24_000_000)
    (strip,) = strips.values()
    assert [(mark.part, mark.state_type, mark.count_runs) for mark in strip] == [(0, COMPLETED, 1), (12, COMPLETED, 1)]


def test_of_a_run_with_too_many_task_runs_none_is_placed(
    ledger: Ledger, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_run_strips, "MOST_TASK_RUNS", 1)
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    for name in ("load", "train"):
        journal.done_task(task=name)
    feed(journal)
    with ledger.read() as connection:
        assert task_run_strips.of_flow_runs(connection, [journal.root], journal.now) == {}


def test_a_log_is_searched_and_read_from_its_end(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    for number in range(10):
        journal.log(f"line {number}: 100% of Part_{number}")
    feed(journal)
    feed(journal, LOG_LANE)
    with ledger.read() as connection:

        def found(**options: Any) -> list[int]:
            return [line.ordinal for line in logs.lines(connection, journal.root, **options)]

        assert found(containing="PART_7") == [7]
        assert found(containing="100%", limit=2) == [0, 1]
        assert found(containing="partx") == []
        assert found(before=10, limit=3) == [7, 8, 9]
        assert found(before=7, after=4) == [5, 6]
        assert logs.last_ordinal(connection, journal.root) == 9
        with pytest.raises(InvalidOption):
            found(containing="")


COLOURED = "[10] \x1b[32mOK\x1b[0m loaded \x1b[33m170\x1b[0m rows of \x1b]8;;https://example.org\x07Stück\x1b]8;;\x07, \x1b[38;5;196mdone\x1b(B\x1b[m"
"""Shows as: [10] OK loaded 170 rows of Stück, done"""


@pytest.mark.parametrize(
    ("part", "is_shown"),
    [
        ("loaded 170 rows", True),
        ("ok LOADED", True),
        ("[10] OK", True),
        ("of Stück, done", True),
        ("loaded \x1b[33m170", True),  # copied out of a terminal
        ("33m", False),
        ("196", False),
        ("example.org", False),
        ("170rows", False),
        ("loaded_170", False),
    ],
)
def test_a_log_is_searched_for_the_text_that_is_shown(ledger: Ledger, feed: Feed, part: str, is_shown: bool) -> None:
    journal = Journal()
    journal.begin()
    journal.log("without colour")
    journal.log(COLOURED)
    feed(journal)
    feed(journal, LOG_LANE)
    of_any_run = LogCriteria(message=ContainedCriterion(like_=part))
    with ledger.read() as connection:
        found = logs.lines(connection, journal.root, containing=part)
        assert [line.message for line in found] == [COLOURED] * is_shown
        assert logs.page(connection, of_any_run).items == found


def test_lines_of_an_older_ledger_are_searched_for_the_text_that_is_shown(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    for number in range(3):
        journal.log(f"{number} {COLOURED}")
        journal.log(f"{number} without colour")
    feed(journal)
    feed(journal, LOG_LANE)
    with ledger.write() as connection:
        connection.execute(text("ALTER TABLE log DROP COLUMN plain"))
        with Operations.context(MigrationContext.configure(connection)):
            v0009_plain_log_lines.upgrade()
    with ledger.read() as connection:
        assert [line.ordinal for line in logs.lines(connection, journal.root, containing="2 [10] OK loaded")] == [4]
        assert [line.ordinal for line in logs.lines(connection, journal.root, containing="without")] == [1, 3, 5]


def test_escape_codes_alone_are_not_searched_for(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    feed(journal)
    with ledger.read() as connection, pytest.raises(InvalidOption):
        logs.lines(connection, journal.root, containing="\x1b[0m")


def reasons(ledger: Ledger, run_id: str, now: int, *, task: bool = False) -> list[WaitsFor]:
    with ledger.read() as connection:
        look = waiting.of_task_run if task else waiting.of_flow_run
        return [reason.kind for reason in look(connection, run_id, now).reasons]


def test_a_task_run_waits_for_its_upstreams_and_then_for_its_runner(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    load = journal.task(task="load")
    train = journal.task(task="train", upstreams={"data": [load]})
    feed(journal)
    with ledger.read() as connection:
        (reason,) = waiting.of_task_run(connection, train, journal.now).reasons
    assert reason.kind is WaitsFor.DEPENDENCY
    assert [(each.id, each.name) for each in reason.waited_for] == [(load, "load-0")]
    journal.state(load, "RUNNING")
    assert reasons(ledger, load, journal.now, task=True) == [WaitsFor.START]
    journal.state(load, "COMPLETED")
    feed(journal)
    assert reasons(ledger, load, journal.now, task=True) == []
    assert reasons(ledger, train, journal.now, task=True) == [WaitsFor.START]


def test_who_holds_the_slots_is_told(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    holder = journal.task(task="first", tags=("gpu",))
    waits = journal.task(task="second", tags=("gpu",))
    journal.state(waits, "PENDING", "AwaitingSlot")
    feed(journal)
    limit = new_id()
    with ledger.write() as connection:
        connection.execute(
            insert(concurrency_limit), {"id": limit, "tag": "gpu", "slots": 1, "created": 0, "updated": 0}
        )
        held = {"concurrency_limit_id": limit, "run_id": holder, "root_flow_run_id": journal.root, "holder": None}
        connection.execute(insert(slot), {**held, "acquired": 0})
    with ledger.read() as connection:
        (reason,) = waiting.of_task_run(connection, waits, journal.now).reasons
    assert reason.kind is WaitsFor.SLOT
    assert "'gpu'" in reason.message
    assert [each.id for each in reason.waited_for] == [holder]


def test_a_flow_run_waits_for_its_start_and_a_running_one_for_nothing(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    feed(journal)
    assert reasons(ledger, journal.root, journal.now) == [WaitsFor.START]
    journal.flow_state("RUNNING")
    feed(journal)
    assert reasons(ledger, journal.root, journal.now) == []
    with pytest.raises(NotFound):
        reasons(ledger, new_id(), 0)


def test_of_long_messages_only_the_beginning_is_read_and_their_length_is_told(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.log("ä" * 100)
    journal.log("short")
    feed(journal)
    feed(journal, LOG_LANE)
    with ledger.read() as connection:
        cut = logs.lines(connection, journal.root, longest=5)
        (found,) = logs.lines(connection, journal.root, longest=5, containing="ääääääää")
        whole = logs.lines(connection, journal.root)
    assert [(line.message, line.whole_length) for line in cut] == [("äääää", 100), ("short", None)]
    assert found.message == "äääää"
    assert [(len(line.message), line.whole_length) for line in whole] == [(100, None), (5, None)]


def test_lines_are_told_with_the_names_of_the_runs_that_said_them(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin(name="flashy-dove")
    task = journal.task(task="load")
    inner = journal.flow_run(parent=journal.root, name="quiet-owl")
    journal.log("of the run itself")
    journal.log("of a task run", task_run=task)
    journal.log("of a task run that nobody knows yet", task_run=new_id())
    journal.log("of a subflow", flow_run=inner)
    feed(journal)
    feed(journal, LOG_LANE)
    with ledger.read() as connection:
        named = logs.lines(connection, journal.root, with_subflows=True, named=True)
        found = logs.lines(
            connection, journal.root, with_subflows=True, named=True, containing="a task", least_level=20
        )
        plain = logs.lines(connection, journal.root, with_subflows=True)
    assert [line.run_name for line in named] == ["flashy-dove", "load-0", None, "quiet-owl"]
    assert [line.run_name for line in found] == ["load-0", None]
    assert [line.run_name for line in plain] == [None] * 4
