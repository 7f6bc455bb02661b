"""Deployments over the API: saved with their next runs, run by hand, paused, changed, taken away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from armillary.server.api.deployments import deployments

from .conftest import Api

HOURLY = {"rule": {"interval": 3600}}
NOWHERE = "0181fc10-0000-7000-8000-00000000dead"


def saved(api: Api, name: str = "nightly", **more: Any) -> Any:
    body = {"name": name, "flow_name": "train", "entrypoint": "flows.py:train", "tags": ["ml"], **more}
    return api.post("deployments", **body, expect=201)


def runs(api: Api, deployment_id: str) -> list[Any]:
    wanted: dict[str, Any] = {"deployments": {"id": {"any_": [deployment_id]}}, "sort": "NEXT_SCHEDULED_START_TIME_ASC"}
    found: list[Any] = api.post("flow_runs/filter", **wanted)["items"]
    return found


def test_a_deployment_is_saved_with_its_next_hundred_runs_and_keeps_its_id(api: Api) -> None:
    first = saved(api, schedules=[HOURLY], parameters={"rows": 3})
    assert first["schedules"][0]["words"]
    made = runs(api, first["id"])
    assert len(made) == 100
    assert {run["state_name"] for run in made} == {"Scheduled"}
    assert made[0]["tags"] == ["ml", "auto-scheduled"]
    again = saved(api, schedules=[{"rule": {"cron": "0 9 * * *", "timezone": "Europe/Berlin"}}])
    assert again["id"] == first["id"]
    assert len(runs(api, first["id"])) == 100
    assert api.post("deployments/count") == 1


def test_deployments_are_listed_found_and_read_by_name(api: Api) -> None:
    first, second = saved(api, "a"), saved(api, "b", tags=["other"])
    assert [each["name"] for each in api.post("deployments/filter", sort="NAME_DESC")["items"]] == ["b", "a"]
    tagged: dict[str, Any] = {"deployments": {"tags": {"all_": ["ml"]}}}
    assert [each["id"] for each in api.post("deployments/filter", **tagged)["items"]] == [first["id"]]
    page = api.post("deployments/filter", limit=1)
    assert [each["id"] for each in api.post("deployments/filter", limit=1, after=page["after"])["items"]] == [
        second["id"]
    ]
    assert (
        api.get("deployments", first["id"])
        == api.get("deployments/name/train/a")
        == api.get("deployments/find", words="a")
    )
    api.get("deployments", NOWHERE, expect=404)
    api.get("deployments/name/train/c", expect=404)


def test_a_run_is_made_by_hand_once_for_a_key(api: Api) -> None:
    deployment = saved(api, parameters={"rows": 3, "fast": True})
    path = ("deployments", deployment["id"], "create_flow_run")
    due = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    run = api.post(*path, parameters={"rows": 5}, tags=["mine"], scheduled_time=due, idempotency_key="k", expect=201)
    assert (run["parameters"], run["tags"]) == ({"rows": 5, "fast": True}, ["ml", "mine"])
    assert run["state_type"] == "SCHEDULED"
    assert not run["auto_scheduled"]
    assert api.post(*path, idempotency_key="k", expect=201)["id"] == run["id"]
    assert api.post(*path, key="header", expect=201) == api.post(*path, key="header", expect=201)
    assert len(runs(api, deployment["id"])) == 2
    assert api.post("flow_runs", run["id"], "cancel", expect=202)
    assert api.get("flow_runs", run["id"])["state_type"] == "CANCELLED"
    assert api.post("flow_runs", run["id"], "retry")["state_type"] == "SCHEDULED"


def test_a_paused_deployment_makes_no_runs(api: Api) -> None:
    deployment = saved(api, schedules=[HOURLY])
    assert api.post("deployments", deployment["id"], "pause")["paused"]
    assert runs(api, deployment["id"]) == []
    assert not api.post("deployments", deployment["id"], "resume")["paused"]
    assert len(runs(api, deployment["id"])) == 100


def test_some_of_a_deployment_is_changed(api: Api) -> None:
    deployment = saved(api, schedules=[HOURLY])
    changed = api.patch("deployments", deployment["id"], tags=["new"], crash_retries=2)
    assert (changed["tags"], changed["crash_retries"], changed["entrypoint"]) == (["new"], 2, "flows.py:train")
    assert len(changed["schedules"]) == 1
    assert {tuple(run["tags"]) for run in runs(api, deployment["id"])} == {("new", "auto-scheduled")}
    assert api.patch("deployments", deployment["id"], schedules=[], paused=True)["schedules"] == []
    assert runs(api, deployment["id"]) == []
    api.patch("deployments", deployment["id"], flow_name="x", expect=422)


def test_its_schedules_are_replaced(api: Api) -> None:
    deployment = saved(api, schedules=[HOURLY])
    answer = api.http.put(f"deployments/{deployment['id']}/schedules", json=[{"rule": {"interval": 60}}, HOURLY])
    assert [each["rule"]["interval"] for each in answer.json()["schedules"]] == [60, 3600]
    assert len(runs(api, deployment["id"])) == 200
    assert [each["id"] for each in api.get("deployments")["items"]] == [deployment["id"]]
    assert "slash" in api.post("deployments", name="a/b", flow_name="x", entrypoint="y", expect=422)["detail"]


def test_a_deployment_is_taken_away_with_what_nobody_started(api: Api) -> None:
    deployment = saved(api, schedules=[HOURLY])
    assert api.delete("deployments", deployment["id"])["id"] == deployment["id"]
    api.get("deployments", deployment["id"], expect=404)
    assert runs(api, deployment["id"]) == []


def test_the_next_firings_of_a_rule_are_shown_before_it_is_saved(api: Api) -> None:
    rule = {"cron": "30 2 * * *", "timezone": "Europe/Berlin"}
    told = api.post("deployments/preview_schedule", rule=rule, after="2026-03-28T00:00:00Z", limit=3)
    assert told["times"] == ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
    assert told["words"]


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"cron": "* * *"},
        {"interval": 0},
        {"cron": "* * * * *", "timezone": "Mars/Base"},
        {"interval": 60, "cron": "x"},
        {"rrule": "x"},
        {"rrule": "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"},
        {"rrule": "FREQ=DAILY;INTERVAL=999999999999"},
        {"interval": 1e308},
        {"cron": "0 0 * * *", "timezone": "../../etc/passwd"},
        {"interval": 60, "jitter_seconds": "30"},
    ],
)
def test_what_is_no_schedule_is_refused_and_nothing_is_saved(api: Api, rule: dict[str, Any]) -> None:
    body: dict[str, Any] = {"name": "a", "flow_name": "train", "entrypoint": "x", "schedules": [{"rule": rule}]}
    assert api.post("deployments", **body, expect=422)["detail"]
    assert api.post("deployments/count") == 0
    api.post("deployments/preview_schedule", rule=rule, expect=422)


def test_previews_do_not_take_every_thread_of_the_server(api: Api) -> None:
    rule = {"cron": "0 9 * * *"}
    for _ in range(deployments.MOST_PREVIEWS):
        assert deployments.previews.acquire(blocking=False)
    try:
        assert "at once" in api.post("deployments/preview_schedule", rule=rule, expect=429)["detail"]
    finally:
        for _ in range(deployments.MOST_PREVIEWS):
            deployments.previews.release()
    assert api.post("deployments/preview_schedule", rule=rule)["times"]


def test_a_preview_at_the_end_of_time_is_empty(api: Api) -> None:
    for rule in ({"rrule": "FREQ=DAILY"}, {"cron": "0 9 * * *"}, {"interval": 60}):
        assert api.post("deployments/preview_schedule", rule=rule, after="9999-12-31T23:59:59Z")["times"] == []


def test_a_parameter_schema_that_takes_too_much_work_is_refused(api: Api) -> None:
    levels = {str(level): {"allOf": [{"$ref": f"#/$defs/{level + 1}"}] * 2} for level in range(27)}
    schema = {"properties": {"x": {"$ref": "#/$defs/0"}}, "$defs": {**levels, "27": {"type": "integer"}}}
    body: dict[str, Any] = {"name": "a", "flow_name": "train", "entrypoint": "x", "parameter_schema": schema}
    assert "too much work" in api.post("deployments", **body, expect=413)["detail"]
    assert api.post("deployments/count") == 0


def test_a_schedule_that_is_over_can_be_looked_at_and_not_saved(api: Api) -> None:
    over = {"rrule": "FREQ=DAILY;UNTIL=20200101"}
    assert api.post("deployments/preview_schedule", rule=over)["times"] == []
    body: dict[str, Any] = {"name": "a", "flow_name": "train", "entrypoint": "x", "schedules": [{"rule": over}]}
    assert "never fires again" in api.post("deployments", **body, expect=422)["detail"]


@pytest.mark.parametrize(
    ("runner", "says"),
    [
        ({"type": "dockr"}, "no flow runner 'dockr'"),
        ({"type": "subprocess", "virtualen": "x"}, "no option 'virtualen'"),
        ({"type": "subprocess", "env": {"A": 1}}, "env"),
    ],
)
def test_a_flow_runner_that_is_none_is_refused_and_nothing_is_saved(
    api: Api, runner: dict[str, Any], says: str
) -> None:
    body: dict[str, Any] = {"name": "a", "flow_name": "train", "entrypoint": "flows.py:train", "flow_runner": runner}
    assert says in str(api.post("deployments", **body, expect=422))
    assert api.post("deployments/count") == 0
    api.patch("deployments", saved(api)["id"], flow_runner=runner, expect=422)


def test_schedules_are_switched_and_seen_to_under_the_names_of_others(api: Api) -> None:
    made = saved(api, schedules=[HOURLY])
    assert api.post("deployments", made["id"], "schedule") == {"scheduled": 0}
    assert api.post("deployments", made["id"], "set_schedule_inactive")["paused"] is True
    assert api.post("deployments", made["id"], "set_schedule_active")["paused"] is False
    assert api.post("deployments", made["id"], "schedule") == {"scheduled": 0}
    api.post("deployments", NOWHERE, "schedule", expect=404)


def test_a_retry_is_whole_unless_said_and_happens_once_under_a_key(api: Api) -> None:
    made = saved(api)
    run = api.post("deployments", made["id"], "create_flow_run", expect=201)
    api.post("flow_runs", run["id"], "cancel", expect=202)
    first = api.post("flow_runs", run["id"], "retry", key="again", from_failure=True)
    assert api.post("flow_runs", run["id"], "retry", key="again", from_failure=True) == first
    api.post("flow_runs", run["id"], "retry", expect=409)
    api.post("flow_runs", run["id"], "retry", from_crash=True, expect=422)
