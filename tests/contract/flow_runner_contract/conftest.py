"""Each flow runner, and a home with a deployment whose runs it is given as an agent would give them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from armillary.agent.flow_runners.port import FlowRunner, Submitted
from armillary.agent.flow_runners.processes import Processes
from armillary.agent.flow_runners.threads import Threads
from armillary.agent.ledger_link import LedgerLink
from armillary.client.in_process.client import InProcessClient
from armillary.clock import new_id
from armillary.core.deployments.flow_runner import FlowRunner as Options
from armillary.core.deployments.flow_runner import UniversalFlowRunner
from armillary.core.deployments.worker import ClaimedRun, Worker
from armillary.core.runs.flow_run import FlowRun
from armillary.sdk.deployments.deployment_spec import DeploymentSpec
from armillary.sdk.deployments.loading import load_flow
from armillary.sdk.deployments.project_upload import locate
from armillary.sdk.flow import Flow

FLOWS = """
import asyncio
import atexit
import ctypes
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from armillary import flow, runtime, suspend_flow_run, task

WORK = Path(os.environ["ARMILLARY_HOME"]).parent


@flow
def telling(n: int) -> None:
    facts = {"n": n, "id": runtime.flow_run.id, "prefix": sys.prefix, "cwd": os.getcwd(), "given": os.environ.get("GIVEN"),
             "conda": os.environ.get("IN_CONDA")}
    (WORK / "facts").write_text(json.dumps(facts))


@flow
def failing() -> None:
    raise ValueError("no")


@flow
def leaving() -> None:
    sys.exit(4)


@flow
def waiting() -> None:
    (WORK / f"waits-{runtime.flow_run.id}").touch()
    while not (WORK / "go").exists():
        time.sleep(0.01)


@flow
def stubborn() -> None:
    (WORK / f"waits-{runtime.flow_run.id}").touch()
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            pass


@flow
def speaking() -> None:
    print("from print")
    subprocess.run(["sh", "-c", "echo from a child; printf '10 %%\\\\r100 %%\\\\n' >&2"], check=True)


@flow
def dying() -> None:
    print("the last words")
    os.kill(os.getpid(), signal.SIGSEGV)


@flow
def vanishing() -> None:
    print("the last words")
    os._exit(3)


@flow
def spawning() -> None:
    one = subprocess.Popen(["sleep", "1000"])
    other = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    (WORK / "spawned").write_text(f"{one.pid} {other.pid}")


@flow
def with_a_thread() -> None:
    threading.Thread(target=time.sleep, args=(1000,), name="a stray").start()


@flow
def with_a_thread_and_an_error() -> None:
    threading.Thread(target=time.sleep, args=(1000,), name="a stray").start()
    raise ValueError("no")


@flow
def with_a_handler_at_exit() -> None:
    atexit.register(time.sleep, 1000)


@flow
def with_a_handler_that_holds_the_interpreter() -> None:
    atexit.register(ctypes.PyDLL(None).sleep, 1000)


@flow
def with_a_child() -> None:
    multiprocessing.get_context("fork").Process(target=time.sleep, args=(1000,), name="a stray").start()


@flow
async def with_a_busy_executor() -> None:
    asyncio.get_running_loop().run_in_executor(None, time.sleep, 1000)


@flow
async def with_something_in_its_executor() -> None:
    asyncio.get_running_loop().run_in_executor(None, until_told)


def until_told() -> None:
    while not (WORK / "go").exists():
        time.sleep(0.01)


@flow
def closing_descriptors() -> None:
    os.closerange(3, 4096)
    one().result()


@task
def one() -> int:
    return 1


@flow
def suspended_with_a_thread() -> None:
    threading.Thread(target=time.sleep, args=(1000,), name="a stray").start()
    suspend_flow_run()


@flow
def holding_the_interpreter(seconds: int) -> None:
    child = subprocess.Popen(["sleep", str(seconds)])
    (WORK / "holds").write_text(f"{os.getpid()} {child.pid}")
    ctypes.PyDLL(None).sleep(seconds)


