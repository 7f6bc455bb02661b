"""Claims that wait while whoever asked goes: what falls due then is given to who is there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from client_contract.serving import PLAIN, served

from armillary.client.http.client import HttpClient
from armillary.clock import new_id
from armillary.core.deployments.deployment import Deployment
from armillary.core.deployments.worker import Worker
from armillary.core.ids import flow_id

MANY_GONE = 5


def registered(client: HttpClient) -> str:
    now = datetime.now(UTC)
    worker = Worker(new_id(), "agent", "host", 1, "1", now, now, [], 1)
    client.register_worker(worker)
    return worker.id


def asks_and_goes(url: str, worker_id: str) -> None:
    """As an agent that is killed while its claim waits."""
    claim = f"{url}/workers/{worker_id}/claim"
    with httpx.Client(verify=PLAIN) as dying, pytest.raises(httpx.ReadTimeout):
        dying.post(claim, json={"claim_id": new_id(), "wait_seconds": 50}, timeout=0.5)


def test_a_run_is_not_given_to_agents_that_went_while_they_waited(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with served(str(tmp_path / "home")) as url, HttpClient(url) as client:
        deployment = client.save_deployment(Deployment(new_id(), "d", flow_id("f"), "f", "main.py:f", now, now))
        for _ in range(MANY_GONE):
            asks_and_goes(url, registered(client))
        living = registered(client)
        run = client.run_deployment(deployment.id)
        claimed = client.claim_runs(living, new_id(), [], 1, 20)
        assert [each.flow_run.id for each in claimed] == [run.id]
