"""What a client tells about runs is what their owners recorded, at the moment of asking."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from armillary.client.interface.client import Client
from armillary.core.errors import Ambiguous, InvalidOption, NotFound
from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.states import COMPLETED, CRASHED, FAILED, PENDING, RUNNING

from .recorded import START_US, RecordedRun, a_failed_pipeline


def test_an_empty_home_lists_nothing(client: Client) -> None:
    assert client.flows().items == []
    assert client.flow_runs().items == []
    assert client.count_flow_runs() == 0


def test_a_run_is_there_as_soon_as_its_owner_has_said_so(client: Client, client_home: str) -> None:
    run = RecordedRun(client_home, "flashy-dove")
    assert client.find_flow_run("flashy-dove").state_type is PENDING
    run.takes(RUNNING)
    assert client.find_flow_run("flashy-dove").state_type is RUNNING
    run.takes(COMPLETED)
    run.journal.close()
    assert client.find_flow_run("flashy-dove").state_type is COMPLETED


def test_a_flow_run_has_all_that_was_recorded_of_it(client: Client, client_home: str) -> None:
    run, _ = a_failed_pipeline(client_home)
    found = client.find_flow_run(run.id)
    assert (found.name, found.flow_name, found.state_name) == ("flashy-dove", "pipeline", "Failed")
    assert found.state_message == "1/2 states failed."
    assert found.parameters == {"msg": "0"}
    assert found.tags == ["nightly"]
    assert found.entrypoint == "/flows/pipeline.py:pipeline"
    assert found.expected_start_time == datetime.fromtimestamp(START_US // 1_000_000 + 1, UTC)


def test_flows_are_listed_by_name_once_each(client: Client, client_home: str) -> None:
    for flow in ("train", "pipeline", "train"):
        RecordedRun(client_home, f"run-of-{flow}", flow).runs_to(COMPLETED)
    assert [flow.name for flow in client.flows().items] == ["pipeline", "train"]
    assert [flow.name for flow in client.flows(name_prefix="tr").items] == ["train"]


def test_flow_runs_are_listed_latest_first_page_by_page(client: Client, client_home: str) -> None:
    for place in range(5):
        RecordedRun(client_home, f"run-{place}", start_us=START_US + place * 60_000_000).runs_to(COMPLETED)
    page = client.flow_runs(limit=3)
    assert [run.name for run in page.items] == ["run-4", "run-3", "run-2"]
    rest = client.flow_runs(limit=3, after=page.after)
    assert [run.name for run in rest.items] == ["run-1", "run-0"]
    assert rest.after is None


@pytest.mark.parametrize("limit", [0, 1001])
def test_a_limit_outside_1_to_1000_is_refused(client: Client, limit: int) -> None:
    with pytest.raises(InvalidOption, match="limit"):
        client.flow_runs(limit=limit)


def test_a_filter_narrows_by_all_that_it_names(client: Client, client_home: str) -> None:
    RecordedRun(client_home, "a", "train", tags=("ml",)).runs_to(FAILED)
    RecordedRun(client_home, "b", "train").runs_to(COMPLETED)
    RecordedRun(client_home, "c", "pipeline", tags=("ml",)).runs_to(FAILED)

    def names(wanted: FlowRunFilter) -> set[str]:
        assert client.count_flow_runs(wanted) == len(client.flow_runs(wanted).items)
        return {run.name for run in client.flow_runs(wanted).items}

    assert names(FlowRunFilter()) == {"a", "b", "c"}
    assert names(FlowRunFilter(flow_names=["train"])) == {"a", "b"}
    assert names(FlowRunFilter(tags=["ml"])) == {"a", "c"}
    assert names(FlowRunFilter(tags=["ml"], flow_names=["train"])) == {"a"}
    assert names(FlowRunFilter(state_types=[COMPLETED])) == {"b"}
    assert names(FlowRunFilter(state_names=["Failed"])) == {"a", "c"}
    assert names(FlowRunFilter(name_contains="B")) == {"b"}


def test_a_run_is_found_by_id_by_the_beginning_of_it_and_by_name(client: Client, client_home: str) -> None:
    run, task_runs = a_failed_pipeline(client_home)
    for words in (run.id, run.id[:-1], "flashy-dove"):
        assert client.find_flow_run(words).id == run.id
    for words in (task_runs[0], "fetch-0"):
        assert client.find_task_run(words).id == task_runs[0]


def test_what_does_not_exist_is_not_found_and_the_nearest_name_is_told(client: Client, client_home: str) -> None:
    a_failed_pipeline(client_home)
    with pytest.raises(NotFound, match="Did you mean 'flashy-dove'"):
        client.find_flow_run("flash-dove")
    with pytest.raises(NotFound, match="Did you mean 'fetch-0'"):
        client.find_task_run("fetch-1")


def test_a_name_that_fits_several_runs_is_ambiguous(client: Client, client_home: str) -> None:
    runs = [RecordedRun(client_home, "twin").runs_to(COMPLETED) for _ in range(2)]
    with pytest.raises(Ambiguous) as refused:
        client.find_flow_run("twin")
    assert all(run.id in str(refused.value) for run in runs)


def test_task_runs_keep_their_states_and_what_they_waited_for(client: Client, client_home: str) -> None:
    run, (fetch, write) = a_failed_pipeline(client_home)
    found = client.task_runs(TaskRunFilter(flow_run_ids=[run.id])).items
    assert [(each.id, each.state_type) for each in found] == [(fetch, COMPLETED), (write, FAILED)]
    assert found[1].upstreams == {"data": [fetch]}
    assert client.task_run_counts(run.id) == {COMPLETED: 1, FAILED: 1}


def test_histories_tell_every_state_in_order(client: Client, client_home: str) -> None:
    run, (fetch, _) = a_failed_pipeline(client_home)
    assert [change.type for change in client.flow_run_states(run.id)] == [PENDING, RUNNING, FAILED]
    assert [change.type for change in client.task_run_states(fetch)] == [PENDING, RUNNING, COMPLETED]


def test_logs_are_read_behind_an_ordinal_and_by_level_and_by_task(client: Client, client_home: str) -> None:
    run, (_, write) = a_failed_pipeline(client_home)
    lines = client.logs(run.id)
    assert [line.message for line in lines] == ["Created flow run", "Wrote nothing", "Finished"]
    assert [line.message for line in client.logs(run.id, after=lines[0].ordinal)] == ["Wrote nothing", "Finished"]
    assert [line.message for line in client.logs(run.id, least_level=40)] == ["Wrote nothing"]
    assert [line.message for line in client.logs(run.id, task_run_id=write)] == ["Wrote nothing"]
    assert [line.message for line in client.logs(run.id, limit=1)] == ["Created flow run"]


def test_the_lines_of_subflow_runs_come_when_asked_for(client: Client, client_home: str) -> None:
    run = RecordedRun(client_home, "parent")
    child = run.flow_run("0181fc10-0000-7000-8000-000000000001", "child", "sub", parent=run.id)
    run.says("above")
    run.says("below", flow_run=child)
    assert [line.message for line in client.logs(run.id)] == ["above"]
    assert [line.message for line in client.logs(run.id, with_subflows=True)] == ["above", "below"]


def test_a_kept_result_is_told_with_where_it_lies(client: Client, client_home: str) -> None:
    run = RecordedRun(client_home, "keeper")
    run.keeps(run.id)
    stored = client.stored_result(run.id)
    assert stored is not None
    assert (stored.storage, stored.key, stored.size) == ("file:///results", "abc", 12)
    assert client.stored_results(run.id) == [stored]
    assert client.stored_result("0181fc10-0000-7000-8000-00000000dead") is None


def test_a_run_whose_owner_went_without_a_word_reads_crashed(
    client: Client, client_home: str, killed_owner: str
) -> None:
    """At once, or, where somebody follows the journals, once that somebody has looked."""
    client.wait_for_news(0)
    while client.find_flow_run(killed_owner).state_type is not CRASHED:
        assert client.wait_for_news(5)


UNKNOWN_ID = "0181fc10-0000-7000-8000-00000000dead"
REFUSED = {
    "limit=0": lambda client: client.flow_runs(limit=0),
    "limit=1001": lambda client: client.flows(limit=1001),
    "limit=-1": lambda client: client.task_runs(limit=-1),
    "log limit": lambda client: client.logs(UNKNOWN_ID, limit=5001),
    "log run": lambda client: client.logs("x"),
    "cursor": lambda client: client.flow_runs(after="x"),
    "name_contains": lambda client: client.flow_runs(FlowRunFilter(name_contains="")),
    "ids": lambda client: client.flow_runs(FlowRunFilter(ids=["x"])),
    "parent": lambda client: client.count_flow_runs(FlowRunFilter(parent_flow_run_id="x")),
    "flow_run_ids": lambda client: client.task_runs(TaskRunFilter(flow_run_ids=[UNKNOWN_ID, "x"])),
    "words": lambda client: client.find_flow_run(""),
    "blank words": lambda client: client.find_task_run("  "),
    "long words": lambda client: client.find_deployment("x" * 1002),
    "inside": lambda client: client.find_task_run("x", flow_run_id="x"),
    "states": lambda client: client.flow_run_states("x"),
    "no id": lambda client: client.task_run_states(""),
    "cancel": lambda client: client.cancel("x"),
    "delete": lambda client: client.delete_flow_run("../flows"),
    "slots": lambda client: client.give_slots_back("x"),
    "variable": lambda client: client.variable(""),
    "unset": lambda client: client.unset_variable("a\nb"),
    "tag": lambda client: client.concurrency_limit(""),
    "queue": lambda client: client.find_work_queue(""),
    "search": lambda client: client.saved_search(""),
    "policy": lambda client: client.find_notification_policy(""),
    "storage": lambda client: client.find_storage_block(""),
}
WORDS: dict[str, str] = {}


@pytest.mark.parametrize("call", REFUSED)
def test_what_names_nothing_is_refused_in_the_same_words_by_every_client(client: Client, call: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        REFUSED[call](client)
    assert str(refused.value) == WORDS.setdefault(call, str(refused.value))


NOT_THERE = {
    "flow run": lambda client: client.find_flow_run("nosuch"),
    "task run": lambda client: client.find_task_run("nosuch"),
    "cancel": lambda client: client.cancel(UNKNOWN_ID),
    "delete": lambda client: client.delete_flow_run(UNKNOWN_ID),
    "variable": lambda client: client.variable("nosuch"),
    "limit": lambda client: client.concurrency_limit("nosuch"),
    "deployment": lambda client: client.find_deployment("nosuch/one"),
    "queue": lambda client: client.find_work_queue("nosuch"),
    "artifact": lambda client: client.artifact(UNKNOWN_ID),
    "artifact by no id": lambda client: client.artifact("x"),
}


@pytest.mark.parametrize("call", NOT_THERE)
def test_what_is_not_there_is_told_in_the_same_words_by_every_client(client: Client, call: str) -> None:
    with pytest.raises(NotFound) as missing:
        NOT_THERE[call](client)
    assert str(missing.value) == WORDS.setdefault("not there: " + call, str(missing.value))


def test_lists_of_what_is_not_there_are_empty(client: Client) -> None:
    assert client.flow_run_states(UNKNOWN_ID) == client.task_run_states(UNKNOWN_ID) == []
    assert client.logs(UNKNOWN_ID) == []
    assert client.task_run_counts(UNKNOWN_ID) == {}
    assert client.give_slots_back(UNKNOWN_ID) == 0
