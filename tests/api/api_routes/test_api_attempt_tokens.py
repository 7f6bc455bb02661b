"""The token of an attempt speaks of its own run, of nothing else, and for no longer than the run is held."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from client_contract.serving import PLAIN, served
from fastapi.routing import APIRoute
from ledger_contract.postgresql_server import DATABASES, ledger_in
from msgspec import msgpack

from armillary.client.http.client import HttpClient
from armillary.client.http.transport import Transport
from armillary.client.interface.client import Client
from armillary.clock import new_id, to_us
from armillary.core.deployments.deployment import Deployment
from armillary.core.deployments.worker import ClaimedRun, Worker
from armillary.core.errors import ArmillaryError, AttemptOver, Forbidden, NotFound, Unauthenticated
from armillary.core.ids import flow_id
from armillary.core.states import COMPLETED, PENDING, RUNNING, TERMINAL
from armillary.journal.format.events import FORMAT_VERSION, STATE_LANE, Header, StateChanged, TaskRunCreated
from armillary.journal.format.shipment import Heard, LaneFrames, Listening, Shipment, ShipmentAnswer
from armillary.server.application import routers
from armillary.server.permissions import PUBLIC

HOME_TOKEN = "of-the-home"
NOWHERE = "0181fc10-0000-7000-8000-00000000dead"

LET_IN = {
    "POST /api/ingest",
    "POST /api/owners/listen",
    "POST /api/concurrency_limits/slots",
    "DELETE /api/concurrency_limits/slots/{task_run_id}",
    "GET /api/concurrency_limits",
    "GET /api/variables/{name:path}",
    "GET /api/version",
    "GET /api/admin/version",
    "GET /api/block_documents/{block_id}",
    "POST /api/block_documents/{block_id}/open",
    "GET /api/flow_runs/{flow_run_id}",
    "GET /api/flow_runs/{flow_run_id}/task_run_counts",
    "GET /api/flow_runs/{flow_run_id}/time_spent",
    "GET /api/flow_runs/{flow_run_id}/waiting",
    "GET /api/flow_runs/{flow_run_id}/results",
    "GET /api/flow_runs/{flow_run_id}/input",
    "GET /api/flow_runs/{flow_run_id}/graph",
    "GET /api/flow_runs/{flow_run_id}/graph/groups/{group_id}",
    "GET /api/flow_runs/{flow_run_id}/spans",
    "GET /api/task_runs/{task_run_id}",
    "GET /api/task_runs/{task_run_id}/waiting",
    "GET /api/task_runs/{task_run_id}/result",
    "GET /api/flow_run_states",
    "GET /api/task_run_states",
    "GET /api/logs/{flow_run_id}",
    "GET /api/logs/{flow_run_id}/last",
}
"""Every route that lets the token of an attempt in, for its own run."""


@dataclass
class Authenticated:
    """A server that asks for tokens, a deployment on it, and a client of its owner and of an agent."""

    url: str
    owner: Client
    agent: Client
    deployment: Deployment
    worker_id: str

    def claimed(self, claim_id: str | None = None) -> ClaimedRun:
        if claim_id is None:
            self.owner.run_deployment(self.deployment.id)
        [claimed] = self.agent.claim_runs(self.worker_id, claim_id or new_id(), [], 1, 0)
        return claimed

    def status(self, token: str | None, method: str, path: str, **more: Any) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.request(method, self.url + path, headers=headers, verify=PLAIN, **more).status_code


@pytest.fixture(scope="module", autouse=True, params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the ledger is of the server that these tests share."""
    with ledger_in(request) as kind:
        yield kind


@pytest.fixture(scope="module")
def server(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authenticated]:
    home = str(tmp_path_factory.mktemp("authenticated") / "home")
    with served(home, HOME_TOKEN) as url, HttpClient(url, HOME_TOKEN) as owner:
        made = Transport(url, HOME_TOKEN).change("POST", "tokens", dict[str, Any], {"name": "agent", "scope": "agent"})
        with HttpClient(url, made["token"]) as agent:
            code = owner.save_storage_block("code", "local", {"storage_path": home})
            owner.save_storage_block("secrets", "local", {"storage_path": home})
            now = code.created
            deployment = owner.save_deployment(
                Deployment(
                    new_id(), "by-hand", flow_id("train"), "train", "main.py:train", now, now, storage_block_id=code.id
                )
            )
            worker = Worker(new_id(), "agent", "host", os.getpid(), "1", now, now, [], 10)
            agent.register_worker(worker)
            yield Authenticated(url, owner, agent, deployment, worker.id)


