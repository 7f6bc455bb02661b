"""An agent is killed: nothing that its runs started outlives it, whatever that is doing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from .conftest import Project

FLOWS = """

@flow(name="holding")
def holding() -> None:
    import ctypes
    import subprocess

    child = subprocess.Popen(["sleep", "1000"])
    daemon = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    (HERE / "held.new").write_text(f"{os.getpid()} {os.getppid()} {child.pid} {daemon.pid}")
    (HERE / "held.new").rename(HERE / "held")
    ctypes.PyDLL(None).sleep(1000)
"""

DEPLOYMENTS = """
DeploymentSpec(name="plain", flow_name="holding", flow_location="./main.py")
DeploymentSpec(name="conda", flow_name="holding", flow_location="./main.py",
               flow_runner=SubprocessFlowRunner(condaenv="training"))
"""

CONDA = """#!/bin/sh
# As conda does, with a shell of its own around what it runs.
shift; shift; shift; shift; shift
{python} "$@"
"""

PATIENCE_SECONDS = 30.0

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")


@pytest.mark.parametrize("deployment", ["plain", "conda"])
def test_what_holds_its_interpreter_and_all_it_started_end_with_the_agent(project: Project, deployment: str) -> None:
    (project.folder / "bin").mkdir()
    conda = project.folder / "bin" / "conda"
    conda.write_text(CONDA.format(python=sys.executable))
    conda.chmod(0o755)
    project.environment["PATH"] = f"{conda.parent}:{project.environment['PATH']}"
    project.environment["ARMILLARY_WORKER_LEASE_SECONDS"] = "3"
    with (project.folder / "main.py").open("a") as file:
        file.write(FLOWS)
    with (project.folder / "deployments.py").open("a") as file:
        file.write(DEPLOYMENTS)
    project.created()
    agent = project.agent("--warm", "0")
    project.run(f"holding/{deployment}")
    held = project.folder / "held"
    _until(held.exists)
    processes = [int(each) for each in held.read_text().split()]
    agent.kill()
    agent.wait()
    _until(lambda: not [each for each in processes if _runs(each)])


def test_nothing_stays_of_an_agent_that_stops(project: Project) -> None:
    project.deployed()
    agent = project.agent()
    project.ended(project.run("staging/by-hand"))
    children = _children(agent.pid)
    assert children, "one that watches, and perhaps a warm interpreter"
    agent.terminate()
    agent.communicate(timeout=60)
    _until(lambda: not [each for each in children if _runs(each)])


def _children(process: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == process:
            found.append(int(stat.parent.name))
    return found


def _until(true: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while not true():
        assert monotonic() < deadline
        Event().wait(0.05)


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
