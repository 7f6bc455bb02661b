"""Work queues over the API: made, changed, paused, previewed, taken away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .conftest import Api

NOWHERE = "0181fc10-0000-7000-8000-00000000dead"


def test_the_default_queue_is_always_there_and_others_are_made_once(api: Api) -> None:
    assert [queue["name"] for queue in api.get("work_queues")] == ["default"]
    made = api.post("work_queues", name="ml", filter={"tags": ["ml"]}, priority=1, key="k", expect=201)
    assert api.post("work_queues", name="ml", filter={"tags": ["ml"]}, priority=1, key="k", expect=201) == made
    api.post("work_queues", name="ml", expect=409)
    assert [queue["name"] for queue in api.get("work_queues")] == ["ml", "default"]
    assert api.get("work_queues", made["id"]) == api.get("work_queues/name/ml") == made
    assert "ml" in api.get("work_queues/name/mll", expect=404)["advice"]


def test_a_queue_is_changed_paused_and_taken_away(api: Api) -> None:
    made = api.post("work_queues", name="ml", concurrency_limit=2, expect=201)
    changed = api.patch("work_queues", made["id"], filter={"flow_runner_types": ["docker"]}, priority=5)
    assert (changed["filter"]["flow_runner_types"], changed["priority"], changed["concurrency_limit"]) == (
        ["docker"],
        5,
        2,
    )
    assert api.patch("work_queues", made["id"], no_concurrency_limit=True)["concurrency_limit"] is None
    assert api.post("work_queues", made["id"], "pause")["paused"]
    assert not api.post("work_queues", made["id"], "resume")["paused"]
    api.patch("work_queues", made["id"], priority=-1, expect=422)
    assert api.put("work_queues", made["id"], name="gpu")["priority"] == 100
    assert api.get("work_queues/find", words="gpu")["id"] == made["id"]
    api.delete("work_queues", made["id"], expect=204)
    api.delete("work_queues", made["id"], expect=404)
    api.get("work_queues", NOWHERE, expect=404)


def test_a_queue_shows_what_is_coming_and_how_it_goes(api: Api) -> None:
    queue = api.post("work_queues", name="ml", filter={"tags": ["ml"]}, expect=201)
    body: dict[str, Any] = {
        "name": "a",
        "flow_name": "train",
        "entrypoint": "x.py:train",
        "schedules": [{"rule": {"interval": 3600}}],
    }
    deployment = api.post("deployments", **body, tags=["ml"], expect=201)
    api.post("deployments", deployment["id"], "create_flow_run", expect=201)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert len(api.get("work_queues", queue["id"], "preview", limit=3, until=tomorrow)) == 3
    (due,) = api.get("work_queues", queue["id"], "preview", until="2000-01-01T00:00:00Z") or api.get(
        "work_queues", queue["id"], "preview", limit=1
    )
    assert due["deployment_id"] == deployment["id"]
    status = api.get("work_queues", queue["id"], "status")
    assert (status["running"], status["late"], status["agents"]) == (0, 1, [])
    default = api.get("work_queues/name/default")
    assert api.get("work_queues", default["id"], "preview") == []
    waiting = api.get("flow_runs", due["id"], "waiting")
    assert [reason["kind"] for reason in waiting["reasons"]] == ["no_agent"]
    assert "armillary agent start ml" in waiting["reasons"][0]["message"]
    api.post("work_queues", queue["id"], "pause")
    kinds = [reason["kind"] for reason in api.get("flow_runs", due["id"], "waiting")["reasons"]]
    assert kinds == ["queue_paused", "no_agent"]


TRIED = {
    "all tags": ({"tags": ["etl", "nightly"]}, 100, ["f/both"]),
    "one tag": ({"tags": ["etl"]}, 100, ["f/both", "f/etl"]),
    "a tag that none has": ({"tags": ["etl", "zzz"]}, 100, []),
    "a runner": ({"flow_runner_types": ["docker"]}, 100, []),
    "nothing, which deployments must name": ({}, 100, []),
    "behind another queue": ({"tags": ["taken"]}, 100, []),
    "before another queue": ({"tags": ["taken"]}, 0, ["f/taken"]),
}


@pytest.mark.parametrize("tried", TRIED)
def test_what_a_queue_would_take_is_told_before_it_is_saved_and_is_what_waits_in_it(api: Api, tried: str) -> None:
    for name, tags in {"both": ["etl", "nightly"], "etl": ["etl"], "none": [], "taken": ["taken"]}.items():
        api.post("deployments", name=name, flow_name="f", entrypoint="f.py:f", tags=tags, expect=201)
    api.post("work_queues", name="first", filter={"tags": ["taken"]}, priority=5, expect=201)
    queue_filter, priority, expected = TRIED[tried]
    told = api.post("work_queues/contents", name="tried", filter=queue_filter, priority=priority)
    assert (told["deployments"], told["many"]) == (expected, len(expected))
    assert (
        f"It takes the runs of {', '.join(expected)}." if expected else "No deployment's runs wait in 'tried'"
    ) in told["sentence"]
    made = api.post("work_queues", name="tried", filter=queue_filter, priority=priority, expect=201)
    for path in ("f/both", "f/etl", "f/none", "f/taken"):
        found = api.get("deployments/find", words=path)
        run = api.post("deployments", found["id"], "create_flow_run", expect=201)
        waits = [each["id"] for each in api.get("work_queues", made["id"], "preview")]
        assert (run["id"] in waits) == (path in expected)


def test_a_change_of_a_queue_is_tried_in_its_place(api: Api) -> None:
    api.post("deployments", name="d", flow_name="f", entrypoint="f.py:f", tags=["ml"], expect=201)
    made = api.post("work_queues", name="ml", filter={"tags": ["ml"]}, expect=201)
    assert api.post("work_queues/contents", id=made["id"], name="ml", filter={"tags": ["ml", "gpu"]})["many"] == 0
    assert "'ml' takes those" in api.post("work_queues/contents", name="other", filter={"tags": ["ml"]})["sentence"]
    assert api.post("work_queues/contents", id=made["id"], name="ml", filter={"tags": ["ml"]})["many"] == 1
