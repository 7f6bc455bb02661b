"""Variables, saved searches, concurrency limits, and what the server says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from client_contract.recorded import RecordedRun

from armillary.core.states import RUNNING

from .conftest import Api


def test_variables(api: Api) -> None:
    assert api.put("variables/rate", value={"of": 1}, tags=["money"])["value"] == {"of": 1}
    api.put("variables/other", value=None)
    assert [each["name"] for each in api.get("variables")["items"]] == ["other", "rate"]
    assert [each["name"] for each in api.get("variables", name_prefix="ra")["items"]] == ["rate"]
    assert api.get("variables/rate")["tags"] == ["money"]
    api.delete("variables/rate", expect=204)
    api.delete("variables/rate", expect=404)
    api.get("variables/rate", expect=404)


def test_flows(api: Api, home_folder: str) -> None:
    made = api.post("flows", name="train", tags=["ml"], expect=201)
    assert api.post("flows", name="train", expect=201) == made
    assert api.get("flows/name/train") == api.get("flows", made["id"]) == made
    changed = api.patch("flows", made["id"], description="Trains.")
    assert (changed["tags"], changed["description"]) == (["ml"], "Trains.")
    RecordedRun(home_folder, "flashy-dove", "busy")
    busy = api.get("flows/name/busy")
    assert "runs" in api.delete("flows", busy["id"], expect=409)["detail"]
    api.delete("flows", made["id"], expect=204)
    api.delete("flows", made["id"], expect=404)


def test_saved_searches(api: Api) -> None:
    first = api.put("saved_searches", name="failed", definition={"tokens": ["state:failed"]})
    second = api.put("saved_searches", name="failed", definition=[])
    assert second["id"] == first["id"]
    assert api.get("saved_searches")["items"] == [second]
    assert api.get("saved_searches", first["id"]) == second
    api.delete("saved_searches", first["id"], expect=204)
    api.get("saved_searches", first["id"], expect=404)


def test_concurrency_limits(api: Api) -> None:
    made = api.post("concurrency_limits", tag="gpu", slots=2, key="k", expect=201)
    assert api.post("concurrency_limits", tag="gpu", slots=2, key="k", expect=201) == made
    api.post("concurrency_limits", tag="gpu", slots=3, key="k", expect=422)
    assert api.post("concurrency_limits", tag="gpu", slots=3, expect=201)["id"] == made["id"]
    assert api.get("concurrency_limits/tag/gpu")["slots"] == 3
    assert [each["tag"] for each in api.get("concurrency_limits")["items"]] == ["gpu"]
    api.post("concurrency_limits", tag="gpu", slots=-1, expect=422)
    api.delete("concurrency_limits/tag/gpu", expect=204)
    api.delete("concurrency_limits", made["id"], expect=404)


def test_slots_are_taken_together_and_given_back(api: Api, home_folder: str) -> None:
    run = RecordedRun(home_folder, "flashy-dove")
    run.takes(RUNNING)
    first, second = run.task_run("a-0"), run.task_run("b-0")
    api.post("concurrency_limits", tag="gpu", slots=1, expect=201)

    def ask(task_run_id: str) -> Any:
        wanted: dict[str, Any] = {"root_flow_run_id": run.id, "task_run_id": task_run_id, "tags": ["gpu", "free"]}
        return api.post("concurrency_limits/slots", **wanted)

    assert ask(first) == ask(first) == {"granted": True, "full": []}
    assert ask(second) == {"granted": False, "full": ["gpu"]}
    assert api.get("concurrency_limits/tag/gpu")["active_slots"] == [first]
    assert api.delete("concurrency_limits/slots", first) == 1
    assert ask(second)["granted"]


def test_the_server_says_what_it_is(api: Api, database: str) -> None:
    assert api.get("version")["version"]
    assert api.get("admin/database")["kind"] == database
    settings = {each["name"]: each for each in api.get("admin/settings")}
    assert settings["ARMILLARY_SERVER_PORT"]["source"] == "default"


@pytest.mark.parametrize(
    "content",
    [
        b'{"name": ',
        b"\xff\xfe",
        b'{"name": "x", "definition": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"name": "\\ud800", "definition": 1}',
        b'{"name": "a\\u0000b", "definition": 1}',
        b'{"name": "x"}',
        b'{"name": "x", "definition": 1, "more": 2}',
        b"[]",
        b"null",
        b"",
    ],
)
def test_malformed_bodies_are_refused_with_a_problem(api: Api, content: bytes) -> None:
    answer = api.http.put("saved_searches", content=content, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text


def test_what_is_no_json_is_said_with_its_place_or_its_type(api: Api) -> None:
    def asked(content: bytes, kind: str) -> httpx.Response:
        return api.http.post("flow_runs/filter", content=content, headers={"content-type": kind})

    broken = asked(b'{"limit":', "application/json")
    assert (broken.status_code, broken.json()["subject"]) == (422, "body")
    assert "at character 9" in broken.json()["detail"]
    form = asked(b"limit=3", "application/x-www-form-urlencoded")
    assert (form.status_code, form.json()["advice"]) == (415, "Send JSON, with Content-Type: application/json.")


def test_what_is_not_read_where_it_is_asked_says_how_it_is_asked(api: Api) -> None:
    answer = api.http.get("flows")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "takes POST" in answer.json()["detail"]
    assert api.http.get("flowz").status_code == 404


def test_names_may_look_like_sql(api: Api) -> None:
    name = "'; DROP TABLE variable; --"
    api.put("variables/" + name.replace("/", "%2F"), value=1)
    assert [each["name"] for each in api.get("variables", name_prefix="';")["items"]] == [name]
    assert api.get("variables", name_prefix="%")["items"] == []


def test_the_api_describes_itself_for_programs_and_for_people(api: Api) -> None:
    description = api.get("openapi.json")
    assert "/api/flow_runs/filter" in description["paths"]
    ids = [operation["operationId"] for path in description["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))
    page = api.http.get("docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "/api/flow_runs/filter" in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize(
    ("noun", "made"),
    [
        ("saved_searches", lambda api, name: api.put("saved_searches", name=name, definition={"filter": ""})),
        ("variables", lambda api, name: api.put("variables", name, value=1)),
        ("concurrency_limits", lambda api, name: api.post("concurrency_limits", tag=name, slots=1, expect=201)),
        (
            "block_documents",
            lambda api, name: api.post(
                "block_documents", name=name, type="local", options={"storage_path": "/srv"}, expect=201
            ),
        ),
        ("work_queues", lambda api, name: api.post("work_queues", name=name, expect=201)),
    ],
)
def test_small_nouns_are_filtered_by_name(api: Api, noun: str, made: Callable[[Api, str], Any]) -> None:
    for name in ("red", "green", "dark red"):
        made(api, name)

    def names(**wanted: Any) -> list[str]:
        found = api.post(noun, "filter", name=wanted)
        listed = found["items"] if isinstance(found, dict) else found
        return sorted(each["tag"] if noun == "concurrency_limits" else each["name"] for each in listed)

    assert names(like_="RED") == ["dark red", "red"]
    assert names(startswith_="re") == ["red"]
    assert names(any_=["green", "blue"]) == ["green"]
    assert names(like_="red", not_any_=["red"]) == ["dark red"]


def test_lines_of_many_runs_are_filtered_by_level_time_and_text(api: Api, home_folder: str) -> None:
    run, other = RecordedRun(home_folder, "one"), RecordedRun(home_folder, "two")
    for each in (run, other):
        each.says("quiet", 20)
        each.says("Loud", 40)
    assert [each["message"] for each in api.post("logs/filter")["items"]].count("Loud") == 2
    loud = api.post("logs/filter", logs={"level": {"ge_": 30}, "flow_run_id": {"any_": [run.id]}})["items"]
    assert [(each["message"], each["flow_run_id"]) for each in loud] == [("Loud", run.id)]
    assert len(api.post("logs/filter", logs={"message": {"like_": "LOUD"}})["items"]) == 2
    assert "1000" in api.post("logs/filter", logs={"level": {"ge_": 10**30}}, expect=422)["advice"]
    first = api.post("logs/filter", limit=3, sort="TIMESTAMP_DESC")
    rest = api.post("logs/filter", limit=3, sort="TIMESTAMP_DESC", after=first["after"])
    times = [each["timestamp"] for each in first["items"] + rest["items"]]
    assert len(times) == 4 and times == sorted(times, reverse=True)
    assert "cursor" in api.post("logs/filter", after=first["after"], expect=422)["detail"]
    above = {"level": {"ge_": 10}}
    of_another = api.post("logs/filter", after=first["after"], sort="TIMESTAMP_DESC", logs=above, expect=422)
    assert "cursor" in of_another["detail"]
