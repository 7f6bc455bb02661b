"""Many clients of one SQLite ledger: none is ever told that the database is locked, and nothing that any wrote is missing.

A few seconds by default; ``make soak`` lets sixteen go on for ten minutes without a server, and ten with one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import json

from armillary.client.in_process.client import InProcessClient
from armillary.core.filters import FlowRunFilter
from armillary.core.states import COMPLETED
from chaos_faults.world import World

CLIENTS = int(os.environ.get("ARMILLARY_SOAK_CLIENTS", "6"))
SECONDS = float(os.environ.get("ARMILLARY_SOAK_SECONDS", "3"))


@pytest.mark.timeout(400 + 3 * SECONDS)
@pytest.mark.parametrize("keeper", ["no server", "a server"])
def test_clients_of_a_home_wait_for_one_another_and_are_never_told_of_a_lock(tmp_path: Path, keeper: str) -> None:
    with World(tmp_path / "home", tmp_path / "notes") as world:
        if keeper == "a server":
            world.start_server()
        names = [f"client-{number}" for number in range(CLIENTS)]
        clients = [
            subprocess.Popen(
                [sys.executable, "-m", "chaos_faults.client", name, str(SECONDS)],
                env=world.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for name in names
        ]
        said = [each.communicate() for each in clients]
        assert [(each.returncode, complained) for each, (_, complained) in zip(clients, said, strict=True)] == [
            (0, "")
        ] * CLIENTS
        if keeper == "a server":
            world.end_server(signal.SIGTERM)
            assert "locked" not in "".join(log.read_text() for log in world.home.glob("*.log"))
    told = [json.decode(each) for each, _ in said]
    with InProcessClient(str(world.home)) as client:
        assert client.count_flow_runs() == client.count_flow_runs(FlowRunFilter(state_types=[COMPLETED]))
        assert client.count_flow_runs() == sum(each["recorded"] for each in told)
        assert {each.name: each.value for each in client.variables(limit=CLIENTS).items} == {
            name: each["counted"] for name, each in zip(names, told, strict=True) if each["counted"]
        }
        recorded = client.count_flow_runs()
    took = sorted(seconds for each in told for seconds in each["took"])
    print(
        f"{CLIENTS} clients and {keeper} for {SECONDS:.0f} s: {len(took):,} writes, {recorded:,} runs, 0 locked; a write took "
        f"{took[len(took) // 2] * 1000:.0f} ms at the median, {took[-len(took) // 100] * 1000:.0f} at p99, {took[-1] * 1000:.0f} at most"
    )