def frames(claimed: ClaimedRun, journal_id: str, attempt: int | None = None) -> list[bytes]:
    run = claimed.flow_run
    assert run.updated is not None
    at = to_us(run.updated) + 1
    header = Header(
        at,
        FORMAT_VERSION,
        journal_id,
        STATE_LANE,
        0,
        run.id,
        attempt or run.attempt,
        None,
        None,
        "h",
        "m",
        "b",
        1,
        1,
        "1",
    )
    begun = StateChanged(at, "f", run.id, str(PENDING), str(RUNNING), "Running", 1)
    ended = StateChanged(at + 1, "f", run.id, str(RUNNING), str(COMPLETED), "Completed", 1)
    return [msgpack.encode(each) for each in (header, begun, ended)]


def ship(
    server: Authenticated,
    token: str | None,
    claimed: ClaimedRun,
    *,
    attempt: int | None = None,
    ended: bool = False,
    task_run_id: str | None = None,
) -> str:
    journal_id = new_id()
    shipped(server, token, claimed, journal_id, attempt=attempt, ended=ended, task_run_id=task_run_id)
    return journal_id


def shipped(
    server: Authenticated,
    token: str | None,
    claimed: ClaimedRun,
    journal_id: str,
    *,
    attempt: int | None = None,
    ended: bool = False,
    task_run_id: str | None = None,
) -> ShipmentAnswer:
    told = frames(claimed, journal_id, attempt)[: 3 if ended else 2]
    if task_run_id is not None:
        begun = TaskRunCreated(1, task_run_id, claimed.flow_run.id, "load-0", "load", "load", 0)
        told.append(msgpack.encode(begun))
    shipment = Shipment(journal_id, [LaneFrames(STATE_LANE, 0, told)])
    return Transport(server.url, token, retry_seconds=0).ask_packed("ingest", ShipmentAnswer, shipment)


def test_a_claim_gives_each_run_a_token_and_asked_again_the_same(server: Authenticated) -> None:
    claim_id = new_id()
    server.owner.run_deployment(server.deployment.id)
    first = server.claimed(claim_id)
    assert first.token and len(first.token) >= 43
    assert server.claimed(claim_id).token == first.token
    assert server.claimed().token != first.token


def test_it_is_good_although_its_agents_token_was_replaced_before_the_claim_was_answered(server: Authenticated) -> None:
    made = Transport(server.url, HOME_TOKEN).change(
        "POST", "tokens", dict[str, Any], {"name": "next", "scope": "agent"}
    )
    claim_id = new_id()
    server.owner.run_deployment(server.deployment.id)
    was = Transport(server.url, HOME_TOKEN).change("POST", "tokens", dict[str, Any], {"name": "was", "scope": "agent"})
    worker = Worker(new_id(), "agent", "host", 1, "1", server.deployment.created, server.deployment.created, [], 10)
    with HttpClient(server.url, was["token"]) as agent:
        agent.register_worker(worker)
        [lost] = agent.claim_runs(worker.id, claim_id, [], 1, 0)
    Transport(server.url, HOME_TOKEN).change("DELETE", f"tokens/{was['api_token']['id']}", dict[str, Any])
    with HttpClient(server.url, made["token"]) as agent:
        agent.register_worker(worker)
        [claimed] = agent.claim_runs(worker.id, claim_id, [], 1, 0)
    assert claimed.flow_run == lost.flow_run
    ship(server, claimed.token, claimed)
    assert server.status(claimed.token, "GET", f"/flow_runs/{claimed.flow_run.id}") == 200
    assert server.status(lost.token, "GET", f"/flow_runs/{claimed.flow_run.id}") == 401


