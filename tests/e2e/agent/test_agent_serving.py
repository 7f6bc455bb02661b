"""Deployments made from Python and YAML, and flows that are served by the process that defines them."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from armillary.core.filters import FlowRunFilter

from .conftest import Project

SERVED = """
import time
from datetime import timedelta
from pathlib import Path

from armillary import flow, task
from armillary.schedules import IntervalSchedule

CALLS = []


@task
def step(n: int) -> int:
    return n


@flow
def served(n: int = 1) -> int:
    CALLS.append(n)
    Path(f"call-{len(CALLS)}").touch()
    if n == 0:
        raise ValueError("no")
    while n == 99 and not Path("go").exists():
        time.sleep(0.01)
    return step(n).result()


if __name__ == "__main__":
    served.serve("here", schedule=IntervalSchedule(interval=timedelta(hours=1)), parameters={"n": 2})
"""

YAML = """
deployments:
  - name: hourly
    flow_location: main.py
    flow_name: staging
    schedule: {interval: 3600}
    flow_runner: {type: subprocess, stream_output: false}
    parameters: {n: 8}
    tags: [ml]
    work_queue: default
    concurrency_limit: 2
    on_collision: cancel_new
  - name: nightly
    flow_location: ./main.py
    flow_name: slow
    schedules:
      - {cron: "0 2 * * *", timezone: Europe/Berlin}
      - {rrule: "FREQ=WEEKLY;BYDAY=MO"}
"""


@pytest.fixture
def serving(project: Project) -> subprocess.Popen[str]:
    (project.folder / "served.py").write_text(SERVED)
    process = subprocess.Popen(
        [sys.executable, "served.py"], stderr=subprocess.PIPE, text=True, cwd=project.folder, env=project.environment
    )
    project.agents.append(process)
    assert process.stderr is not None
    line = process.stderr.readline()
    assert "Serving served/here: Every hour" in line, line + process.stderr.read()
    return process


def ended_process(process: subprocess.Popen[str]) -> str:
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said


def test_a_served_flow_runs_in_the_process_that_serves_it(project: Project, serving: subprocess.Popen[str]) -> None:
    first = project.ended(project.run("served/here"))
    assert (first.state_type, first.parameters) == ("COMPLETED", {"n": 2})
    project.ended(project.run("served/here", n=3))
    assert (project.folder / "call-2").exists(), "both in one process"
    failed = project.ended(project.run("served/here", n=0))
    assert failed.state_type == "FAILED"
    with project.client() as client:
        assert client.count_flow_runs(FlowRunFilter(state_types=["SCHEDULED"])) == 100  # type: ignore[list-item]


def test_ctrl_c_lets_what_runs_end_and_pauses_the_deployment(project: Project, serving: subprocess.Popen[str]) -> None:
    run_id = project.run("served/here", n=99)
    project.ended(run_id, "RUNNING")
    serving.send_signal(signal.SIGINT)
    (project.folder / "go").touch()
    assert "Stopped serving" in ended_process(serving)
    assert project.ended(run_id).state_type == "COMPLETED"
    assert project.json("deployment", "inspect", "served/here")["paused"] is True
    assert project.json("agent", "ls") == []


def test_a_served_run_is_cancelled(project: Project, serving: subprocess.Popen[str]) -> None:
    run_id = project.run("served/here", n=99)
    project.ended(run_id, "RUNNING")
    project("flow-run", "cancel", run_id)
    assert project.ended(run_id).state_type == "CANCELLED"


def test_a_flow_deploys_itself(project: Project) -> None:
    file = project.folder / "deploy.py"
    file.write_text(
        "from main import staging\n\nprint(staging.deploy('code', parameters={'n': 6}, tags=['ml']).path)\n"
    )
    done = subprocess.run(
        [sys.executable, "deploy.py"],
        cwd=project.folder,
        env=project.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "staging/code"
    file.unlink()
    project.agent()
    run = project.ended(project.run("staging/code"))
    assert (run.state_type, run.parameters) == ("COMPLETED", {"n": 6})


def test_deployments_written_in_yaml(project: Project) -> None:
    (project.folder / "armillary.yaml").write_text(YAML)
    project("deployment", "create", ".")
    nightly, hourly = sorted(project.json("deployment", "ls"), key=lambda each: str(each["flow_name"]))
    assert [each["words"] for each in hourly["schedules"]] == ["Every hour"]
    assert (hourly["parameters"], hourly["tags"], hourly["on_collision"]) == ({"n": 8}, ["ml"], "cancel_new")
    assert hourly["flow_runner"] == {"type": "subprocess", "stream_output": False}
    assert (nightly["name"], len(nightly["schedules"])) == ("nightly", 2)
    project.agent()
    assert project.ended(project.run("staging/hourly")).state_type == "COMPLETED"
