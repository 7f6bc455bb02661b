"""The graph of a flow run: what is alike is one node, and no run is too large to be drawn."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from msgspec import json
from sqlalchemy import delete
from sqlalchemy.event import listen

from armillary.core.errors import InvalidOption, NotFound
from armillary.core.graph.run_graph import MAP, SUBFLOW_RUN, TASK_RUN, Graph, GroupMembers
from armillary.core.states import COMPLETED, FAILED, PENDING, RUNNING
from armillary.ledger import Ledger
from armillary.ledger.tables.run_tables import outbox
from armillary.ledger.views import graph_answers, graph_reading
from ledger_contract.conftest import Feed
from ledger_contract.journals import Journal, new_id


def told(ledger: Ledger, flow_run_id: str, run_try: int | None = None) -> Graph:
    with ledger.read() as connection:
        return graph_answers.told(connection, graph_reading.read(connection, flow_run_id, run_try))


def test_task_runs_are_nodes_and_dependencies_are_edges(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    load = journal.done_task(task="load")
    journal.task(task="train", upstreams={"data": [load], "wait_for": [load]})
    feed(journal)
    seen = told(ledger, journal.root)
    first, second = seen.nodes
    assert [(node.kind, node.name, node.state_type) for node in seen.nodes] == [
        (TASK_RUN, "load-0", COMPLETED),
        (TASK_RUN, "train-0", PENDING),
    ]
    assert seen.edges == [(0, 1)]
    assert [seen.tasks[node.task or 0].name for node in seen.nodes] == ["load", "train"]
    assert first.id == load
    assert first.start is not None and first.end is not None and 0 < first.start < first.end
    assert second.start is None


def test_eight_of_one_task_alike_are_one_node_with_counts(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    source = journal.done_task(task="source")
    mapped = [journal.task(task="map", index=index, upstreams={"x": [source]}) for index in range(9)]
    few = [journal.task(task="few", index=index, upstreams={"x": [source]}) for index in range(7)]
    journal.state(mapped[3], "RUNNING")
    journal.state(mapped[3], "FAILED")
    journal.task(task="gather", upstreams={"all": [*mapped, *few]})
    feed(journal)
    seen = told(ledger, journal.root)
    assert [node.name for node in seen.nodes] == [
        "source-0",
        "map",
        *(f"few-{index}" for index in range(7)),
        "gather-0",
    ]
    group = seen.nodes[1]
    assert (group.kind, group.id, group.members, group.states) == (MAP, mapped[0], 9, {FAILED: 1, PENDING: 8})
    assert set(seen.edges) == {(0, place) for place in range(1, 9)} | {(place, 9) for place in range(1, 9)}


def test_maps_over_maps_are_a_node_each(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    first = [journal.done_task(task="a", index=index) for index in range(10)]
    second = [journal.task(task="b", index=index, upstreams={"x": [each]}) for index, each in enumerate(first)]
    feed(journal)
    seen = told(ledger, journal.root)
    assert [(node.name, node.members) for node in seen.nodes] == [("a", 10), ("b", 10)]
    assert seen.edges == [(0, 1)]
    assert seen.nodes[1].id == second[0]


def test_branches_that_the_picture_tells_apart_keep_their_own_groups(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    sources = [journal.done_task(task="source", index=index) for index in range(2)]
    for index in range(20):
        journal.task(task="b", index=index, upstreams={"x": [sources[index % 2]]})
    feed(journal)
    seen = told(ledger, journal.root)
    assert [node.members for node in seen.nodes] == [None, None, 10, 10]
    assert seen.edges == [(0, 2), (1, 3)]


def test_a_subflow_is_a_node_with_its_task_counts(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    child = new_id()
    node = journal.task(task="sub", child=child)
    journal.flow_run(child, parent=journal.root, node=node, name="child")
    for index in range(3):
        journal.task(child, index=index)
    feed(journal)
    (seen,) = told(ledger, journal.root).nodes
    assert seen.kind == SUBFLOW_RUN
    assert seen.subflow is not None
    assert (seen.subflow.flow_run_id, seen.subflow.name) == (child, "child")
    assert seen.subflow.task_run_counts == {PENDING: 3}
    assert len(told(ledger, child).nodes) == 3


def test_members_come_failures_first_page_by_page(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    mapped = [journal.task(task="map", index=index) for index in range(12)]
    journal.state(mapped[7], "RUNNING")
    journal.state(mapped[7], "FAILED")
    feed(journal)
    with ledger.read() as connection:
        seen = graph_reading.read(connection, journal.root)
        first = graph_answers.members(connection, seen, mapped[0], limit=5)
        rest = graph_answers.members(connection, seen, mapped[0], after=first.after)
        with pytest.raises(InvalidOption, match="cursor"):
            graph_answers.members(connection, seen, mapped[0], after="e30=")
        with pytest.raises(NotFound):
            graph_answers.members(connection, seen, new_id())
    assert [node.id for node in [*first.nodes, *rest.nodes]] == [mapped[7], *mapped[:7], *mapped[8:]]
    assert first.cells is not None
    assert [first.letters[letter] for letter in first.cells] == [PENDING] * 7 + [FAILED] + [PENDING] * 4
    assert (rest.after, rest.cells) == (None, None)
    assert (first.place, rest.place) == (0, 5)


def test_a_member_is_found_in_its_group(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    alone = journal.task(task="load")
    mapped = [journal.task(task="map", index=index) for index in range(12)]
    journal.state(mapped[7], "RUNNING")
    journal.state(mapped[7], "FAILED")
    feed(journal)
    with ledger.read() as connection:
        seen = graph_reading.read(connection, journal.root)

        def page(group: str, member: str) -> GroupMembers:
            return graph_answers.members(connection, seen, group, member=member, limit=2)

        found = [page(group, mapped[8]) for group in (mapped[0], mapped[8])]
        itself = page(alone, alone)
        with pytest.raises(NotFound, match="not in this group"):
            page(mapped[0], alone)
        after = graph_answers.members(connection, seen, mapped[8], after=found[0].after)
    assert found[0] == found[1]
    assert (found[0].group_id, found[0].place, found[0].cells) == (mapped[0], 8, None)
    assert [node.id for node in found[0].nodes] == [mapped[8], mapped[9]]
    assert [node.id for node in after.nodes] == mapped[10:]
    assert (itself.group_id, itself.place, itself.members) == (alone, 0, 1)


def test_the_version_changes_with_what_is_said_and_with_nothing_else(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    feed(journal)

    def version() -> str:
        with ledger.read() as connection:
            return graph_reading.version(connection, journal.root)

    before = version()
    assert version() == before
    journal.task()
    feed(journal)
    assert version() != before


def test_a_run_that_does_not_exist_has_no_graph(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        told(ledger, new_id())


def test_30_000_task_runs_are_told_in_few_words(ledger: Ledger, feed: Feed) -> None:
    """Five maps in a row over 6,000 rows, and one task run that gathers all."""
    journal = Journal()
    journal.begin()
    above: list[str] = []
    for letter in "abcde":
        above = [
            journal.task(task=letter, index=index, upstreams={"x": [above[index]]} if above else None)
            for index in range(6_000)
        ]
    journal.task(task="gather", upstreams={"all": above})
    feed(journal)
    seen = told(ledger, journal.root)
    assert [node.members for node in seen.nodes] == [6_000] * 5 + [None]
    assert seen.task_runs == 30_001
    assert len(json.encode(seen)) < 300_000


def test_what_the_outbox_says_brings_a_graph_up_to_date(ledger: Ledger, feed: Feed) -> None:
    random = Random(6)
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    runs = [journal.task(task="load")]
    child = journal.flow_run(parent=journal.root)
    runs.append(journal.task(task="sub", child=child))
    feed(journal)
    with ledger.read() as connection:
        seen = graph_reading.read(connection, journal.root)
        shown = graph_answers.told(connection, seen)
    partial = joined = 0
    for _ in range(40):
        for _ in range(random.choice([0, 0, 1, 3])):
            upstreams = random.sample(runs, min(len(runs), random.randrange(3)))
            runs.append(journal.task(task=random.choice("ab"), index=len(runs), upstreams={"data": upstreams}))
        if random.random() < 0.7:  # a map that goes on
            runs += [journal.task(task="map", index=len(runs) + more, upstreams={"x": runs[:1]}) for more in range(5)]
        for run in random.sample(runs, min(3, len(runs))):
            journal.state(run, random.choice(["RUNNING", "COMPLETED", "FAILED"]))
        if random.random() < 0.5:
            journal.task(child, index=len(runs))
        feed(journal)
        with ledger.read() as connection:
            assert graph_reading.bring_up_to_date(connection, seen)
            whole = graph_answers.told(connection, graph_reading.read(connection, journal.root))
            news = graph_answers.told(connection, seen, since=shown.number)
        if news.since is None:
            shown = news
        else:
            partial += 1
            joined += news.task_runs > shown.task_runs
            nodes = list(shown.nodes)
            for place, node in zip(news.places or [], news.nodes, strict=True):
                nodes[place] = node
            shown = replace(news, nodes=nodes, edges=shown.edges, tasks=shown.tasks, since=None, places=None)
        assert shown == whole
    assert partial > joined > 0


def test_an_earlier_try_stays_as_it_was_while_the_latest_goes_on(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    journal.task(task="a")
    journal.task(task="a", index=1, flow_run_count=2)
    feed(journal)
    with ledger.read() as connection:
        first, second = (graph_reading.read(connection, journal.root, run_try) for run_try in (1, 2))
    journal.task(task="a", index=2, flow_run_count=2)
    feed(journal)
    with ledger.read() as connection:
        for seen, many in ((first, 1), (second, 2)):
            assert graph_reading.bring_up_to_date(connection, seen)
            assert graph_answers.told(connection, seen).task_runs == many


def test_who_began_to_read_earlier_leaves_a_graph_as_others_brought_it(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    run = journal.task()
    feed(journal)
    with ledger.read() as earlier:
        seen = graph_reading.read(earlier, journal.root)
        journal.state(run, "RUNNING")
        feed(journal)
        with ledger.read() as later:
            assert graph_reading.bring_up_to_date(later, seen)
        assert graph_reading.bring_up_to_date(earlier, seen)
        assert [node.state_type for node in graph_answers.told(earlier, seen).nodes] == [RUNNING]


def test_what_the_outbox_no_longer_says_is_read_whole(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    run = journal.task()
    feed(journal)
    with ledger.read() as connection:
        seen = graph_reading.read(connection, journal.root)
    journal.state(run, "RUNNING")
    feed(journal)
    journal.state(run, "COMPLETED")
    feed(journal)
    with ledger.write() as connection:
        connection.execute(delete(outbox).where(outbox.c.number <= seen.number + 1))
    with ledger.read() as connection:
        assert not graph_reading.bring_up_to_date(connection, seen)


def test_a_graph_that_has_not_changed_costs_one_look_at_its_version(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    feed(journal)
    statements: list[str] = []
    with ledger.read() as connection:
        version = graph_reading.version(connection, journal.root)
        seen = graph_reading.read(connection, journal.root, current=version)
        listen(connection, "before_cursor_execute", lambda *call: statements.append(call[2]))
        assert graph_reading.bring_up_to_date(connection, seen, graph_reading.version(connection, journal.root))
        assert len(statements) == 3
