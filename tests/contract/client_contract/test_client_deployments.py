"""Runs of deployments that somebody asks for, whoever answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from armillary.client.interface.client import Client
from armillary.core.deployments.deployment import Deployment, DeploymentSchedule, OnCollision
from armillary.core.deployments.worker import Worker
from armillary.core.errors import IllegalTransition, InvalidOption, InvalidParameters, NotFound, TooBroad
from armillary.core.filters import FlowRunFilter
from armillary.core.ids import flow_id
from armillary.core.schedules.interval import IntervalSchedule
from armillary.core.schedules.schedule import to_document

from .recorded import new_id

SCHEMA = {
    "type": "object",
    "properties": {"n": {"type": "integer"}, "day": {"anyOf": [{"type": "number"}, {"type": "null"}]}},
    "required": ["n"],
}
HOUR = IntervalSchedule(timedelta(hours=1))


def deployed(client: Client, *, scheduled: bool = True, **facts: Any) -> Deployment:
    at = datetime.now(UTC)
    schedules = [DeploymentSchedule(new_id(), to_document(HOUR), HOUR.words())] if scheduled else []
    given = {"parameters": {"n": 1}, "parameter_schema": SCHEMA, "schedules": schedules, **facts}
    return client.save_deployment(
        Deployment(new_id(), "hourly", flow_id("train"), "train", "main.py:train", at, at, **given)
    )


def a_worker(client: Client) -> str:
    at = datetime.now(UTC)
    worker = Worker(new_id(), "agent", "host", 1, "1", at, at, [], 10)
    client.register_worker(worker)
    return worker.id


def hours_ago(hours: float) -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours)


def test_a_backfill_makes_a_run_for_each_past_time_with_that_time_as_its_start(client: Client) -> None:
    of = deployed(client)
    begin, end = hours_ago(5), hours_ago(2)
    planned = client.backfill_deployment(of.id, begin, end, dry_run=True)
    assert planned.times == [begin, begin + timedelta(hours=1), begin + timedelta(hours=2)]
    assert planned.flow_run_ids == []
    made = client.backfill_deployment(of.id, begin, end)
    runs = [client.find_flow_run(each) for each in made.flow_run_ids]
    assert [each.expected_start_time for each in runs] == planned.times
    assert all("backfill" in each.tags and each.parameters == {"n": 1} for each in runs)


def test_only_what_was_missed_is_made_where_told(client: Client) -> None:
    of = deployed(client)
    client.backfill_deployment(of.id, hours_ago(4), hours_ago(3))
    assert len(client.backfill_deployment(of.id, hours_ago(5), hours_ago(2), only_missed=True).times) == 2
    assert client.backfill_deployment(of.id, hours_ago(5), hours_ago(2), only_missed=True).times == []
    assert len(client.backfill_deployment(of.id, hours_ago(5), hours_ago(2)).times) == 3


def test_a_backfill_that_cannot_be_meant_is_refused(client: Client) -> None:
    of = deployed(client)
    with pytest.raises(InvalidOption, match="not before"):
        client.backfill_deployment(of.id, hours_ago(1), hours_ago(2))
    with pytest.raises(InvalidOption, match="yet to come"):
        client.backfill_deployment(of.id, hours_ago(1), hours_ago(-2))
    with pytest.raises(TooBroad):
        client.backfill_deployment(of.id, hours_ago(2000), hours_ago(1))
    with pytest.raises(NotFound):
        client.backfill_deployment(new_id(), hours_ago(2), hours_ago(1))
    with pytest.raises(InvalidOption, match="no schedule"):
        client.backfill_deployment(deployed(client, scheduled=False).id, hours_ago(2), hours_ago(1))


@pytest.mark.parametrize("value", [5, "5", " 7 "])
def test_parameters_that_annotations_convert_are_taken(client: Client, value: object) -> None:
    of = deployed(client)
    assert client.run_deployment(of.id, parameters={"n": value, "day": "1.5"}).parameters["n"] == value


@pytest.mark.parametrize(
    ("given", "says"),
    [({"n": "many"}, "integer"), ({"n": [1]}, "integer"), ({"m": 1}, "no parameter 'm'"), ({"day": "x"}, "day")],
)
def test_parameters_that_do_not_fit_are_refused(client: Client, given: dict[str, object], says: str) -> None:
    of = deployed(client)
    with pytest.raises(InvalidParameters) as refused:
        client.run_deployment(of.id, parameters=given)
    assert says in str(refused.value)


def test_a_run_that_is_due_has_the_oldest_cancelled_where_the_newest_matters_most(client: Client) -> None:
    of = deployed(client, scheduled=False, concurrency_limit=1, on_collision=OnCollision.CANCEL_RUNNING)
    worker = a_worker(client)
    first = client.run_deployment(of.id)
    [claimed] = client.claim_runs(worker, new_id(), [], 5, 0)
    assert claimed.flow_run.id == first.id
    client.run_deployment(of.id)
    assert client.claim_runs(worker, new_id(), [], 5, 0) == []
    client.release_run(worker, first.id, died="It was cancelled.")
    assert len(client.claim_runs(worker, new_id(), [], 5, 0)) == 1


@pytest.mark.parametrize("from_failure", [False, True])
def test_a_run_is_retried_whole_or_from_where_it_failed(client: Client, from_failure: bool) -> None:
    of = deployed(client, scheduled=False)
    worker = a_worker(client)
    run = client.run_deployment(of.id)
    with pytest.raises(IllegalTransition):
        client.retry(run.id)
    client.cancel(run.id)
    queued = client.retry(run.id, from_failure=from_failure)
    assert (queued.state_name, queued.attempt) == ("Scheduled", 1)
    [again] = client.claim_runs(worker, new_id(), [], 1, 0)
    assert (again.flow_run.id, again.flow_run.attempt) == (run.id, 1), "its first owner"
    assert (again.fresh_since is None) is from_failure


def test_what_a_runs_process_wrote_is_in_its_log_in_order(client: Client) -> None:
    of = deployed(client, scheduled=False)
    worker = a_worker(client)
    run = client.run_deployment(of.id)
    at = datetime.now(UTC)
    assert client.record_output(worker, run.id, [(at, "one"), (at, "two\x00 \ud7ff")]) == 2
    assert client.record_output(worker, run.id, [(at, "three")]) == 1
    lines = client.logs(run.id)
    assert [each.message[:3] for each in lines] == ["one", "two", "thr"]
    assert {each.logger for each in lines} == {"output"}
    assert client.record_output(worker, new_id(), [(at, "lost")]) == 0
    with pytest.raises(NotFound):
        client.record_output(new_id(), run.id, [(at, "x")])
    assert client.count_flow_runs(FlowRunFilter(deployment_ids=[of.id])) == 1
