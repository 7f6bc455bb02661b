"""A tag's limit counts over processes, with no server between them."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

from armillary.client.in_process.client import InProcessClient

PROGRAM = """
import json
from time import monotonic, sleep

from armillary import flow, task


@task(tags=["gpu"])
def train(fold: int) -> tuple[float, float]:
    began = monotonic()
    sleep(0.05)
    return began, monotonic()


@flow
def trains() -> list[tuple[float, float]]:
    return train.map(range(3)).result()


print(json.dumps(trains()))
"""


def test_two_processes_share_the_slots_of_a_tag(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with InProcessClient(str(home)) as client:
        client.set_concurrency_limit("gpu", 1)
    program = tmp_path / "trains.py"
    program.write_text(PROGRAM)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARMILLARY_")}
    environment = {**kept, "ARMILLARY_HOME": str(home), "ARMILLARY_LOGGING_LEVEL": "ERROR"}
    started = [
        subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(2)
    ]
    spans = sorted(span for process in started for span in json.loads(process.communicate(timeout=120)[0]))
    assert len(spans) == 6
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    with InProcessClient(str(home)) as client:
        assert client.concurrency_limit("gpu").active_slots == []
        assert client.count_flow_runs() == 2
