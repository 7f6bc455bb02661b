"""The second half of the tutorial, as people do it, and what goes wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from socket import socket

import pytest

import warm_commands
from armillary.client.in_process.client import InProcessClient
from armillary.core.filters import FlowRunFilter
from armillary.core.states import SCHEDULED
from pace import at_this_pace

from .conftest import Project


def test_the_tutorials_commands_one_after_another(project: Project) -> None:
    made = project("deployment", "create", "deployments.py")
    assert "staging/minutely: Every minute" in made.stderr
    [deployment] = [each for each in project.json("deployment", "ls") if each["name"] == "minutely"]
    with InProcessClient(str(project.home)) as client:
        coming = client.flow_runs(FlowRunFilter(deployment_ids=[deployment["id"]], state_types=[SCHEDULED]), limit=500)
        assert len(coming.items) == 100
    assert "more are to come" in project("flow-run", "ls").stderr
    queue = project("work-queue", "create", "ml", "--deployment", deployment["id"]).stdout.strip()
    [first, *_] = project.json("work-queue", "preview", queue)
    assert first["deployment_id"] == deployment["id"]
    run_id = project("deployment", "run", deployment["id"], "--param", "n=4").stdout.strip()
    project.agent(queue)
    run = project.ended(run_id)
    assert (run.state_type, run.parameters, run.attempt) == ("COMPLETED", {"n": 4}, 1)
    assert "ml" in run.tags
    [agent] = project.json("agent", "ls")
    assert (agent["queues"], agent["alive"]) == (["ml"], True)


def test_with_a_server_on_the_home_the_agent_works_for_it(project: Project) -> None:
    project("server", "start", "--background", "--port", "0")
    try:
        project.deployed()
        project.agent()
        run = project.ended(project.run("staging/by-hand"))
        assert run.state_type == "COMPLETED"
        services = {each["name"]: each for each in project.json("server", "services", "status")}
        assert services["scheduler"]["last_error"] is None
    finally:
        project("server", "stop")


def test_a_due_run_starts_at_its_time(project: Project) -> None:
    project.deployed().agent()
    due = datetime.now(UTC)
    run_id = project("deployment", "run", "staging/by-hand", "--in", "3s").stdout.strip()
    run = project.ended(run_id)
    assert run.start_time is not None
    assert (run.expected_start_time - due).total_seconds() > 2
    assert 0 <= (run.start_time - run.expected_start_time).total_seconds() < 2


def test_late_runs_are_worked_off_at_once_up_to_the_limit(project: Project) -> None:
    project.deployed()
    runs = [project.run("slow/by-hand") for _ in range(3)]
    project.agent("--limit", "2")
    project.begun(2)
    with InProcessClient(str(project.home)) as client:
        states = [client.find_flow_run(each).state_type for each in runs]
    assert sorted(map(str, states)) == ["RUNNING", "RUNNING", "SCHEDULED"]
    (project.folder / "go").touch()
    assert {project.ended(each).state_type for each in runs} == {"COMPLETED"}


def test_a_killed_run_is_crashed_with_the_signal_and_tried_again_without_repeating_what_had_finished(
    project: Project,
) -> None:
    project.deployed().agent()
    run_id = project.run("slow/by-hand")
    [pid] = project.begun()
    os.kill(pid, signal.SIGKILL)
    project.begun(2)
    (project.folder / "go").touch()
    run = project.ended(run_id, "COMPLETED")
    with InProcessClient(str(project.home)) as client:
        said = [(each.type, each.message) for each in client.flow_run_states(run_id)]
    assert "CRASHED" in [kind for kind, _ in said]
    assert (project.folder / "firsts").read_text() == "x"
    assert run.attempt == 2


def test_a_run_is_retried_whole_or_from_where_it_failed(project: Project) -> None:
    project.deployed().agent()
    run = project.run("slow/by-hand")
    project.begun()
    project("flow-run", "cancel", run, "--wait")
    assert "back in its queue, as attempt 2" in project("flow-run", "retry", run, "--from-failure").stderr
    project.begun(2)
    assert (project.folder / "firsts").read_text() == "x", "what had finished was taken over"
    project("flow-run", "cancel", run, "--wait")
    project("flow-run", "retry", run)
    project.begun(3)
    assert (project.folder / "firsts").read_text() == "xx", "all was done again"


def test_a_run_that_leaves_the_interpreter_is_tried_again_and_then_crashed_with_its_exit_code(project: Project) -> None:
    project.deployed().agent()
    loud, quiet = project.run("leaving/by-hand"), project.run("leaving-quietly/by-hand")
    assert project.crashed(loud, "code 3").attempt == 2
    assert project.crashed(quiet, "code 0 before the run had ended").attempt == 2


def test_a_run_that_fails_has_failed_and_the_agent_goes_on(project: Project) -> None:
    project.deployed().agent()
    assert project.ended(project.run("failing/by-hand")).state_type == "FAILED"
    assert project.ended(project.run("staging/by-hand")).state_type == "COMPLETED"


def test_a_run_under_an_agent_is_cancelled(project: Project) -> None:
    project.deployed().agent()
    run_id = project.run("slow/by-hand")
    project.begun()
    project("flow-run", "cancel", run_id)
    assert project.ended(run_id).state_type == "CANCELLED"


def test_an_asked_agent_lets_what_runs_end_and_takes_nothing_more(project: Project) -> None:
    project.deployed()
    agent = project.agent()
    run_id = project.run("slow/by-hand")
    project.begun()
    agent.send_signal(signal.SIGTERM)
    waiting = project.run("staging/by-hand")
    (project.folder / "go").touch()
    _, said = agent.communicate(timeout=120)
    assert agent.returncode == 0
    assert "has stopped" in said
    with InProcessClient(str(project.home)) as client:
        assert client.find_flow_run(run_id).state_type == "COMPLETED"
        assert client.find_flow_run(waiting).state_type == "SCHEDULED"
        assert client.workers() == []


@pytest.mark.parametrize("signals", [1, 2], ids=["after the grace", "asked twice"])
def test_what_does_not_end_when_the_agent_stops_goes_back_to_its_queue(project: Project, signals: int) -> None:
    project.environment["ARMILLARY_AGENT_DRAIN_SECONDS"] = "0.1" if signals == 1 else "1000"
    project.deployed()
    agent = project.agent()
    run_id = project.run("slow/by-hand")
    project.begun()
    assert agent.stderr is not None
    agent.send_signal(signal.SIGINT)
    while signals == 2 and "Ctrl-C again" not in agent.stderr.readline():
        pass
    if signals == 2:
        agent.send_signal(signal.SIGINT)
    assert "was stopped by the agent" in agent.communicate(timeout=120)[1]
    with InProcessClient(str(project.home)) as client:
        assert client.find_flow_run(run_id).state_type == "SCHEDULED"
        said = [each.message for each in client.flow_run_states(run_id)]
    assert "To be tried again: Its agent stopped." in said


@pytest.mark.parametrize("with_server", [False, True], ids=["alone", "for a server"])
def test_an_idle_agent_stops_at_once(project: Project, with_server: bool) -> None:
    if with_server:
        project("server", "start", "--background", "--port", "0")
    agent = project.agent()
    began = time.monotonic()
    agent.send_signal(signal.SIGINT)
    agent.communicate(timeout=120)
    assert agent.returncode == 0
    assert time.monotonic() - began < at_this_pace(8)
    if with_server:
        project("server", "stop")


def test_an_agent_waits_for_a_server_that_is_away_says_so_once_and_can_be_stopped_meanwhile(project: Project) -> None:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    project.environment["ARMILLARY_API_URL"] = f"http://127.0.0.1:{port}/api"
    agent = subprocess.Popen(
        [sys.executable, "-m", "armillary", "agent", "start"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=project.folder,
        env=project.environment,
    )
    project.agents.append(agent)
    assert agent.stderr is not None
    assert "cannot be reached" in agent.stderr.readline()
    project("server", "start", "--background", "--port", str(port))
    assert "Reconnected." in agent.stderr.readline()
    assert "works on all queues" in agent.stderr.readline()
    project("server", "stop")
    while "cannot be reached" not in agent.stderr.readline():
        pass
    began = time.monotonic()
    agent.send_signal(signal.SIGINT)
    assert agent.communicate(timeout=120)[1] == "The agent has stopped.\n"
    assert time.monotonic() - began < at_this_pace(2)


def test_a_server_stops_although_an_agent_waits_at_it(project: Project) -> None:
    project("server", "start", "--background", "--port", "0")
    project.agent()
    project("server", "stop")
    assert "Traceback" not in (project.home / "server.log").read_text()


def test_what_a_killed_agent_had_is_crashed_and_taken_by_another_without_repeating_what_had_finished(
    project: Project,
) -> None:
    project.environment["ARMILLARY_WORKER_LEASE_SECONDS"] = "2"
    project.deployed()
    agent = project.agent()
    run_id = project.run("slow/by-hand")
    [pid] = project.begun()
    project.agent("--name", "the other")
    agent.kill()
    agent.wait()
    began = time.monotonic()
    project.begun(2)
    assert time.monotonic() - began < at_this_pace(2 + 5)
    assert not Path(f"/proc/{pid}").exists(), "its processes end with it"
    (project.folder / "go").touch()
    assert project.ended(run_id, "COMPLETED").attempt == 2
    assert (project.folder / "firsts").read_text() == "x"


def test_a_specification_that_is_wrong_is_refused_and_nothing_is_made(project: Project) -> None:
    (project.folder / "wrong.py").write_text(
        "from armillary.deployments import DeploymentSpec\n"
        'DeploymentSpec(name="a", flow_location="main.py", flow_name="staging")\n1 / 0\n'
    )
    said = project_error(project, "deployment", "create", "wrong.py")
    assert "wrong.py cannot be read: ZeroDivisionError: division by zero." in said
    assert said.startswith(f'Traceback (most recent call last):\n  File "{project.folder}/wrong.py", line 3')
    assert project.json("deployment", "ls") == []


def project_error(project: Project, *arguments: str) -> str:
    done = warm_commands.run(arguments, env=project.environment, cwd=project.folder, code=None)
    assert done.returncode in (1, 2, 3)
    return done.stderr


def test_a_run_that_waits_is_cancelled_at_once(project: Project) -> None:
    project.deployed()
    run_id = project.run("staging/by-hand")
    project("flow-run", "cancel", run_id)
    run = project.ended(run_id)
    assert (run.state_type, run.attempt) == ("CANCELLED", 0)


def test_a_run_that_is_asked_for_is_watched_to_its_end(project: Project) -> None:
    project.deployed().agent()
    assert "COMPLETED" in project("deployment", "run", "staging/by-hand", "--watch", "-o", "json").stdout
    assert "ended as Failed" in project("deployment", "run", "failing/by-hand", "--watch", code=1).stderr


def test_a_deployment_is_executed_here_without_any_agent(project: Project) -> None:
    project.deployed()
    (project.folder / "main.py").unlink()
    run = project.json("deployment", "execute", "staging/by-hand", "--param", "n=7")
    assert (run["state_type"], run["parameters"]) == ("COMPLETED", {"n": 7})
    assert run["deployment_id"] == project.json("deployment", "inspect", "staging/by-hand")["id"]
    assert list((project.home / "copies").iterdir()) == []


def test_the_newest_run_cancels_the_one_before_where_the_newest_matters_most(project: Project) -> None:
    line = 'DeploymentSpec(name="newest", flow_name="slow", flow_location="./main.py", concurrency_limit=1, on_collision="cancel_running")'
    with (project.folder / "deployments.py").open("a") as file:
        file.write(line + "\n")
    project.created().agent()
    first = project.run("slow/newest")
    project.begun()
    second = project.run("slow/newest")
    assert project.ended(first).state_type == "CANCELLED"
    (project.folder / "go").touch()
    assert project.ended(second).state_type == "COMPLETED"


def test_a_backfill_is_worked_off_with_the_times_that_were_missed(project: Project) -> None:
    project.deployed()
    said = project(
        "deployment", "backfill", "staging/minutely", "--from", "2026-01-01T00:00Z", "--to", "2026-01-01T00:03Z"
    )
    runs = said.stdout.split()
    assert len(runs) == 3
    project.agent()
    started = sorted(str(project.ended(each).expected_start_time) for each in runs)
    assert started == [f"2026-01-01 00:0{minute}:00+00:00" for minute in range(3)]
