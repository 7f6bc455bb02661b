"""Every flow run says where its time went."""

from __future__ import annotations

import time
from pathlib import Path

from armillary import flow, task
from armillary.client.in_process.client import InProcessClient
from armillary.core.runs.time_spent import TimeSpent

from .conftest import AsFlow


@task
def sleeps() -> int:
    time.sleep(0.05)
    return 1


@task(persist_result=True)
def keeps() -> bytes:
    return b"x" * 3_000_000


def of_the_root(ledger: InProcessClient) -> TimeSpent:
    [root] = [run for run in ledger.flow_runs().items if run.parent_flow_run_id is None]
    spent = ledger.time_spent(root.id)
    assert spent is not None
    return spent


def test_user_time_is_the_bodies_own(as_flow: AsFlow, ledger: InProcessClient) -> None:
    as_flow(lambda: [sleeps() for _ in range(3)])()
    spent = of_the_root(ledger)
    assert spent.task_runs == 3
    assert spent.user_seconds >= 0.15
    assert spent.serialisation_seconds == 0


def test_waiting_for_an_upstream_is_told_apart(home: Path, ledger: InProcessClient) -> None:
    @task
    def after(value: int) -> int:
        return value

    @flow
    def chained() -> None:
        after(sleeps()).result()

    chained()
    spent = of_the_root(ledger)
    assert spent.waiting_seconds >= 0.05
    assert 0.05 <= spent.user_seconds < 0.1 + spent.waiting_seconds


def test_waiting_between_tries_is_no_user_time(home: Path, ledger: InProcessClient) -> None:
    tries = []

    @task(retries=1, retry_delay_seconds=0.2)
    def fails_once() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError

    @flow
    def retried() -> None:
        fails_once().result()

    retried()
    spent = of_the_root(ledger)
    assert spent.waiting_seconds >= 0.2
    assert spent.user_seconds < 0.1


def test_keeping_results_is_serialisation(home: Path, ledger: InProcessClient) -> None:
    flow(lambda: keeps().wait()).with_options(name="keeping")()
    assert of_the_root(ledger).serialisation_seconds > 0


def test_subflows_count_in_their_parents(home: Path, ledger: InProcessClient) -> None:
    @flow
    def child() -> None:
        sleeps().result()

    @flow
    def parent() -> None:
        child()
        sleeps().result()

    parent()
    spent = of_the_root(ledger)
    assert spent.task_runs == 2
    assert spent.user_seconds >= 0.1


def test_a_flow_without_tasks_spent_its_time_in_its_body(home: Path, ledger: InProcessClient) -> None:
    flow(lambda: time.sleep(0.05)).with_options(name="alone")()
    spent = of_the_root(ledger)
    assert (spent.task_runs, spent.user_seconds >= 0.05) == (0, True)