@flow
def printing(lines: int) -> None:
    for number in range(lines):
        sys.stdout.write(f"line {number}\\n")
"""


class Place:
    """A folder with a home, and what is claimed from it."""

    def __init__(self, folder: Path, home: Path, client: InProcessClient) -> None:
        self.folder = folder
        self.home = home
        self.client = client
        self.file = folder / "flows.py"
        self.file.write_text(FLOWS)
        now = datetime.now(UTC)
        self.worker_id = new_id()
        client.register_worker(Worker(self.worker_id, "a test", "here", os.getpid(), "0", now, now))

    def flow(self, name: str) -> Flow[..., Any]:
        return load_flow(f"{self.file}:{name}")

    def claimed(self, flow_name: str, options: Options | None = None, **parameters: Any) -> ClaimedRun:
        """A run of that flow, deployed with these options and handed out."""
        spec = DeploymentSpec(
            "x", flow_location=str(self.file), flow_name=flow_name, flow_runner=options or UniversalFlowRunner()
        )
        located = locate(self.client, spec.prepared(""))
        located.upload(self.client)
        deployment = self.client.save_deployment(located.deployment)
        run = self.client.run_deployment(deployment.id, parameters=parameters)
        [claimed] = self.client.claim_runs(self.worker_id, new_id(), [], 1, 0)
        assert claimed.flow_run.id == run.id
        return claimed

    def released(self, submitted: Submitted, died: str | None) -> FlowRun:
        self.client.release_run(self.worker_id, submitted.claimed.flow_run.id, died=died)
        return self.client.find_flow_run(submitted.claimed.flow_run.id)

    def until(self, name: str) -> str:
        """What is in the file, once there is one."""
        path = self.folder / name
        while not path.exists():
            self.client.wait_for_news(0.05)
        return path.read_text()


@pytest.fixture
def place(tmp_path: Path, home: Path) -> Iterator[Place]:
    with InProcessClient(str(home)) as client:
        yield Place(tmp_path, home, client)
    (tmp_path / "go").touch()


Make = Callable[[Place, str], FlowRunner]
"""Given the place and the flow it is to run."""


def processes(warm: int) -> Make:
    def make(place: Place, _flow: str) -> FlowRunner:
        def link() -> LedgerLink:
            return LedgerLink(lambda: InProcessClient(str(place.home)))

        return Processes(link(), link(), str(place.home), place.worker_id, warm)

    return make


def threads(place: Place, flow: str) -> FlowRunner:
    return Threads(place.flow(flow))


MADE: dict[str, Make] = {
    "processes": processes(0),
    "warm": processes(1),
    "threads": threads,
}


class Runners:
    def __init__(self, place: Place, make: Make) -> None:
        self.place = place
        self._make = make
        self._made: dict[str, FlowRunner] = {}
        self._submitted: list[Submitted] = []

    def submit(self, flow: str, options: Options | None = None, **parameters: Any) -> Submitted:
        submitted = self.of(flow).submit(self.place.claimed(flow, options, **parameters))
        self._submitted.append(submitted)
        return submitted

    def of(self, flow: str) -> FlowRunner:
        if flow not in self._made:
            self._made[flow] = self._make(self.place, flow)
        return self._made[flow]

    def forget(self, submitted: Submitted) -> None:
        self._made[submitted.claimed.flow_run.flow_name].forget(submitted)

    def close(self) -> None:
        for each in self._submitted:
            with suppress(ProcessLookupError):
                each.kill()
        while self._made:
            self._made.popitem()[1].close()


@pytest.fixture(params=MADE)
def runners(request: pytest.FixtureRequest, place: Place) -> Iterator[Runners]:
    """Every implementation of the port."""
    made = Runners(place, MADE[request.param])
    yield made
    (place.folder / "go").touch()
    made.close()


@pytest.fixture(params=["processes", "warm"])
def process_runners(request: pytest.FixtureRequest, place: Place) -> Iterator[Runners]:
    """Those that give each run a process of its own."""
    made = Runners(place, MADE[request.param])
    yield made
    made.close()
