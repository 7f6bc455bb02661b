"""Starting, following, stopping."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import quantiles

import httpx
import pytest

import warm_commands
from armillary.home.address import read_address, write_address
from pace import at_this_pace

from .conftest import ServedHome

NAP = """
import sys, time
from armillary import flow, task

@task
def nap():
    print("napping", flush=True)
    sys.stdin.readline()
    return 7

@flow
def sleeper():
    return nap().result()

sleeper()
"""


def test_a_server_says_where_it_is_and_answers_there(served: ServedHome) -> None:
    served.start()
    assert f"ARMILLARY_API_URL={served.url}/api" in served.banner
    assert httpx.get(f"{served.url}/api/health").json() == {"status": "ok"}
    assert httpx.get(f"{served.url}/api/ready").json() == {"status": "ready"}
    assert served.json("server", "status")["url"] == served.url


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_stops_when_asked_even_while_somebody_listens(served: ServedHome, how: int) -> None:
    served.start()
    headers = {"Authorization": f"Bearer {served.token}"}
    with httpx.stream("GET", f"{served.url}/api/stream", headers=headers, timeout=120) as listening:
        lines = listening.iter_lines()
        assert next(lines) == "retry: 1000"
        began = time.monotonic()
        assert served.stop(how) in (0, -how, 128 + how)
        assert time.monotonic() - began < at_this_pace(4)
    assert read_address(str(served.home)) is None
    assert not (served.home / "server.json").exists()


def test_stopping_and_starting_by_command(served: ServedHome) -> None:
    said = served.armillary("server", "start", "--background", "--port", "0").stderr
    assert "Open the web app" in said
    assert "has a server already" in served.armillary("server", "start", code=1).stderr
    served.armillary("server", "stop")
    assert "no server running" in served.armillary("server", "stop", code=3).stderr


def test_a_taken_port_is_said_in_a_sentence(served: ServedHome) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = served.armillary("server", "start", "--port", str(port), code=1).stderr
    assert f"Port {port} on 127.0.0.1 is taken" in said
    assert "Traceback" not in said
    background = served.armillary("server", "start", "--background", "--host", "203.0.113.7", code=2).stderr
    assert "203.0.113.7" in background and "Traceback" not in background
    assert background.count("error:") == 1


def test_a_server_in_the_background_keeps_a_relative_home_too(served: ServedHome, tmp_path: Path) -> None:
    environment = {**served.environment, "ARMILLARY_HOME": "own/home"}

    def command(*words: str) -> None:
        warm_commands.run(("server", *words), env=environment, cwd=tmp_path)

    command("start", "--background", "--port", "0")
    try:
        assert read_address(str(tmp_path / "own" / "home")) is not None
    finally:
        command("stop")


def test_without_authentication_only_this_machine_is_served(served: ServedHome) -> None:
    said = served.armillary("server", "start", "--no-auth", "--host", "0.0.0.0", code=2).stderr
    assert "this machine alone" in said


def test_a_local_run_is_seen_while_it_runs_without_any_setting(served: ServedHome) -> None:
    served.start()
    process = served.flow(NAP)
    assert process.stdout is not None
    process.stdout.readline()
    while not (runs := served.ask("POST", "/flow_runs/filter", {}).json()["items"]):
        pass
    assert [(run["state_type"], run["flow_name"]) for run in runs] == [("RUNNING", "sleeper")]
    process.communicate("go\n", timeout=120)
    [run] = served.ask("POST", "/flow_runs/filter", {}).json()["items"]
    assert run["state_type"] == "COMPLETED"


def test_a_killed_run_is_seen_to_have_crashed_without_anybody_asking(served: ServedHome) -> None:
    served.start()
    process = served.flow(NAP)
    assert process.stdout is not None
    process.stdout.readline()
    headers = {"Authorization": f"Bearer {served.token}"}
    with httpx.stream("GET", f"{served.url}/api/stream?topics=flow_run:*", headers=headers, timeout=120) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "retry: 1000"
        process.kill()
        process.communicate()
        assert any('"state_type":"CRASHED"' in line for line in lines)


def test_a_server_that_was_killed_leaves_a_home_that_works(served: ServedHome) -> None:
    served.start()
    served.stop(signal.SIGKILL)
    assert (served.home / "server.json").exists()
    served.flow("from armillary import flow\nflow(lambda: 1, name='after')()").communicate(timeout=120)
    assert [run["flow_name"] for run in served.json("flow-run", "ls")] == ["after"]
    served.start()
    assert len(served.ask("POST", "/flow_runs/filter", {}).json()["items"]) == 1


def test_another_program_that_got_the_pid_of_a_server_is_not_taken_for_it(served: ServedHome) -> None:
    served.start()
    address = read_address(str(served.home))
    assert address is not None
    served.stop(signal.SIGKILL)
    write_address(str(served.home), replace(address, pid=os.getpid()))
    assert "no server running" in served.armillary("server", "stop", code=3).stderr
    assert served.json("flow-run", "ls") == []


def test_the_services_go_on_at_once_behind_a_server_that_was_killed(served: ServedHome) -> None:
    served.start()
    while not served.ask("GET", "/services").json():
        pass
    served.stop(signal.SIGKILL)
    served.start()
    assert served.process is not None
    began = time.monotonic()
    while not all(
        f"(process {served.process.pid})" in each["holder"] for each in served.ask("GET", "/services").json()
    ):
        assert time.monotonic() - began < at_this_pace(8)
    names = {each["name"] for each in served.json("server", "services", "status")}
    assert {"scheduler", "late", "reaper", "janitor"} <= names


def test_an_answer_does_not_wait_for_the_network_to_acknowledge_its_first_half(served: ServedHome) -> None:
    served.start()
    seconds = []
    with httpx.Client(base_url=served.url) as client:
        for _ in range(121):
            began = time.monotonic()
            client.get("/api/health")
            seconds.append(time.monotonic() - began)
    # The kernel acknowledges the first packets of a connection at once and those after them 40 ms late: a wait for it is in each
    # of the later ones, whereas a busy machine leaves some of them alone.
    assert quantiles(seconds[40:], n=8)[0] < 0.03


def test_metrics_tell_prometheus_how_much_there_is_to_do(served: ServedHome) -> None:
    served.start()
    served.flow("from armillary import flow\nflow(lambda: 1, name='one')()").communicate(timeout=120)
    deployment = {"name": "daily", "flow_name": "report", "entrypoint": "flows.py:report"}
    made = served.ask("POST", "/deployments", deployment).json()
    served.ask("POST", f"/deployments/{made['id']}/create_flow_run", {})
    said = served.ask("GET", "/metrics")
    assert said.headers["content-type"].startswith("text/plain")
    assert 'armillary_flow_runs{state_type="COMPLETED"} 1.0' in said.text
    assert 'armillary_due_runs{work_queue="default"} 1.0' in said.text
    for name in (
        "ingested_frames_total",
        "ingest_lag_seconds",
        "stream_listeners",
        'service_loops_total{service="late"}',
    ):
        assert f"\narmillary_{name}" in said.text


def test_the_command_asks_the_server_that_keeps_its_home(served: ServedHome) -> None:
    served.start()
    served.flow("from armillary import flow\nflow(lambda: 1, name='one')()").communicate(timeout=120)
    [run] = served.json("flow-run", "ls")
    assert run["state_type"] == "COMPLETED"
    served.armillary("flow-run", "delete", run["id"], "--yes")
    assert served.json("flow-run", "ls") == []


def test_the_token_is_its_owners_alone(served: ServedHome) -> None:
    served.start()
    for name in ("token", "ledger.db"):
        assert stat.S_IMODE(os.stat(served.home / name).st_mode) == 0o600
    assert served.armillary("server", "token").stdout.strip() == served.token


def test_every_line_of_the_banner_can_be_used(served: ServedHome) -> None:
    served.start()
    [link] = re.findall(r"(http://\S+signin\?code=\S+)", served.banner)
    with httpx.Client() as browser:
        assert browser.get(link).status_code == 303
        assert (
            browser.post(f"{served.url}/api/flow_runs/filter", json={}, headers={"X-Armillary": "1"}).status_code == 200
        )
        assert browser.post(f"{served.url}/api/flow_runs/filter", json={}).status_code == 403
    with httpx.Client() as other:
        assert other.get(link).status_code != 303
        assert other.post(f"{served.url}/api/flow_runs/filter", json={}).status_code == 401


def test_a_server_is_not_a_child_that_dies_with_its_terminal(served: ServedHome) -> None:
    subprocess.run(
        ["setsid", "sh", "-c", f"{sys.executable} -m armillary server start --background --port 0"],
        env=served.environment,
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert httpx.get(f"{served.url}/api/health").status_code == 200
    served.armillary("server", "stop")


def test_a_link_that_signs_in_is_said_and_not_kept(served: ServedHome) -> None:
    said = served.armillary("server", "start", "--background", "--port", "0").stderr
    assert "signin?code=" in said
    log = (served.home / "server.log").read_text()
    assert served.url in log
    assert "code=" not in log
    served.armillary("server", "stop")