def test_it_ships_its_runs_journal_and_reads_the_run(server: Authenticated) -> None:
    claimed = server.claimed()
    ship(server, claimed.token, claimed)
    assert server.owner.find_flow_run(claimed.flow_run.id).state_name == "Running"
    assert server.status(claimed.token, "GET", f"/flow_runs/{claimed.flow_run.id}") == 200
    assert server.status(claimed.token, "GET", f"/flow_run_states?flow_run_id={claimed.flow_run.id}") == 200
    assert server.status(claimed.token, "GET", f"/logs/{claimed.flow_run.id}") == 200


def test_it_neither_reads_nor_ships_another_run(server: Authenticated) -> None:
    claimed, other = server.claimed(), server.claimed()
    journal_id = ship(server, other.token, other)
    for path in ("/flow_runs/{}", "/flow_runs/{}/graph", "/logs/{}", "/flow_run_states?flow_run_id={}"):
        assert server.status(claimed.token, "GET", path.format(other.flow_run.id)) == 403
        assert server.status(claimed.token, "GET", path.format(NOWHERE)) == 403
    own, theirs = claimed.flow_run.id, other.flow_run.id
    for path in (
        f"/flow_runs/{theirs}?flow_run_id={own}",
        f"/task_runs/{theirs}?flow_run_id={own}",
        f"/flow_run_states?flow_run_id={own}&flow_run_id={theirs}",
        f"/flow_run_states?flow_run_id={theirs}&flow_run_id={own}",
        f"/flow_runs/{theirs.replace('-', '')}",
        f"/logs/{own}?task_run_id={theirs}",
        "/flow_run_states",
    ):
        assert server.status(claimed.token, "GET", path) == 403, path
    with pytest.raises(Forbidden, match="of that run alone"):
        ship(server, claimed.token, other)
    transport = Transport(server.url, claimed.token, retry_seconds=0)
    with pytest.raises(Forbidden):
        transport.ask_packed("ingest", ShipmentAnswer, Shipment(journal_id, [], died=True, over=True))
    assert server.owner.find_flow_run(other.flow_run.id).state_name == "Running"
    for roots in ({journal_id: other.flow_run.id}, {journal_id: claimed.flow_run.id}):
        with pytest.raises(Forbidden):
            transport.ask_packed("owners/listen", Heard, Listening(roots, 0))


def test_it_writes_for_its_own_attempt_alone(server: Authenticated) -> None:
    claimed = server.claimed()
    with pytest.raises(Forbidden):
        ship(server, claimed.token, claimed, attempt=claimed.flow_run.attempt + 1)


def test_an_owner_that_has_lost_its_run_is_told_so_and_changes_nothing(server: Authenticated) -> None:
    lost = server.claimed()
    server.agent.release_run(server.worker_id, lost.flow_run.id, died="It was killed.")
    if server.owner.find_flow_run(lost.flow_run.id).state_type in TERMINAL:
        server.owner.retry(lost.flow_run.id)
    [mine] = server.agent.claim_runs(server.worker_id, new_id(), [], 1, 0)
    assert (mine.flow_run.id, mine.flow_run.attempt > lost.flow_run.attempt) == (lost.flow_run.id, True)
    assert shipped(server, HOME_TOKEN, lost, new_id(), ended=True).fenced
    assert server.owner.find_flow_run(lost.flow_run.id).state_name == "Submitting"
    assert server.status(lost.token, "GET", f"/flow_runs/{lost.flow_run.id}") == 401
    assert server.status(mine.token, "GET", f"/flow_runs/{lost.flow_run.id}") == 200


def test_a_token_of_an_attempt_that_is_over_is_told_so_and_no_other_wrong_token_is(server: Authenticated) -> None:
    claimed = server.claimed()
    assert claimed.token is not None
    secret, run_id, attempt = claimed.token.split(".")

    def refused(token: str) -> ArmillaryError:
        with pytest.raises(Unauthenticated) as caught:
            Transport(server.url, token, retry_seconds=0).get(f"flow_runs/{run_id}", dict[str, Any])
        return caught.value

    def told_over(token: str) -> bool:
        return isinstance(refused(token), AttemptOver)

    assert not told_over(f"{secret[:-1]}.{run_id}.{attempt}"), "the attempt goes on"
    server.agent.release_run(server.worker_id, run_id)
    assert told_over(claimed.token)
    assert refused(claimed.token).subject == run_id
    assert not told_over(f"{secret}.{NOWHERE}.1"), "of a run that this server does not know"


