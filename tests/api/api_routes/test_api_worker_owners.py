"""A worker belongs to the token that registered it, and storage opens for whoever holds a run that needs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from client_contract.serving import PLAIN, served
from fastapi.routing import APIRoute
from ledger_contract.postgresql_server import DATABASES, ledger_in

from armillary.client.http.client import HttpClient
from armillary.client.http.transport import Transport
from armillary.client.interface.client import Client
from armillary.clock import new_id
from armillary.core.deployments.deployment import Deployment
from armillary.core.deployments.worker import Worker
from armillary.core.errors import Forbidden, NotFound
from armillary.core.ids import flow_id
from armillary.server.application import routers

HOME_TOKEN = "of-the-home"


@dataclass
class TwoAgents:
    url: str
    owner: Client
    mine: Client
    theirs: Client
    my_token: dict[str, Any]
    their_token: str
    deployment: Deployment
    folder: str

    def worker(self) -> Worker:
        now = self.deployment.created
        return Worker(new_id(), "agent", "host", os.getpid(), "1", now, now, [], 10)

    def revoke(self, token: dict[str, Any]) -> None:
        Transport(self.url, HOME_TOKEN).change("DELETE", f"tokens/{token['api_token']['id']}", dict[str, Any])


@pytest.fixture(autouse=True, params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    with ledger_in(request) as kind:
        yield kind


@pytest.fixture
def agents(database: str, tmp_path: Path) -> Iterator[TwoAgents]:
    home = str(tmp_path / "home")
    with served(home, HOME_TOKEN) as url, HttpClient(url, HOME_TOKEN) as owner:
        made = [
            Transport(url, HOME_TOKEN).change("POST", "tokens", dict[str, Any], {"name": name, "scope": "agent"})
            for name in ("mine", "theirs")
        ]
        code = owner.save_storage_block("code", "local", {"storage_path": home})
        now = code.created
        deployment = owner.save_deployment(
            Deployment(new_id(), "d", flow_id("train"), "train", "main.py:train", now, now, storage_block_id=code.id)
        )
        with HttpClient(url, made[0]["token"]) as mine, HttpClient(url, made[1]["token"]) as theirs:
            yield TwoAgents(url, owner, mine, theirs, made[0], made[1]["token"], deployment, home)


def routes_of_workers() -> list[tuple[str, str]]:
    return sorted(
        (method, route.path)
        for _prefix, router in routers()
        for route in router.routes
        if isinstance(route, APIRoute) and route.path.startswith("/workers/{worker_id}")
        for method in route.methods or ()
    )


def test_no_route_lets_another_token_speak_for_a_worker(agents: TwoAgents) -> None:
    worker = agents.worker()
    agents.mine.register_worker(worker)
    agents.owner.run_deployment(agents.deployment.id)
    [claimed] = agents.mine.claim_runs(worker.id, new_id(), [], 1, 0)
    run = claimed.flow_run.id
    bodies: dict[str, Any] = {
        "": {"name": "n", "host": "h", "pid": 1, "version": "1"},
        "heartbeat": None,
        "claim": {"claim_id": new_id()},
        "release": {"flow_run_id": run},
        "hand_back": {"flow_run_id": run},
        "output": {"flow_run_id": run, "lines": [{"at": "2030-01-01T00:00:00Z", "text": "x"}]},
        "stop": None,
    }
    asked = routes_of_workers()
    assert len(asked) == len(bodies)
    for method, path in asked:
        body = bodies[path.removeprefix("/workers/{worker_id}").removeprefix("/")]
        headers = {"Authorization": f"Bearer {agents.their_token}"}
        url = agents.url + path.replace("{worker_id}", worker.id)
        answer = httpx.request(method, url, json=body, headers=headers, verify=PLAIN)
        assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden"), path
    assert agents.owner.workers()[0].held == [run]
    agents.mine.release_run(worker.id, run)


def test_an_admin_speaks_for_every_worker(agents: TwoAgents) -> None:
    worker = agents.worker()
    agents.mine.register_worker(worker)
    agents.owner.worker_lives(worker.id)
    agents.owner.stop_worker(worker.id)
    with pytest.raises(NotFound):
        agents.mine.worker_lives(worker.id)


def test_an_agent_whose_token_was_replaced_goes_on_by_registering_again(agents: TwoAgents) -> None:
    worker = agents.worker()
    agents.mine.register_worker(worker)
    with pytest.raises(Forbidden):
        agents.theirs.register_worker(worker)
    agents.revoke(agents.my_token)
    with pytest.raises(NotFound):  # which is what makes an agent register again
        agents.theirs.worker_lives(worker.id)
    agents.theirs.register_worker(worker)
    agents.theirs.worker_lives(worker.id)


def test_storage_opens_for_an_agent_while_it_holds_a_run_whose_code_is_there(agents: TwoAgents) -> None:
    block = str(agents.deployment.storage_block_id)
    other = agents.owner.save_storage_block("other", "local", {"storage_path": agents.folder}).id
    mine, theirs = agents.worker(), agents.worker()
    agents.mine.register_worker(mine)
    agents.theirs.register_worker(theirs)
    agents.owner.run_deployment(agents.deployment.id)
    for agent in (agents.mine, agents.theirs):
        with pytest.raises(Forbidden, match="runs that it holds"):
            agent.open_storage_block(block)
    [claimed] = agents.mine.claim_runs(mine.id, new_id(), [], 1, 0)
    assert agents.mine.open_storage_block(block) == {"storage_path": agents.folder}
    with pytest.raises(Forbidden):
        agents.mine.open_storage_block(other)
    with pytest.raises(Forbidden):
        agents.theirs.open_storage_block(block)
    agents.mine.release_run(mine.id, claimed.flow_run.id, died="It was killed.")
    with pytest.raises(Forbidden):
        agents.mine.open_storage_block(block)
    assert agents.owner.open_storage_block(other)
