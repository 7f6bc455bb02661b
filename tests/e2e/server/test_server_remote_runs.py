"""Runs that are recorded by a server elsewhere."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread

import httpx
import pytest

import warm_commands
from armillary.journal.outbox import outbox_folder
from pace import at_this_pace

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

    def start(self, source: str, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        self.script.write_text(source)
        process = subprocess.Popen(
            [sys.executable, str(self.script), *arguments],
            env={**self.environment, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        process.stdout.readline()
        return process

    def armillary(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = warm_commands.run(arguments, env=self.environment, code=None)
        done.check_returncode()
        return done

    @property
    def journals(self) -> list[Path]:
        return list(self.home.rglob("*.jnl*"))


class Failing:
    """What stands before a server and answers 500 to everything, until it ``is_well``."""

    def __init__(self, url: str) -> None:
        self.is_well = False
        self._asked = 0
        self._news = Condition()
        failing = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                failing.hear()
                if failing.is_well:
                    answer = httpx.post(url + self.path, content=body, headers=dict(self.headers), timeout=120)
                    status, said = answer.status_code, answer.content
                else:
                    status, said = 500, b"<html>Bad luck</html>"
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  as it is called
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def hear(self) -> None:
        with self._news:
            self._asked += 1
            self._news.notify_all()

    def until_asked(self, times: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self._asked >= times, 30)

    def __enter__(self) -> Failing:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


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
    outbox = Path(outbox_folder(str(elsewhere.home), f"{elsewhere.url}/api"))
    (outbox / "of-one-that-died.jnl.tmp").touch()
    process = elsewhere.start(RUN, "200")
    process.communicate("go\n", timeout=120)
    assert process.returncode == 0
    all_is_there(served, 200)
    assert elsewhere.journals == []


def test_the_same_command_elsewhere_reads_from_the_server(served: ServedHome, elsewhere: Elsewhere) -> None:
    elsewhere.start(RUN, "10").communicate("go\n", timeout=120)
    assert "remote" in elsewhere.armillary("flow-run", "ls").stdout
    assert not (elsewhere.home / "ledger.db").exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_that_goes_and_comes_back_has_everything_once(
    served: ServedHome, elsewhere: Elsewhere, how: int
) -> None:
    process = elsewhere.start(RUN, "2000")
    restart(served, how)
    process.communicate("go\n", timeout=120)
    assert process.returncode == 0
    all_is_there(served, 2000)
    assert elsewhere.journals == []


def test_with_the_server_away_the_run_goes_on_and_says_what_remains(served: ServedHome, elsewhere: Elsewhere) -> None:
    process = elsewhere.start(RUN, "100")
    port = served.url.rpartition(":")[2]
    served.stop(signal.SIGKILL)
    _, said = process.communicate("go\n", timeout=120)
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
    process.communicate("go\n", timeout=120)
    served.start("--port", port)
    elsewhere.start(RUN, "20").communicate("go\n", timeout=120)
    runs = served.ask("POST", "/flow_runs/filter", {}).json()["items"]
    assert [run["state_type"] for run in runs] == ["COMPLETED"] * 2
    assert elsewhere.journals == []


def test_a_run_elsewhere_is_cancelled_from_here(served: ServedHome, elsewhere: Elsewhere) -> None:
    process = elsewhere.start(NAP)
    while not (runs := served.ask("POST", "/flow_runs/filter", {}).json()["items"]):
        pass
    began = time.monotonic()
    served.armillary("flow-run", "cancel", runs[0]["id"])
    process.communicate(timeout=120)
    assert time.monotonic() - began < at_this_pace(4), "the owner was not told at once"
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
    _, said = elsewhere.start(RUN, "10").communicate("go\n", timeout=120)
    assert "not one this server knows" in said
    assert elsewhere.journals
    elsewhere.token = right
    elsewhere.armillary("journal", "ship")
    all_is_there(served, 10)


def test_a_server_that_takes_questions_and_answers_none_holds_nobody_up(
    served: ServedHome, elsewhere: Elsewhere
) -> None:
    process = elsewhere.start(RUN, "100", ARMILLARY_DRAIN_SECONDS="1")
    assert served.process is not None
    served.process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    _, said = process.communicate("go\n", timeout=120)
    assert time.monotonic() - began < at_this_pace(6), "the end of the process is bounded by ARMILLARY_DRAIN_SECONDS"
    assert "journal ship" in said and elsewhere.journals
    served.process.send_signal(signal.SIGCONT)
    elsewhere.armillary("journal", "ship")
    all_is_there(served, 100)
    assert elsewhere.journals == []


def test_a_server_that_answers_nothing_but_errors_gets_all_of_it_once_it_is_well(
    served: ServedHome, elsewhere: Elsewhere
) -> None:
    with Failing(served.url) as failing:
        elsewhere.url = failing.url
        process = elsewhere.start(RUN, "200")
        failing.until_asked(3)
        assert served.ask("POST", "/flow_runs/count", {}).json() == 0
        failing.is_well = True
        process.communicate("go\n", timeout=120)
    all_is_there(served, 200)
    assert elsewhere.journals == []
