"""A full disk and a kill together: what was lost in memory does not go unsaid."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from armillary.client.in_process.client import InProcessClient

FILLS = """
import glob, os, resource, signal, sys
from armillary import flow, task

@task
def work(n):
    return n

@flow
def fills():
    work(0).result()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    full, room = int(sys.argv[1]), resource.RLIM_INFINITY
    resource.setrlimit(resource.RLIMIT_FSIZE, (full, room))
    for n in range(1, 200):
        work(n).result()
    if sys.argv[2] == "freed":
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        while any(os.stat(each).st_mode & 0o100 for each in glob.glob(os.environ["ARMILLARY_HOME"] + "/journal/*.jnl")):
            work(200).result()
    print("told", flush=True)
    sys.stdin.readline()

fills()
"""


def killed(home: Path, tmp_path: Path, full_bytes: int, then: str, **settings: str) -> None:
    """A flow whose journal meets the end of the disk, and that is killed after it was told that its tasks have completed."""
    script = tmp_path / "fills.py"
    script.write_text(FILLS)
    process = subprocess.Popen(
        [sys.executable, str(script), str(full_bytes), then],
        env={**os.environ, "ARMILLARY_HOME": str(home), "ARMILLARY_LOGGING_LEVEL": "ERROR", **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "told\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize(
    ("full_bytes", "then", "incomplete"), [(4_000, "full", True), (4_000, "freed", False), (10_000_000, "full", False)]
)
def test_what_was_lost_is_said_and_what_was_not_is_not(
    tmp_path: Path, home: Path, full_bytes: int, then: str, incomplete: bool
) -> None:
    killed(home, tmp_path, full_bytes, then)
    with InProcessClient(str(home)) as client:
        [run] = client.flow_runs().items
        assert (run.state_type, run.incomplete_history) == ("CRASHED", incomplete)
        completed = [each for each in client.task_runs(limit=1000).items if each.state_type == "COMPLETED"]
        assert incomplete == (len(completed) < 200)
