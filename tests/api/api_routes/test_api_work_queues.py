"""Work queues over the API: made, changed, paused, previewed, taken away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

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
