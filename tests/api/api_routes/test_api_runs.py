"""Runs over the API: listed, read, asked to change, and refused what does not fit."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from client_contract.recorded import RecordedRun, a_failed_pipeline
from client_contract.recorded import new_id as recorded_id
from msgspec.json import decode

from api_routes.conftest import Api
from armillary.core.states import COMPLETED, FAILED, RUNNING
from armillary.server.api.reference import shipped

NOWHERE = "0181fc10-0000-7000-8000-00000000dead"


def test_runs_are_listed_by_criteria_of_any_noun_page_by_page(api: Api, home_folder: str) -> None:
    a_failed_pipeline(home_folder)
    for name in ("a", "b"):
        RecordedRun(home_folder, name, "train").runs_to(COMPLETED)
    failed: dict[str, Any] = {"flow_runs": {"state": {"type": {"any_": ["FAILED"]}}}}
    assert [run["name"] for run in api.post("flow_runs/filter", **failed)["items"]] == ["flashy-dove"]
    with_task: dict[str, Any] = {"task_runs": {"name": {"like_": "FETCH"}}}
    assert [run["name"] for run in api.post("flow_runs/filter", **with_task)["items"]] == ["flashy-dove"]
    train: dict[str, Any] = {"flows": {"name": {"any_": ["train"]}}}
    assert api.post("flow_runs/count", **train) == 2
    assert api.post("flow_runs/count_by_state") == {"COMPLETED": 2, "FAILED": 1}
    first = api.post("flow_runs/filter", **train, limit=1, sort="NAME_ASC")
    rest = api.post("flow_runs/filter", **train, limit=1, sort="NAME_ASC", after=first["after"])
    assert [run["name"] for run in first["items"] + rest["items"]] == ["a", "b"]
    assert rest["after"] is None
    problem = api.post("flow_runs/filter", **failed, after=first["after"], expect=422)
    assert problem["subject"] == "after"
    assert [flow["name"] for flow in api.post("flows/filter", **failed)["items"]] == ["pipeline"]
    assert [run["name"] for run in api.post("task_runs/filter", **failed)["items"]] == ["fetch-0", "write-0"]
    ids = [run["id"] for run in api.post("flow_runs/filter")["items"]]
    (counts,) = api.post("flow_runs/task_run_counts", ids=ids).values()
    assert counts == {"COMPLETED": 1, "FAILED": 1}
    (strip,) = api.post("flow_runs/task_run_strips", ids=ids).values()
    assert sum(mark["count_runs"] for mark in strip) == 2
    assert api.post("task_runs/count_by_state") == {"COMPLETED": 1, "FAILED": 1}


def test_what_is_read_is_not_sent_again_while_it_stays(api: Api, home_folder: str) -> None:
    run = RecordedRun(home_folder, "flashy-dove")
    for path in (f"flow_runs/{run.id}", f"flow_runs/{run.id}/graph", f"flow_runs/{run.id}/spans"):
        first = api.http.get(path)
        assert first.status_code == 200
        again = api.http.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        run.task_run("fetch-0")
        run.takes(RUNNING) if path.endswith(run.id) else None
        changed = api.http.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert changed.status_code == 200


def test_a_long_answer_is_packed_for_who_takes_that(api: Api, home_folder: str) -> None:
    run = RecordedRun(home_folder, "flashy-dove")
    before = ""
    for index in range(600):
        before = run.task_run(f"step-{index}", {"x": [before]} if before else None)
    path = f"flow_runs/{run.id}/graph"
    plain = api.http.get(path, headers={"Accept-Encoding": "gzip;q=0, br"})
    packed = api.http.get(path, headers={"Accept-Encoding": "br, gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 4
    assert packed.json() == plain.json()
    again = api.http.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]})
    assert again.status_code == 304


def test_the_graph_and_its_groups_are_told(api: Api, home_folder: str) -> None:
    run = RecordedRun(home_folder, "flashy-dove")
    source = run.task_run("source-0")
    mapped = [run.task_run(f"map-{index}", {"x": [source]}) for index in range(12)]
    graph = api.get("flow_runs", run.id, "graph")
    assert [node["kind"] for node in graph["nodes"]] == ["task_run", "map"]
    assert graph["edges"] == [[0, 1]]
    assert graph["nodes"][1]["states"] == {"PENDING": 12}
    assert "subflow" not in graph["nodes"][0]
    news = api.get("flow_runs", run.id, "graph", since=graph["number"])
    assert (news["since"], news["nodes"], news["places"], news["edges"]) == (graph["number"], [], [], [])
    assert api.get("flow_runs", run.id, "graph", since=graph["number"] + 1000)["since"] is None
    assert api.get("flow_runs", run.id, "graph/shape") == {
        "flow_run_id": run.id,
        "tasks": [task["key"] for task in graph["tasks"]],
        "nodes": [node["task"] for node in graph["nodes"]],
        "edges": graph["edges"],
    }
    group = graph["nodes"][1]["id"]
    members = api.get("flow_runs", run.id, "graph/groups", group, limit=7)
    rest = api.get("flow_runs", run.id, "graph/groups", group, after=members["after"])
    assert [node["id"] for node in members["nodes"] + rest["nodes"]] == mapped
    assert members["letters"][members["cells"][0]] == "PENDING"
    assert [node["id"] for node in api.get("flow_runs", run.id, "graph/groups", group, place=10)["nodes"]] == mapped[
        10:
    ]
    api.get("flow_runs", run.id, "graph/groups", group, place=-1, expect=422)
    of_one = api.get("flow_runs", run.id, "graph/groups", mapped[3], member=mapped[3], limit=1)
    assert (of_one["group_id"], of_one["place"], of_one["nodes"][0]["name"]) == (group, 3, "map-3")
    api.get("flow_runs", run.id, "graph/groups", group, member=source, expect=404)
    api.get("flow_runs", run.id, "graph/groups", NOWHERE, expect=404)
    api.get("flow_runs", NOWHERE, "graph", expect=404)
    api.get("flow_runs", run.id, "graph", run_try=2, expect=422)


def test_spans_are_bytes(api: Api, home_folder: str) -> None:
    run, _ = a_failed_pipeline(home_folder)
    answer = api.http.get(f"flow_runs/{run.id}/spans")
    assert answer.headers["content-type"] == "application/vnd.armillary.spans"
    assert answer.content[:4] == b"ASP1"
    assert api.http.get(f"flow_runs/{run.id}/spans", params={"run_try": 1}).content == answer.content
    api.get("flow_runs", run.id, "spans", run_try=2, expect=422)


def test_logs_are_read_searched_and_read_from_their_end(api: Api, home_folder: str) -> None:
    run, (_, write) = a_failed_pipeline(home_folder)

    def messages(**query: Any) -> list[str]:
        return [line["message"] for line in api.get("logs", run.id, **query)]

    assert messages() == ["Created flow run", "Wrote nothing", "Finished"]
    assert messages(after=0, limit=1) == ["Wrote nothing"]
    assert messages(before=100, limit=1) == ["Finished"]
    assert messages(level=40) == ["Wrote nothing"]
    assert messages(search="WROTE") == ["Wrote nothing"]
    assert messages(task_run_id=write) == ["Wrote nothing"]
    assert api.get("logs", run.id, "last") == 2
    assert api.get("logs", NOWHERE, "last") is None


def test_history_and_facts_are_told(api: Api, home_folder: str) -> None:
    run, _ = a_failed_pipeline(home_folder)
    day: dict[str, Any] = {
        "history_start": "2022-06-15T00:00:00",
        "history_end": "2022-06-16T00:00:00Z",
        "history_interval_seconds": 3600,
    }
    buckets = api.post("flow_runs/history", **day)
    assert [bucket["interval_start"] for bucket in buckets if bucket["states"]] == ["2022-06-15T03:00:00Z"]
    assert (
        sum(state["count_runs"] for bucket in api.post("task_runs/history", **day) for state in bucket["states"]) == 2
    )
    (facts,) = api.post("flow_runs/facts")
    assert (facts["id"], facts["run_time_seconds"], facts["lateness_seconds"]) == (run.id, 9.0, 1.0)
    api.post("flow_runs/history", **{**day, "history_interval_seconds": 1}, expect=422)


def test_a_run_is_renamed_and_tagged(api: Api, home_folder: str) -> None:
    run = RecordedRun(home_folder, "flashy-dove")
    assert api.patch("flow_runs", run.id, name="better", tags=["a", "b"])["name"] == "better"
    assert api.post("flow_runs/count", flow_runs={"tags": {"all_": ["a", "b"]}}) == 1
    api.patch("flow_runs", run.id, name="a\nb", expect=422)
    problem = api.patch("flow_runs", run.id, state_type="COMPLETED", expect=422)
    assert problem["errors"][0]["field"] == "state_type"


def test_a_running_run_is_asked_and_an_ended_one_is_refused(api: Api, home_folder: str) -> None:
    run = RecordedRun(home_folder, "flashy-dove")
    run.takes(RUNNING)
    command_id = str(uuid.uuid4())
    for _ in range(2):
        assert api.post("flow_runs", run.id, "cancel", command_id=command_id, expect=202)["command_id"] == command_id
    assert api.post("flow_runs", run.id, "set_state", type="CANCELLED", expect=409)["advice"]
    api.delete("flow_runs", run.id, expect=409)
    run.takes(FAILED)
    run.journal.close()
    api.post("flow_runs", run.id, "cancel", expect=409)
    assert "deployment" in api.post("flow_runs", run.id, "retry", expect=409)["detail"]
    assert api.delete("flow_runs", run.id) == 1
    api.get("flow_runs", run.id, expect=404)


def test_the_next_attempt_is_granted_once_for_a_key(api: Api, home_folder: str) -> None:
    run, _ = a_failed_pipeline(home_folder)
    first = api.post("flow_runs", run.id, "attempts", key="once", expect=201)
    assert first["attempt"] == 2
    assert api.post("flow_runs", run.id, "attempts", key="once", expect=201) == first
    api.post("flow_runs", run.id, "attempts", key="twice", expect=409)


def test_bulk_actions_count_first_and_tell_what_was_refused(api: Api, home_folder: str) -> None:
    a_failed_pipeline(home_folder)
    running = RecordedRun(home_folder, "running")
    running.takes(RUNNING)
    api.post("flow_runs/bulk_delete", expect=422)
    everything: dict[str, Any] = {"everything": True}
    assert api.post("flow_runs/bulk_delete", **everything, dry_run=True) == {"matched": 2, "done": 2, "refused": []}
    told = api.post("flow_runs/bulk_delete", **everything)
    assert (told["matched"], told["done"]) == (2, 1)
    assert [refusal["flow_run_id"] for refusal in told["refused"]] == [running.id]
    assert api.post("flow_runs/bulk_cancel", **everything)["done"] == 1
    assert api.post("flow_runs/bulk_retry", **everything)["done"] == 0


def test_why_a_run_waits_is_told(api: Api, home_folder: str) -> None:
    run = RecordedRun(home_folder, "flashy-dove")
    assert [reason["kind"] for reason in api.get("flow_runs", run.id, "waiting")["reasons"]] == ["start"]
    task = run.task_run("fetch-0")
    assert [reason["kind"] for reason in api.get("task_runs", task, "waiting")["reasons"]] == ["flow_run"]
    api.get("task_runs", NOWHERE, "waiting", expect=404)


def test_news_is_a_number_that_grows(api: Api, home_folder: str) -> None:
    before = api.get("news")["number"]
    assert api.get("news", after=before, wait_seconds=0)["number"] == before
    RecordedRun(home_folder, "flashy-dove")
    assert api.get("news", after=before, wait_seconds=10)["number"] > before


@pytest.mark.parametrize("path", ["flow_runs/{}", "task_runs/{}", "flow_runs/{}/waiting", "artifacts/{}", "flows/{}"])
def test_what_does_not_exist_is_404_and_what_is_no_id_is_422(api: Api, path: str) -> None:
    api.get(path.format(NOWHERE), expect=404)
    assert api.get(path.format("' OR 1=1 --"), expect=422)["errors"]


def test_runs_are_found_by_what_people_type(api: Api, home_folder: str) -> None:
    run, (fetch, _) = a_failed_pipeline(home_folder)
    RecordedRun(home_folder, "twin")
    RecordedRun(home_folder, "twin")
    assert api.get("flow_runs/find", words="flashy-dove")["id"] == run.id
    assert api.get("task_runs/find", words="fetch-0", flow_run_id=run.id)["id"] == fetch
    assert "flashy-dove" in api.get("flow_runs/find", words="flash-dove", expect=404)["advice"]
    api.get("flow_runs/find", words="twin", expect=409)
    assert recorded_id() != run.id


LISTINGS = sorted(
    path
    for path, operations in decode(shipped())["paths"].items()
    if path != "/api/tokens"  # listed by nobody where nobody is asked for one
    and "304" in operations.get("get", {"responses": {}})["responses"]
    and "{" not in path
    and not any(each.get("required") for each in operations["get"].get("parameters", ()))
)


def test_every_read_that_says_so_has_an_etag_that_spares_the_answer(api: Api) -> None:
    assert len(LISTINGS) > 10
    for path in LISTINGS:
        first = api.http.get(path.removeprefix("/api/"))
        assert first.status_code == 200, path
        again = api.http.get(path.removeprefix("/api/"), headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
