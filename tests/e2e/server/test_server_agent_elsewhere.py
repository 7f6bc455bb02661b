"""An agent on another machine, and what its runs may do there."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Semaphore, Thread
from typing import Any

import pytest

import warm_commands

from .conftest import ServedHome

FLOWS = """
import json
import os
import threading

from armillary import flow, task, variables
from armillary.client.connecting import connect
from armillary.errors import Forbidden


@flow
def aside():
    return 1


@task
def read():
    return variables.get("rate")


@flow(name="told")
def told():
    runner = threading.Thread(target=aside)  # a root run of its own, in the process of this one
    runner.start()
    runner.join()
    try:
        with connect() as client:
            client.workers()
        others = "read"
    except Forbidden:
        others = "refused"
    arguments = open("/proc/self/cmdline").read()
    key = os.environ["ARMILLARY_API_KEY"]
    with open(os.environ["ANSWER"], "w") as file:
        json.dump({"rate": read().result(), "others": others, "key": key, "in_arguments": key in arguments}, file)


@flow(name="sleeping")
def sleeping():
    with open(os.environ["ANSWER"], "w") as file:
        file.write(str(os.getpid()))
    threading.Event().wait()
"""

DEPLOYMENT = """
from armillary.deployments import DeploymentSpec

DeploymentSpec(name="by-hand", flow_name="told", flow_location="./main.py")
DeploymentSpec(name="by-hand", flow_name="sleeping", flow_location="./main.py")
"""


class AgentsPlace:
    """A home elsewhere whose agent has a token of its own."""

    def __init__(self, served: ServedHome, folder: Path) -> None:
        self.folder = folder
        self.answer = folder / "answer.json"
        self.agents: list[subprocess.Popen[str]] = []
        made = served.ask("POST", "/tokens", {"name": "agent 7", "scope": "agent"}).json()
        self.token = made["token"]
        self.environment = {
            **served.environment,
            "ARMILLARY_HOME": str(folder / "home"),
            "ARMILLARY_API_URL": f"{served.url}/api",
            "ANSWER": str(self.answer),
        }

    def armillary(self, token: str, *arguments: str) -> str:
        return warm_commands.run(arguments, env=self._environment_with(token), cwd=self.folder).stdout

    def python(self, token: str, *arguments: str) -> str:
        return subprocess.run(
            [sys.executable, *arguments],
            env=self._environment_with(token),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        ).stdout

    def _environment_with(self, token: str) -> dict[str, str]:
        return {**self.environment, "ARMILLARY_API_KEY": token, "ARMILLARY_DRAIN_SECONDS": "1"}

    def start_agent(self) -> None:
        agent = subprocess.Popen(
            [sys.executable, "-m", "armillary", "agent", "start"],
            env={**self.environment, "ARMILLARY_API_KEY": self.token},
            cwd=self.folder,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.agents.append(agent)


@pytest.fixture
def place(served: ServedHome, tmp_path: Path) -> Iterator[AgentsPlace]:
    served.start()
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "main.py").write_text(FLOWS)
    (folder / "deployments.py").write_text(DEPLOYMENT)
    made = AgentsPlace(served, folder)
    yield made
    for agent in made.agents:
        agent.send_signal(signal.SIGKILL)
        agent.communicate()


def ended(served: ServedHome, name: str) -> bool:
    wanted = {"flows": {"name": {"any_": [name]}}, "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if served.ask("POST", "/flow_runs/count", wanted).json() == 1:
            return True
    return False


def test_a_run_has_a_token_of_its_own_that_ends_with_it(served: ServedHome, place: AgentsPlace) -> None:
    served.ask("PUT", "/variables/rate", {"value": 3})
    place.armillary(served.token, "deployment", "create", "deployments.py")
    run_id = place.armillary(served.token, "deployment", "run", "told/by-hand").strip()
    place.start_agent()
    assert ended(served, "told")
    answer = json.loads(place.answer.read_text())
    assert (answer["rate"], answer["others"], answer["in_arguments"]) == (3, "refused", False)
    assert answer["key"] not in (place.token, served.token)
    assert ended(served, "aside"), "its agent ships what the run's own token may not"
    while served.ask("GET", f"/flow_runs/{run_id}", Authorization=f"Bearer {answer['key']}").status_code != 401:
        assert place.agents[0].poll() is None
    assert not list(place.folder.rglob("*.jnl")), "all was shipped before the run was given back"


def test_a_run_that_was_taken_from_its_agent_stops_though_the_agent_does_not_hear_of_it(
    served: ServedHome, place: AgentsPlace
) -> None:
    place.armillary(served.token, "deployment", "create", "deployments.py")
    run_id = place.armillary(served.token, "deployment", "run", "sleeping/by-hand").strip()
    place.start_agent()
    process = int(appears(place.answer, place.agents[0]))
    [worker] = served.ask("GET", "/workers").json()
    place.agents[0].send_signal(signal.SIGSTOP)
    served.ask("POST", f"/work_queues/{queue_id(served)}/pause")
    assert served.ask("POST", f"/workers/{worker['id']}/stop").status_code == 204
    deadline = time.monotonic() + 60
    while Path(f"/proc/{process}/status").exists() and "Z" not in state_of(process):
        assert time.monotonic() < deadline, "its body runs on"
        time.sleep(0.05)
    found = served.ask("GET", f"/flow_runs/{run_id}").json()
    assert (found["state_type"], found["attempt"]) == ("SCHEDULED", 2), "what it said at its end changes nothing"


def test_a_run_whose_server_is_away_or_forgot_everything_goes_on(served: ServedHome, place: AgentsPlace) -> None:
    place.armillary(served.token, "deployment", "create", "deployments.py")
    place.armillary(served.token, "deployment", "run", "sleeping/by-hand")
    place.start_agent()
    process = int(appears(place.answer, place.agents[0]))
    port = served.url.rpartition(":")[2]
    served.stop(signal.SIGKILL)
    with ThreadingHTTPServer(("127.0.0.1", int(port)), Stranger) as stranger:
        Thread(target=stranger.serve_forever, daemon=True).start()
        assert Stranger.asked.acquire(timeout=60)
        for _ in range(5):
            assert Stranger.asked.acquire(timeout=60)
        stranger.shutdown()
    assert "Z" not in state_of(process)


class Stranger(BaseHTTPRequestHandler):
    """A server that knows no token, as one of another home at the same address."""

    asked = Semaphore(0)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._refuse
        raise AttributeError(name)

    def _refuse(self) -> None:
        answer = json.dumps({"title": "Unauthenticated", "detail": "The token is not one this server knows."}).encode()
        self.send_response(401)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        self.asked.release()

    def log_message(self, *_: object) -> None: ...


def appears(path: Path, agent: subprocess.Popen[str]) -> str:
    while not (path.exists() and (said := path.read_text())):
        assert agent.poll() is None
        time.sleep(0.02)
    return said


def state_of(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def queue_id(served: ServedHome) -> str:
    found: str = served.ask("GET", "/work_queues").json()[0]["id"]
    return found


def test_an_agent_ships_what_was_left_before_it_takes_anything(served: ServedHome, place: AgentsPlace) -> None:
    place.python("wrong", "-c", "from main import aside; aside()")
    assert list(place.folder.rglob("*.jnl"))
    place.start_agent()
    assert ended(served, "aside")
