"""Runs that are recorded by a server elsewhere."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import ServedHome

RUN = """
import sys
from armillary import flow, task

@task
def work(number):
    return number

@flow
def remote(many):
    print("begun", flush=True)
    for number in range(many // 2):
        work(number)
    sys.stdin.readline()
    return sum(work(number).result() for number in range(many // 2))

if __name__ == "__main__":
    remote(int(sys.argv[1]))
"""

NAP = """
import sys, time
from armillary import flow, task

@task
def nap():
    print("napping", flush=True)
    for _ in range(6000):
        time.sleep(0.01)

@flow
def sleeper():
    nap().result()

sleeper()
"""


class Elsewhere:
    """Another home, as on another machine, that records for the server of ``served``."""

    def __init__(self, served: ServedHome, folder: Path) -> None:
        self.served = served
        self.home = folder / "elsewhere"
        self.url, self.token = served.url, served.token
        self.script = folder / "remote.py"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **self.served.environment,
            "ARMILLARY_HOME": str(self.home),
            "ARMILLARY_API_URL": f"{self.url}/api",
            "ARMILLARY_API_KEY": self.token,
            "ARMILLARY_LOGGING_LEVEL": "WARNING",
        }

    def start(self, source: str, *arguments: str) -> subprocess.Popen[str]:
        self.script.write_text(source)
        process = subprocess.Popen(
            [sys.executable, str(self.script), *arguments],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        process.stdout.readline()
        return process

    def armillary(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "armillary", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )

    @property
    def journals(self) -> list[Path]:
        return list(self.home.rglob("*.jnl"))


@pytest.fixture
def elsewhere(served: ServedHome, tmp_path: Path) -> Elsewhere:
    served.start()
    return Elsewhere(served, tmp_path)


def restart(served: ServedHome, how: int) -> None:
    port = served.url.rpartition(":")[2]
    served.stop(how)
    served.start("--port", port)


def all_is_there(served: ServedHome, tasks: int) -> None:
    [run] = served.ask("POST", "/flow_runs/filter", {}).json()["items"]
    assert (run["state_type"], run["incomplete_history"]) == ("COMPLETED", False)
    assert (
        served.ask("POST", "/task_runs/count", {"task_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}).json()
        == tasks
    )
    states = served.ask("GET", f"/flow_run_states?flow_run_id={run['id']}").json()
    assert [each["type"] for each in states] == ["PENDING", "RUNNING", "COMPLETED"]


def test_a_run_elsewhere_is_recorded_whole_and_leaves_nothing_behind(served: ServedHome, elsewhere: Elsewhere) -> None:
    process = elsewhere.start(RUN, "200")
    process.communicate("go\n", timeout=60)
    assert process.returncode == 0
    all_is_there(served, 200)
    assert elsewhere.journals == []


def test_the_same_command_elsewhere_reads_from_the_server(served: ServedHome, elsewhere: Elsewhere) -> None:
    elsewhere.start(RUN, "10").communicate("go\n", timeout=60)
    assert "remote" in elsewhere.armillary("flow-run", "ls").stdout
    assert not (elsewhere.home / "ledger.db").exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_that_goes_and_comes_back_has_everything_once(
    served: ServedHome, elsewhere: Elsewhere, how: int
) -> None:
    process = elsewhere.start(RUN, "2000")
    restart(served, how)
    process.communicate("go\n", timeout=60)
    assert process.returncode == 0
    all_is_there(served, 2000)
    assert elsewhere.journals == []


def test_with_the_server_away_the_run_goes_on_and_says_what_remains(served: ServedHome, elsewhere: Elsewhere) -> None:
    process = elsewhere.start(RUN, "100")
    port = served.url.rpartition(":")[2]
    served.stop(signal.SIGKILL)
    _, said = process.communicate("go\n", timeout=60)
    assert process.returncode == 0
    assert "journal ship" in said and "Traceback" not in said
    assert elsewhere.journals
    served.start("--port", port)
    assert "shipped" in elsewhere.armillary("journal", "ship").stderr
    all_is_there(served, 100)
    assert elsewhere.journals == []


def test_what_one_process_left_the_next_one_ships(served: ServedHome, elsewhere: Elsewhere) -> None:
    process = elsewhere.start(RUN, "20")
    port = served.url.rpartition(":")[2]
    served.stop(signal.SIGKILL)
    process.communicate("go\n", timeout=60)
    served.start("--port", port)
    elsewhere.start(RUN, "20").communicate("go\n", timeout=60)
    runs = served.ask("POST", "/flow_runs/filter", {}).json()["items"]
    assert [run["state_type"] for run in runs] == ["COMPLETED"] * 2
    assert elsewhere.journals == []


def test_a_run_elsewhere_is_cancelled_from_here(served: ServedHome, elsewhere: Elsewhere) -> None:
    process = elsewhere.start(NAP)
    while not (runs := served.ask("POST", "/flow_runs/filter", {}).json()["items"]):
        pass
    began = time.monotonic()
    served.armillary("flow-run", "cancel", runs[0]["id"])
    process.communicate(timeout=30)
    assert time.monotonic() - began < 4, "the owner was not told at once"
    [run] = served.ask("POST", "/flow_runs/filter", {}).json()["items"]
    assert run["state_type"] == "CANCELLED"


def test_a_process_killed_elsewhere_reads_crashed_once_its_leftovers_are_shipped(
    served: ServedHome, elsewhere: Elsewhere
) -> None:
    process = elsewhere.start(NAP)
    process.kill()
    process.communicate()
    elsewhere.armillary("journal", "ship")
    [run] = served.ask("POST", "/flow_runs/filter", {}).json()["items"]
    assert run["state_type"] == "CRASHED"
    [task] = served.ask("POST", "/task_runs/filter", {}).json()["items"]
    assert task["state_type"] == "CRASHED"
    assert elsewhere.journals == []


def test_a_wrong_token_is_said_and_nothing_is_lost(served: ServedHome, elsewhere: Elsewhere) -> None:
    right, elsewhere.token = elsewhere.token, "wrong"
    _, said = elsewhere.start(RUN, "10").communicate("go\n", timeout=60)
    assert "not one this server knows" in said
    assert elsewhere.journals
    elsewhere.token = right
    elsewhere.armillary("journal", "ship")
    all_is_there(served, 10)
