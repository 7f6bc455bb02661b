"""A worker process ends with the flow's process, even while an extension holds its interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

PROGRAM = """
import ctypes
import os
from pathlib import Path

from armillary import flow, task
from armillary.task_runners import ProcessTaskRunner


@task
def holding(folder: str) -> None:
    path = Path(folder) / "worker"
    path.with_suffix(".new").write_text(str(os.getpid()))
    path.with_suffix(".new").rename(path)
    ctypes.PyDLL(None).sleep(100)


@flow(task_runner=ProcessTaskRunner(max_workers=1))
def holds(folder: str) -> None:
    holding.submit(folder).wait()


if __name__ == "__main__":
    holds(os.getcwd())
"""
PATIENCE_SECONDS = 30.0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's own signal for the end of a pipe")
def test_a_worker_process_ends_with_the_flow_though_it_cannot_run_any_code(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARMILLARY_")}
    flow = subprocess.Popen(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        env={**kept, "ARMILLARY_HOME": str(tmp_path / "home"), "ARMILLARY_LOGGING_LEVEL": "ERROR"},
    )
    deadline = monotonic() + PATIENCE_SECONDS
    while not (tmp_path / "worker").exists():
        assert flow.poll() is None
        assert monotonic() < deadline
        Event().wait(0.02)
    worker = int((tmp_path / "worker").read_text())
    flow.kill()
    flow.wait()
    while _runs(worker):
        assert monotonic() < deadline, "it runs on"
        Event().wait(0.02)


def _runs(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