def test_it_takes_slots_for_its_own_tasks(server: Authenticated) -> None:
    claimed, other = server.claimed(), server.claimed()
    server.owner.set_concurrency_limit("database", 2)
    mine, theirs = new_id(), new_id()
    with HttpClient(server.url, claimed.token) as run:
        assert [each.tag for each in run.concurrency_limits().items] == ["database"]
        with pytest.raises(NotFound, match="no task run"):
            run.take_slots(claimed.flow_run.id, mine, ["database"])
        ship(server, claimed.token, claimed, task_run_id=mine)
        assert run.take_slots(claimed.flow_run.id, mine, ["database"]) == []
        with pytest.raises(Forbidden):
            run.take_slots(other.flow_run.id, theirs, ["database"])
        server.owner.take_slots(other.flow_run.id, theirs, ["database"])
        with pytest.raises(Forbidden):
            run.give_slots_back(theirs)
        undashed = theirs.replace("-", "")
        assert server.status(claimed.token, "DELETE", f"/concurrency_limits/slots/{undashed}") == 403
        run.give_slots_back(mine)
    assert server.owner.concurrency_limits().items[0].active_slots == [theirs]


def test_it_reads_variables_and_opens_the_storage_its_deployment_names(server: Authenticated) -> None:
    claimed = server.claimed()
    server.owner.set_variable("rate", 3)
    with HttpClient(server.url, claimed.token) as run:
        assert run.variable("rate").value == 3
        with pytest.raises(Forbidden):
            run.set_variable("rate", 4)
        assert run.open_storage_block(str(server.deployment.storage_block_id))
        with pytest.raises(Forbidden, match="its own deployment alone"):
            run.open_storage_block(server.owner.find_storage_block("secrets").id)


def test_it_ends_when_the_run_is_given_back_and_not_when_the_run_ends(server: Authenticated) -> None:
    claimed = server.claimed()
    path = f"/flow_runs/{claimed.flow_run.id}"
    ship(server, claimed.token, claimed, ended=True)
    assert server.owner.find_flow_run(claimed.flow_run.id).state_name == "Completed"
    server.claimed()  # lets limits forget what has ended
    assert server.status(claimed.token, "GET", path) == 200
    server.agent.release_run(server.worker_id, claimed.flow_run.id)
    assert server.status(claimed.token, "GET", path) == 401


def test_it_signs_no_browser_in(server: Authenticated, anothers: str | None) -> None:
    signing_in = httpx.post(f"{server.url}/signin", json={"token": anothers}, verify=PLAIN)
    assert (signing_in.status_code, signing_in.headers.get("set-cookie")) == (403, None)


def test_it_is_not_held_up_by_wrong_tokens_of_its_neighbours(server: Authenticated) -> None:
    claimed = server.claimed()
    path = f"/flow_runs/{claimed.flow_run.id}"
    assert [server.status(f"wrong{each}", "GET", path) for each in range(12)][-1] == 401
    assert server.status(claimed.token, "GET", path) == 200


@pytest.fixture(scope="module")
def anothers(server: Authenticated) -> str | None:
    return server.claimed().token


def every_other_route() -> list[str]:
    found = set()
    for prefix, router in routers():
        for route in router.routes:
            assert isinstance(route, APIRoute)
            path = prefix + route.path
            found |= {f"{each} {path}" for each in route.methods or () if (each, path) not in PUBLIC}
    assert found >= LET_IN
    return sorted(found - LET_IN)


def test_every_other_route_refuses_it(server: Authenticated, anothers: str | None) -> None:
    let_in = []
    for route in every_other_route():
        method, path = route.split()
        filled = path.removeprefix("/api").replace("{name:path}", "x").replace("{tag:path}", "x")
        for name in [part.split("}")[0] for part in filled.split("{")[1:]]:
            filled = filled.replace(f"{{{name}}}", NOWHERE)
        status = server.status(anothers, method, filled, json={} if method != "GET" else None)
        if status != 403:
            let_in.append(f"{route}: {status}")
    assert not let_in
