"""Two servers, each with a home of its own, on one PostgreSQL database."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from ledger_contract.postgresql_server import PostgresqlServer

from armillary.client.http.client import HttpClient
from armillary.clock import new_id
from armillary.core.deployments.worker import Worker
from pace import at_this_pace

from .conftest import ServedHome
from .test_server_remote_runs import NAP, RUN, Elsewhere
from .test_server_stream import listening

Pair = tuple[ServedHome, ServedHome]

BY_HAND = {"name": "by-hand", "flow_name": "f", "entrypoint": "main.py:f"}
EVERY_OTHER_SECOND = {
    **BY_HAND,
    "name": "every-other-second",
    "schedules": [{"rule": {"interval": 2.0}, "catchup": "all"}],
}


def two(folder: Path, database_url: str) -> Pair:
    pair = ServedHome(folder / "one"), ServedHome(folder / "other")
    for each in pair:
        each.start("--database-url", database_url)
    return pair


def stop(pair: Pair) -> None:
    for each in pair:
        if each.process is not None:
            each.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def pair(postgresql: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two servers that all tests share but those that kill one."""
    made = two(tmp_path_factory.mktemp("pair"), postgresql.database())
    yield made
    stop(made)


@pytest.fixture
def mortal_pair(database_url: str, tmp_path: Path) -> Iterator[Pair]:
    made = two(tmp_path, database_url)
    yield made
    stop(made)


def runs(server: ServedHome, *state_types: str) -> list[dict[str, Any]]:
    said = {"flow_runs": {"state": {"type": {"any_": list(state_types)}}}} if state_types else {}
    found: list[dict[str, Any]] = server.ask("POST", "/flow_runs/filter", said).json()["items"]
    return found


def sleeping(server: ServedHome) -> dict[str, Any]:
    while not (found := runs(server, "RUNNING")):
        time.sleep(0.01)
    [run] = found
    return run


def cancelled_by(server: ServedHome, run_id: str) -> float:
    """How many seconds it took from the asking to the end."""
    began = time.time()
    answer = server.ask("POST", f"/flow_runs/{run_id}/cancel")
    assert answer.status_code < 300, answer.text
    while True:
        run = server.ask("GET", f"/flow_runs/{run_id}").json()
        if run["state_type"] == "CANCELLED":
            return datetime.fromisoformat(run["end_time"]).timestamp() - began
        time.sleep(0.02)


def test_a_run_shipped_to_one_is_seen_live_at_the_other(pair: Pair, tmp_path: Path) -> None:
    one, other = pair
    with listening(other, "flow_run:*") as heard:
        next(heard)
        process = Elsewhere(one, tmp_path).start(RUN, "4")
        states = []
        while "RUNNING" not in states:
            states += [change["state_type"] for change in next(heard).data]
        process.communicate("go\n", timeout=120)
        while "COMPLETED" not in states:
            states += [change["state_type"] for change in next(heard).data]
    assert process.returncode == 0


def test_an_owner_that_listens_at_one_is_cancelled_at_the_other(pair: Pair, tmp_path: Path) -> None:
    one, other = pair
    process = Elsewhere(one, tmp_path).start(NAP)
    assert cancelled_by(other, sleeping(other)["id"]) < 2, "the owner was not told at once"
    process.communicate(timeout=120)


def test_a_run_of_the_others_home_is_cancelled_too(pair: Pair) -> None:
    one, other = pair
    process = one.flow(NAP)
    assert cancelled_by(other, sleeping(other)["id"]) < 2, "the owner was not told at once"
    process.communicate(timeout=120)


def test_agents_of_both_are_handed_each_run_once(pair: Pair) -> None:
    one, other = pair
    deployment = one.ask("POST", "/deployments", BY_HAND).json()["id"]
    for _ in range(40):
        one.ask("POST", f"/deployments/{deployment}/create_flow_run", {})
    handed: Counter[str] = Counter()

    def work(server: ServedHome) -> None:
        now = datetime.now(UTC)
        with HttpClient(f"{server.url}/api", server.token) as client:
            worker = Worker(new_id(), "agent", "host", os.getpid(), "1", now, now, [], 3)
            client.register_worker(worker)
            while claimed := client.claim_runs(worker.id, new_id(), [], 3, 0.5):
                handed.update(each.flow_run.id for each in claimed)
            ended.wait(30)
            client.stop_worker(worker.id)

    ended = Barrier(6)  # an agent that stops hands back what it has not started
    agents = [Thread(target=work, args=(server,)) for server in pair for _ in range(3)]
    for agent in agents:
        agent.start()
    for agent in agents:
        agent.join()
    assert sorted(handed.values()) == [1] * 40
    assert [each for each in other.ask("GET", "/workers").json() if each["stopped"] is None] == []


def test_a_claim_that_waits_at_one_is_woken_by_the_other(pair: Pair) -> None:
    one, other = pair
    assert one.ask("POST", "/work_queues", {"name": "later"}).status_code == 201
    wanted = {**BY_HAND, "name": "later", "work_queue_name": "later"}
    deployment = other.ask("POST", "/deployments", wanted).json()["id"]
    with HttpClient(f"{one.url}/api", one.token) as client:
        now = datetime.now(UTC)
        worker = Worker(new_id(), "agent", "host", os.getpid(), "1", now, now, [], 1)
        client.register_worker(worker)
        asked: list[float] = []

        def ask() -> None:
            asked.append(time.monotonic())
            other.ask("POST", f"/deployments/{deployment}/create_flow_run", {})

        asking = Thread(target=ask)
        asking.start()
        [claimed] = client.claim_runs(worker.id, new_id(), ["later"], 1, 20)
        assert claimed.deployment.id == deployment and time.monotonic() - asked[0] < at_this_pace(3)
        asking.join()
        client.stop_worker(worker.id)


def leader(server: ServedHome, service: str) -> str:
    [found] = [each for each in server.ask("GET", "/services").json() if each["name"] == service]
    return str(found["holder"])


def test_when_the_leader_is_killed_the_other_goes_on_and_no_occurrence_is_missing_or_made_twice(
    mortal_pair: Pair, postgresql: PostgresqlServer, database_url: str
) -> None:
    made = mortal_pair[0].ask("POST", "/deployments", EVERY_OTHER_SECOND)
    assert made.status_code < 300, made.text
    while (
        str(mortal_pair[0].home) not in (held := leader(mortal_pair[0], "scheduler"))
        and str(mortal_pair[1].home) not in held
    ):
        time.sleep(0.05)
    dead, alive = mortal_pair if str(mortal_pair[0].home) in held else mortal_pair[::-1]
    dead.stop(signal.SIGKILL)
    # Its lease is 15 seconds; the test does as if most of them were over.
    postgresql.run(database_url, "UPDATE service_lease SET lease_until = lease_until - 13000000")
    began = time.monotonic()
    while str(alive.home) not in leader(alive, "scheduler"):
        assert time.monotonic() - began < at_this_pace(25), "nobody took the lease of a dead server"
        time.sleep(0.1)
    dead.start("--database-url", database_url)
    alive.stop(signal.SIGTERM)  # it gives its leases back
    began = time.monotonic()
    while str(dead.home) not in leader(dead, "scheduler"):
        assert time.monotonic() - began < at_this_pace(10), "a lease that was given back was not taken at once"
        time.sleep(0.1)
    due = postgresql.run(database_url, "SELECT expected_start FROM flow_run ORDER BY expected_start")
    seconds = [int(str(each)) // 1_000_000 for each in due]
    assert seconds == list(range(seconds[0], seconds[0] + 2 * len(seconds), 2)) and len(seconds) > 102
