"""The flows whose runs are measured."""

from __future__ import annotations

import subprocess
import sys

from tests.ui.conftest import Site

FLOWS = """
import sys
import time
from armillary import flow, task
from armillary.task_runners import ConcurrentTaskRunner

@task
def cell(*_):
    return 1

@flow
def woven():
    rows = [cell.with_options(name=f"load_{n}")() for n in range(20)]
    for depth in range(48):
        rows = [cell.with_options(name=f"step_{depth}_{n}")(rows[n], rows[(n + 1) % 20]) for n in range(20)]
    return [cell.map([row] * 451) for row in rows]

@flow
def mapped():
    return cell.map(range(10_000))

@flow
def many():
    return cell.map(range(100_000))

@task
def paced(number, seconds):
    time.sleep(seconds)
    if number % 997 == 5:
        raise ValueError(number)
    return number

@flow(task_runner=ConcurrentTaskRunner(max_workers=20))
def lasting(minutes: str):
    return paced.map(range(10_000), float(minutes) * 60 * 20 / 10_000)

globals()[sys.argv[1]](*sys.argv[2:], return_state=True)
"""


def recorded(site: Site, flow: str) -> str:
    """Runs it, with its console off; every line it logs is kept as usual. Its run's id."""
    command = [sys.executable, "measured.py", flow]
    subprocess.run(command, cwd=site.folder, env=site.environment, check=False, stderr=subprocess.DEVNULL)
    return site.newest(flow)
