"""Slots that are held while the server cannot be reached."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from .conftest import ServedHome
from .test_server_remote_runs import Elsewhere

HOLDS = """
import sys
from armillary import flow, task

@task(tags=["gpu"])
def trains():
    print("holding", flush=True)
    sys.stdin.readline()

@task(tags=["cpu"])
def reads():
    pass

@flow
def held():
    reads().result()
    trains().result()

held()
"""


@pytest.fixture
def elsewhere(served: ServedHome, tmp_path: Path) -> Elsewhere:
    served.start()
    served.armillary("concurrency-limit", "create", "gpu", "1")
    return Elsewhere(served, tmp_path)


def test_a_holder_that_is_cut_off_for_a_lease_says_that_its_slot_may_be_anothers(
    served: ServedHome, elsewhere: Elsewhere
) -> None:
    process = elsewhere.start(HOLDS, ARMILLARY_WORKER_LEASE_SECONDS="1")
    assert served.process is not None and process.stderr is not None and process.stdin is not None
    served.process.send_signal(signal.SIGSTOP)
    line = ""
    while "the lease of a slot" not in line:
        line = process.stderr.readline()
        assert line, "it ended without a word"
    assert "'trains-0'" in line and "'gpu'" in line
    served.process.send_signal(signal.SIGCONT)
    process.communicate("go\n", timeout=120)
    [run] = served.ask("POST", "/flow_runs/filter", {}).json()["items"]
    messages = [each["message"] for each in served.json("flow-run", "logs", run["id"])]
    assert sum("the lease of a slot" in each for each in messages) == 1


def test_a_holder_that_is_heard_of_says_nothing(served: ServedHome, elsewhere: Elsewhere) -> None:
    process = elsewhere.start(HOLDS, ARMILLARY_WORKER_LEASE_SECONDS="20")
    _, said = process.communicate("go\n", timeout=120)
    assert "lease" not in said
