"""A home with a deployed flow, and agents as people start them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import warm_commands
from armillary.client.http.client import HttpClient
from armillary.client.in_process.client import InProcessClient
from armillary.client.interface.client import Client
from armillary.home.address import read_address

FLOWS = """
import os
import sys
import time
from pathlib import Path

from armillary import flow, get_run_context, suspend_flow_run, task

HERE = Path.cwd()


@task(persist_result=True)
def first(n: int) -> int:
    with open(HERE / "firsts", "a") as file:
        file.write("x")
    return n


@flow(name="staging")
def staging(n: int = 3) -> int:
    print("when", get_run_context().flow_run.expected_start_time)
    return first(n).result()


@flow(name="slow")
def slow(n: int = 3) -> None:
    (HERE / f"pid-{os.getpid()}").touch()
    first(n).result()
    (HERE / f"begun-{os.getpid()}").touch()
    while not (HERE / "go").exists():
        time.sleep(0.01)


@flow(name="approved")
def approved(n: int = 3) -> int:
    first(n).result()
    return suspend_flow_run(int) + n


@flow(name="leaving")
def leaving() -> None:
    os._exit(3)


@flow(name="leaving-quietly")
def leaving_quietly() -> None:
    os._exit(0)


@flow(name="failing")
def failing() -> None:
    raise ValueError("no")
"""

DEPLOYMENTS = """
from datetime import timedelta

from armillary.deployments import DeploymentSpec
from armillary.flow_runners import SubprocessFlowRunner
from armillary.schedules import IntervalSchedule

DeploymentSpec(name="minutely", flow_name="staging", flow_location="./main.py", tags=["ml"], parameters={"n": 10},
               schedule=IntervalSchedule(interval=timedelta(minutes=1)), flow_runner=SubprocessFlowRunner())
for name in ("slow", "leaving", "leaving-quietly", "failing", "staging", "approved"):
    DeploymentSpec(name="by-hand", flow_name=name, flow_location="./main.py")
"""


class Project:
    """A folder with flows, deployments and a home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        (folder / "main.py").write_text(FLOWS)
        (folder / "deployments.py").write_text(DEPLOYMENTS)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARMILLARY_")}
        self.environment = {**kept, "ARMILLARY_HOME": str(self.home), "NO_COLOR": "1"}
        self.agents: list[subprocess.Popen[str]] = []

    def __call__(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        return warm_commands.run(arguments, env=self.environment, cwd=self.folder, code=code)

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "-o", "json").stdout)

    def agent(self, *arguments: str) -> subprocess.Popen[str]:
        """Returns once it works."""
        agent = subprocess.Popen(
            [sys.executable, "-m", "armillary", "agent", "start", *arguments],
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=self.environment,
        )
        self.agents.append(agent)
        assert agent.stderr is not None
        line = agent.stderr.readline()
        assert "works on" in line, line + agent.stderr.read()
        return agent

    def deployed(self) -> Project:
        """As after ``deployment create deployments.py`` and ``deployment pause staging/minutely``."""
        if read_address(str(self.home)) is not None:
            return self.created()
        template = self.folder.parent / "deployed"
        if not template.exists():
            template.mkdir()
            Project(template).created()
        shutil.copytree(template / "home", self.home, dirs_exist_ok=True)
        return self

    def created(self) -> Project:
        self("deployment", "create", "deployments.py")
        self("deployment", "pause", "staging/minutely")
        return self

    def run(self, deployment: str, **parameters: Any) -> str:
        """The id of a new run."""
        with self.client() as client:
            return client.run_deployment(client.find_deployment(deployment).id, parameters=parameters).id

    def until(self, found: Callable[[Client], Any]) -> Any:
        """What ``found`` says, as soon as it says anything."""
        with self.client() as client:
            while not (said := found(client)):
                client.wait_for_news(1)
            return said

    def client(self) -> Client:
        """Of the server that keeps the home, if there is one."""
        address = read_address(str(self.home))
        if address is None:
            return InProcessClient(str(self.home))
        return HttpClient(address.api_url, (self.home / "token").read_text().strip())

    def ended(self, run_id: str, *states: str) -> Any:
        """The run, once it is in one of these states, or ended."""
        wanted = states or ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")

        def look(client: Client) -> Any:
            run = client.find_flow_run(run_id)
            return run if run.state_type in wanted else None

        return self.until(look)

    def crashed(self, run_id: str, says: str) -> Any:
        """The run, once it has crashed for good with a message that holds ``says``."""

        def look(client: Client) -> Any:
            run = client.find_flow_run(run_id)
            return run if run.state_type == "CRASHED" and says in (run.state_message or "") else None

        return self.until(look)

    def begun(self, many: int = 1) -> list[int]:
        """The processes of slow runs that have come to their middle."""
        while len(found := list(self.folder.glob("begun-*"))) < many:
            with self.client() as client:
                client.wait_for_news(0.2)
        return sorted(int(each.name.removeprefix("begun-")) for each in found)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    yield made
    (tmp_path / "go").touch()
    for agent in made.agents:
        agent.send_signal(signal.SIGKILL)
        agent.communicate()
