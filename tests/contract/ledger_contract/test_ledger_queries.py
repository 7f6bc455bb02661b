"""Reading: filters, pages, counts, and finding what a person means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from armillary.clock import to_datetime
from armillary.core.errors import Ambiguous, InvalidOption, NotFound
from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.states import COMPLETED, PENDING, RUNNING
from armillary.ledger import Ledger
from armillary.ledger.nouns import flows
from armillary.ledger.runs import flow_runs, task_runs
from armillary.ledger.views import finding
from ledger_contract.conftest import Feed
from ledger_contract.journals import START, Journal, new_id


@pytest.fixture
def runs(feed: Feed) -> list[Journal]:
    """Twelve runs, one second apart: even ones of flow "even", tagged; every third has completed; one has a subflow."""
    journals = []
    for index in range(12):
        journal = Journal(flow="even" if index % 2 == 0 else "odd")
        journal.now = START + index * 1_000_000
        journal.begin(tags=("both", "nice") if index % 4 == 0 else ("both",), name=f"run-{index:02}")
        if index % 3 == 0:
            journal.flow_state("RUNNING")
            journal.flow_state("COMPLETED")
        feed(journal)
        journals.append(journal)
    child = new_id()
    last = journals[-1]
    node = last.task(task="sub", child=child)
    last.flow_run(child, parent=last.root, node=node, name="child")
    last.state(node, "RUNNING")
    feed(last)
    return journals


def names(ledger: Ledger, wanted: FlowRunFilter, **options: object) -> list[str]:
    with ledger.read() as connection:
        return [run.name for run in flow_runs.page(connection, wanted, **options).items]  # type: ignore[arg-type]


def test_flow_runs_are_listed_latest_first(ledger: Ledger, runs: list[Journal]) -> None:
    listed = names(ledger, FlowRunFilter(top_level=True))
    assert listed == [f"run-{index:02}" for index in reversed(range(12))]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (FlowRunFilter(state_types=[COMPLETED]), ["run-09", "run-06", "run-03", "run-00"]),
        (FlowRunFilter(state_names=["Completed"], flow_names=["odd"]), ["run-09", "run-03"]),
        (FlowRunFilter(tags=["nice"]), ["run-08", "run-04", "run-00"]),
        (FlowRunFilter(tags=["nice", "both"], state_types=[COMPLETED]), ["run-00"]),
        (FlowRunFilter(tags=["ugly"]), []),
        (FlowRunFilter(name_prefix="run-1"), ["run-11", "run-10"]),
        (FlowRunFilter(name="run-05"), ["run-05"]),
        (FlowRunFilter(name_contains="UN-0", state_types=[COMPLETED], flow_names=["even"]), ["run-06", "run-00"]),
        (FlowRunFilter(name_contains="%"), []),
        (FlowRunFilter(state_types=[], top_level=True), []),
        (FlowRunFilter(top_level=False), ["child"]),
    ],
)
def test_flow_runs_are_narrowed_by(
    ledger: Ledger, runs: list[Journal], wanted: FlowRunFilter, expected: list[str]
) -> None:
    assert names(ledger, wanted) == expected


def test_flow_runs_are_narrowed_by_ids_times_and_family(ledger: Ledger, runs: list[Journal]) -> None:
    second = timedelta(seconds=1)
    begin = to_datetime(START)
    within = FlowRunFilter(after=begin + 3 * second, before=begin + 5 * second)
    assert names(ledger, within) == ["run-04", "run-03"]
    assert names(ledger, FlowRunFilter(ids=[runs[1].root, runs[2].root])) == ["run-02", "run-01"]
    assert names(ledger, FlowRunFilter(id_prefix=runs[7].root[:-1])) == ["run-07"]
    assert names(ledger, FlowRunFilter(id_prefix="zz")) == []
    assert names(ledger, FlowRunFilter(parent_flow_run_id=runs[-1].root)) == ["child"]
    assert names(ledger, FlowRunFilter(root_flow_run_id=runs[-1].root), order=flow_runs.CREATED_FIRST) == [
        "run-11",
        "child",
    ]
    with ledger.read() as connection:
        assert [run.name for run in flow_runs.subflow_runs(connection, runs[-1].root)] == ["child"]


def test_the_flow_runs_above_one_are_told_from_the_outermost_on(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin(name="outermost")
    inner = journal.root
    for name in ("second", "third", "innermost"):
        journal.flow_run(beside := new_id(), parent=inner, name=f"beside-{name}")
        inner = journal.flow_run(parent=inner, name=name)
    feed(journal)
    with ledger.read() as connection:
        above = flow_runs.ancestors(connection, inner)
        assert [run.name for run in above] == ["outermost", "second", "third"]
        assert [run.name for run in flow_runs.ancestors(connection, beside)] == ["outermost", "second", "third"]
        assert flow_runs.ancestors(connection, journal.root) == []
        assert flow_runs.ancestors(connection, new_id()) == []


@pytest.mark.parametrize("order", [flow_runs.LATEST_FIRST, flow_runs.EARLIEST_FIRST, flow_runs.CREATED_FIRST])
def test_pages_of_any_order_together_hold_every_run_once(ledger: Ledger, runs: list[Journal], order: object) -> None:
    whole = names(ledger, FlowRunFilter(), order=order)
    listed, after = [], None
    with ledger.read() as connection:
        while True:
            page = flow_runs.page(connection, order=order, limit=5, after=after)  # type: ignore[arg-type]
            listed += [run.name for run in page.items]
            after = page.after
            if after is None:
                break
    assert listed == whole and len(listed) == 13


@pytest.mark.parametrize("after", ["nonsense", "WyJuZXdlc3QiLCJ4Il0=", "WyJsYXRlc3QiLCJ4IiwieSJd", "e30="])
def test_a_cursor_of_something_else_is_refused(ledger: Ledger, after: str) -> None:
    with ledger.read() as connection, pytest.raises(InvalidOption, match="is not a cursor of this listing"):
        flow_runs.page(connection, after=after)


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_page_has_1_to_1000_items(ledger: Ledger, limit: int) -> None:
    with ledger.read() as connection, pytest.raises(InvalidOption, match="from 1 to 1000"):
        flow_runs.page(connection, limit=limit)


def test_counts(ledger: Ledger, runs: list[Journal]) -> None:
    with ledger.read() as connection:
        assert flow_runs.count(connection) == 13
        assert flow_runs.count(connection, FlowRunFilter(tags=["nice"])) == 3
        assert flow_runs.count_by_state_type(connection) == {COMPLETED: 4, PENDING: 9}
        assert task_runs.count_by_state_type(connection) == {RUNNING: 1}
        assert task_runs.count(connection, TaskRunFilter(flow_run_ids=[runs[0].root])) == 0


def test_flows_are_listed_by_name(ledger: Ledger, runs: list[Journal]) -> None:
    with ledger.read() as connection:
        first = flows.page(connection, limit=1)
        assert [flow.name for flow in first.items] == ["even"]
        assert [flow.name for flow in flows.page(connection, limit=1, after=first.after).items] == ["odd"]
        assert [flow.name for flow in flows.page(connection, name_prefix="o").items] == ["odd"]
        assert flows.named(connection, "neither") is None
        assert flows.get(connection, first.items[0].id) == first.items[0]


def test_task_runs_are_narrowed_and_paged(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    loads = [journal.done_task(task="load", index=index, tags=("io",)) for index in range(5)]
    train = journal.task(task="train", upstreams={"a": loads[:2], "wait_for": [loads[4]]})
    feed(journal)
    with ledger.read() as connection:
        page = task_runs.page(connection, limit=4)
        rest = task_runs.page(connection, limit=4, after=page.after)
        assert [run.id for run in page.items + rest.items] == [*loads, train]
        assert rest.items[-1].upstreams == {"a": loads[:2], "wait_for": [loads[4]]}
        newest = task_runs.page(connection, order=task_runs.NEWEST_FIRST, limit=1).items
        assert [run.id for run in newest] == [train]
        for wanted, expected in [
            (TaskRunFilter(state_types=[COMPLETED]), loads),
            (TaskRunFilter(state_names=["Pending"]), [train]),
            (TaskRunFilter(tags=["io"]), loads),
            (TaskRunFilter(task_names=["train"]), [train]),
            (TaskRunFilter(name="load-3"), [loads[3]]),
            (TaskRunFilter(name_prefix="tr"), [train]),
            (TaskRunFilter(name_contains="OAD-1"), [loads[1]]),
            (TaskRunFilter(ids=[train]), [train]),
            (TaskRunFilter(id_prefix=train[:-2]), [train]),
            (TaskRunFilter(after=newest[0].created), [train]),
            (TaskRunFilter(before=newest[0].created), loads),
        ]:
            assert [run.id for run in task_runs.page(connection, wanted).items] == expected


def test_a_run_is_found_by_its_id_the_beginning_of_it_or_its_name(ledger: Ledger, runs: list[Journal]) -> None:
    wanted = runs[3].root
    with ledger.read() as connection:
        for words in (wanted, wanted.upper(), wanted.replace("-", ""), wanted[:-1], "run-03"):
            assert finding.find_flow_run(connection, words).id == wanted
        assert finding.find_task_run(connection, "sub-0", flow_run_id=runs[-1].root).task_name == "sub"


def test_what_is_not_found_gets_a_suggestion_and_what_fits_several_gets_their_ids(
    ledger: Ledger, runs: list[Journal]
) -> None:
    with ledger.read() as connection:
        with pytest.raises(NotFound, match=r"There is no flow run 'rum-03'\. Did you mean 'run-03'\?"):
            finding.find_flow_run(connection, "rum-03")
        with pytest.raises(NotFound, match="`armillary flow-run ls` lists them"):
            finding.find_flow_run(connection, "x" * 30)
        with pytest.raises(NotFound):
            finding.find_flow_run(connection, new_id())
        with pytest.raises(Ambiguous, match=f"{runs[-2].root}.* and more"):
            finding.find_flow_run(connection, runs[0].root[:4])
        with pytest.raises(NotFound, match="There is no task run 'sub-0'"):
            finding.find_task_run(connection, "sub-0", flow_run_id=runs[0].root)
