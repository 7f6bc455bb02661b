"""Answers that are lost behind the commit: what is sent again happens once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from client_contract.serving import served
from ledger_contract.postgresql_server import DATABASES, ledger_in
from sqlalchemy import func, select

from armillary.client.http.client import HttpClient
from armillary.client.interface.client import Client
from armillary.clock import new_id
from armillary.core.deployments.deployment import Deployment, DeploymentSchedule
from armillary.core.deployments.work_queue import WorkQueue
from armillary.core.deployments.worker import Worker
from armillary.core.errors import LedgerUnavailable
from armillary.core.ids import flow_id
from armillary.core.schedules.interval import IntervalSchedule
from armillary.core.schedules.schedule import to_document
from armillary.ledger.postgresql.home_ledger import open_home
from armillary.ledger.tables.columns import metadata

NOT_COMPARED = {"alembic_version", "idempotency_key", "outbox"}


@contextmanager
def losing_every_answer(patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Each request arrives and is answered, and its first answer is lost. Gives those whose answer was."""
    send = httpx.Client.send
    lost: list[str] = []
    known: list[httpx.Request] = []

    def losing(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        response = send(client, request, **options)
        if any(each is request for each in known):
            return response
        known.append(request)
        lost.append(f"{request.method} {request.url.path}")
        raise httpx.ReadError("the answer was lost", request=request)

    with patch.context() as patched:
        patched.setattr(httpx.Client, "send", losing)
        yield lost


def everything(client: Client) -> list[object]:
    """One call of all that a client sends again by itself. What is told of it does not depend on chance."""
    now = datetime.now(UTC)
    schedule = DeploymentSchedule(new_id(), to_document(IntervalSchedule(timedelta(hours=1))), "")
    wanted = Deployment(new_id(), "d", flow_id("f"), "f", "main.py:f", now, now, schedules=[schedule])
    told: list[object] = []
    told.append(client.set_variable("v", 1).value)
    told.append(client.set_concurrency_limit("gpu", 1).slots)
    told.append(client.save_search("mine", "state:failed").name)
    told.append(client.save_storage_block("code", "local", {"storage_path": "/srv"}).name)
    queue = client.create_work_queue(WorkQueue(new_id(), "q", now, now))
    told.append(client.change_work_queue(queue).name)
    saved = client.save_deployment(wanted)
    told.append(len(client.set_deployment_schedules(saved.id, [schedule]).schedules))
    backfill = client.backfill_deployment(saved.id, now - timedelta(hours=3), now - timedelta(hours=1))
    told.append(len(backfill.flow_run_ids))
    told += [client.run_deployment(saved.id).state_name for _ in range(3)]
    taken_back = client.run_deployment(saved.id)
    client.cancel(taken_back.id)
    told.append(client.retry(taken_back.id).state_name)
    client.cancel(taken_back.id)
    told.append(client.prune(now - timedelta(days=1)).flow_runs)
    worker = Worker(new_id(), "agent", "host", 1, "1", now, now, [], 9)
    client.register_worker(worker)
    client.worker_lives(worker.id)
    claimed = client.claim_runs(worker.id, new_id(), [], 3, 0)
    told.append([each.flow_run.attempt for each in claimed])
    first, second, third = [each.flow_run.id for each in claimed]
    told.append(client.record_output(worker.id, first, [(now, "one"), (now, "two")]))
    task_run = new_id()
    told.append(client.take_slots(first, task_run, ["gpu"]))
    client.hand_run_back(worker.id, third)
    client.release_run(worker.id, second, died="Its process was killed.")
    client.stop_worker(worker.id)
    told.append(sorted(run.state_name for run in client.flow_runs().items))
    told.append(sorted(run.attempt for run in client.flow_runs().items))
    return told


@pytest.mark.parametrize("kind", DATABASES)
def test_what_is_sent_again_happens_once(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def done(name: str, losing: bool) -> tuple[list[object], dict[str, int]]:
        home = str(tmp_path / name)
        with ledger_in(request, kind):
            with served(home) as url, HttpClient(url, retry_seconds=20) as client:
                if losing:
                    with losing_every_answer(monkeypatch) as lost:
                        told = everything(client)
                    assert len(lost) > 20
                else:
                    told = everything(client)
            return told, rows(home)

    assert done("losing", True) == done("keeping", False)


def rows(home: str) -> dict[str, int]:
    with open_home(home) as ledger, ledger.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
            if table.name not in NOT_COMPARED
        }


def test_what_might_happen_twice_is_not_sent_again_but_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(str(tmp_path / "home")) as url, HttpClient(url, retry_seconds=20) as client:
        client.set_variable("v", 1)
        client.set_concurrency_limit("gpu", 1)
        calls: list[Callable[[], object]] = [
            lambda: client.unset_variable("v"),
            lambda: client.delete_concurrency_limit("gpu"),
        ]
        for call in calls:
            with losing_every_answer(monkeypatch) as lost, pytest.raises(LedgerUnavailable, match="lost"):
                call()
            assert len(lost) == 1
        assert client.variables().items == [] and client.concurrency_limits().items == []
