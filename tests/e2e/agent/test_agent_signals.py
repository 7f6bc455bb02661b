"""An agent stops on its first SIGTERM, whichever of its threads the kernel hands it to and whatever it is doing."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from socket import create_server

import pytest

from .conftest import Project

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="signals to single threads")
STOPS_WITHIN_SECONDS = 10.0


def terminate_through_another_thread(process: int) -> None:
    """The interpreter's handler is due then, and the main thread goes on waiting: as when a signal arrives just before a wait begins."""
    others = [int(each.name) for each in Path(f"/proc/{process}/task").iterdir() if int(each.name) != process]
    assert others
    assert ctypes.CDLL(None).tgkill(process, others[0], signal.SIGTERM) == 0


@linux
def test_an_agent_hears_a_signal_that_did_not_wake_its_main_thread(project: Project) -> None:
    agent = project.agent()
    terminate_through_another_thread(agent.pid)
    assert agent.wait(STOPS_WITHIN_SECONDS) == 0


@linux
def test_a_served_flow_hears_a_signal_that_did_not_wake_its_main_thread(project: Project) -> None:
    (project.folder / "serving.py").write_text('from main import staging\n\nstaging.serve("here")\n')
    serving = subprocess.Popen(
        [sys.executable, "serving.py"],
        cwd=project.folder,
        env=project.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    project.agents.append(serving)
    assert serving.stderr is not None
    assert "Serving" in serving.stderr.readline()
    project.until(lambda client: client.workers())
    terminate_through_another_thread(serving.pid)
    assert serving.wait(STOPS_WITHIN_SECONDS) == 0


def test_an_agent_whose_server_takes_connections_and_says_nothing_stops_at_once(project: Project) -> None:
    with create_server(("127.0.0.1", 0)) as silent:
        project.environment["ARMILLARY_API_URL"] = f"http://127.0.0.1:{silent.getsockname()[1]}/api"
        agent = subprocess.Popen(
            [sys.executable, "-m", "armillary", "agent", "start"],
            cwd=project.folder,
            env=project.environment,
            text=True,
            stderr=subprocess.PIPE,
        )
        project.agents.append(agent)
        taken, _ = silent.accept()
        with taken:
            began = time.monotonic()
            os.kill(agent.pid, signal.SIGTERM)
            assert agent.wait(STOPS_WITHIN_SECONDS) == 0
            assert time.monotonic() - began < STOPS_WITHIN_SECONDS
