"""What a client asks of runs and takes away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from armillary.client.interface.client import Client
from armillary.core.errors import IllegalTransition, NotFound
from armillary.core.pruned import Pruned
from armillary.core.states import COMPLETED, FAILED, PENDING, RUNNING
from armillary.journal.command_file import CommandReader
from armillary.journal.commands import CANCEL

from .recorded import START_US, RecordedRun, a_failed_pipeline

NOWHERE = "0181fc10-0000-7000-8000-00000000dead"


def test_cancelling_reaches_the_owner_of_the_run(client: Client, client_home: str) -> None:
    run = RecordedRun(client_home, "flashy-dove")
    run.takes(RUNNING)
    task_run = run.task_run("fetch-0")
    first, second = client.cancel(run.id), client.cancel(task_run)
    commands = CommandReader(run.folder, run.journal_id).read_new()
    assert [(each.command_id, each.verb, each.run) for each in commands] == [
        (first, CANCEL, run.id),
        (second, CANCEL, task_run),
    ]


def test_what_has_ended_cannot_be_cancelled(client: Client, client_home: str) -> None:
    run, (fetch, _) = a_failed_pipeline(client_home)
    for run_id in (run.id, fetch):
        with pytest.raises(IllegalTransition, match="has ended"):
            client.cancel(run_id)


def test_cancelling_what_does_not_exist_is_not_found(client: Client) -> None:
    with pytest.raises(NotFound):
        client.cancel(NOWHERE)


def test_an_ended_run_is_granted_its_next_attempt_once(client: Client, client_home: str) -> None:
    run, _ = a_failed_pipeline(client_home)
    granted = client.grant_attempt(run.id)
    assert (granted.attempt, granted.state_type, granted.state_name) == (2, PENDING, "Submitting")
    with pytest.raises(IllegalTransition, match="owner"):
        client.grant_attempt(run.id)


def test_a_running_run_is_granted_no_attempt(client: Client, client_home: str) -> None:
    run = RecordedRun(client_home, "flashy-dove")
    run.takes(RUNNING)
    with pytest.raises(IllegalTransition):
        client.grant_attempt(run.id)


def test_deleting_takes_the_run_and_all_that_is_its_own(client: Client, client_home: str) -> None:
    run, _ = a_failed_pipeline(client_home)
    other = RecordedRun(client_home, "other").runs_to(COMPLETED)
    assert client.delete_flow_run(run.id) == 1
    assert [each.id for each in client.flow_runs().items] == [other.id]
    assert client.task_runs().items == []
    assert client.logs(run.id) == []


def test_a_run_that_somebody_is_running_is_not_deleted(client: Client, client_home: str) -> None:
    run = RecordedRun(client_home, "flashy-dove")
    run.takes(RUNNING)
    with pytest.raises(IllegalTransition, match="Cancel it first"):
        client.delete_flow_run(run.id)
    assert client.find_flow_run(run.id).state_type is RUNNING


def test_deleting_what_does_not_exist_is_not_found(client: Client) -> None:
    with pytest.raises(NotFound):
        client.delete_flow_run(NOWHERE)


def test_pruning_takes_what_ended_before_and_a_dry_run_only_counts(client: Client, client_home: str) -> None:
    a_failed_pipeline(client_home)
    RecordedRun(client_home, "late", start_us=START_US + 86_400_000_000).runs_to(FAILED)
    noon = datetime.fromtimestamp(START_US / 1_000_000, UTC) + timedelta(hours=12)
    assert client.prune(noon, dry_run=True) == Pruned(1, 2)
    assert client.count_flow_runs() == 2
    told: list[int] = []
    assert client.prune(noon, progress=lambda so_far: told.append(so_far.flow_runs)) == Pruned(1, 2)
    assert told == [1]
    assert [run.name for run in client.flow_runs().items] == ["late"]


def test_news_is_told_once_and_silence_is_told_too(client: Client, client_home: str) -> None:
    run = RecordedRun(client_home, "flashy-dove")
    client.wait_for_news(0)
    assert client.wait_for_news(0) is False
    run.takes(RUNNING)
    assert client.wait_for_news(5) is True
    assert client.wait_for_news(0) is False
