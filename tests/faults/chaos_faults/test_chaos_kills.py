"""Flows and the server that follows them are killed at random instants: what a flow was told has happened, and no history is illegal.

A dozen kills by default. ``make chaos`` makes a thousand, which takes some ten minutes; ``ARMILLARY_CHAOS_SEED`` repeats one.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from select import select as readable

import pytest
from sqlalchemy import Connection, Table, select, text

from armillary.client.address import read_address
from armillary.core.states import COMPLETED, TERMINAL, StateType, can_move
from armillary.ledger import Ledger, open_ledger, quarantine, tables
from armillary.ledger.following import catch_up

KILLS = int(os.environ.get("ARMILLARY_CHAOS_KILLS", "12"))
SEED = int(os.environ.get("ARMILLARY_CHAOS_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
AT_ONCE = 2
SERVERS_EVERY = 8
"""One kill of that many hits the server."""


class World:
    """A home, the server that keeps it, and flows that write down what they are told."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.notes = folder / "notes"
        here = str(Path(__file__).parent.parent)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARMILLARY_")}
        paths = os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])
        self.environment = {
            **kept,
            "ARMILLARY_HOME": str(self.home),
            "ARMILLARY_LOGGING_LEVEL": "ERROR",
            "PYTHONPATH": paths,
        }
        self.flows: list[subprocess.Popen[bytes]] = []

    def start_server(self) -> None:
        command = [sys.executable, "-m", "armillary", "server", "start", "--background", "--port", "0"]
        subprocess.run(command, env=self.environment, check=True, capture_output=True, timeout=60)

    def end_server(self, how: signal.Signals) -> None:
        address = read_address(str(self.home))
        assert address is not None
        server = os.pidfd_open(address.pid)
        os.kill(address.pid, how)
        assert readable([server], [], [], 30)[0], "the server did not end"
        os.close(server)

    def start_flow(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "chaos_faults.witness", str(self.notes)]
        started = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        self.flows.append(started)
        return started

    def end_flows(self) -> None:
        for each in self.flows:
            each.wait(timeout=60)


@pytest.mark.timeout(60 + 4 * KILLS)
def test_what_a_flow_was_told_has_happened_whoever_is_killed_whenever(tmp_path: Path) -> None:
    world = World(tmp_path)
    chance = random.Random(SEED)
    world.start_server()
    for _ in range(KILLS):
        victims = [world.start_flow() for _ in range(AT_ONCE)]
        try:
            victims[0].wait(timeout=chance.uniform(0.05, 0.6))
        except subprocess.TimeoutExpired:
            pass
        if chance.randrange(SERVERS_EVERY) == 0:
            world.end_server(signal.SIGKILL)
            world.start_server()
        victims[0].kill()
    world.end_flows()
    world.end_server(signal.SIGTERM)
    with open_ledger(str(world.home)) as ledger:
        assert catch_up(ledger, str(world.home / "journal")).problems == [], f"seed {SEED}"
        assert_sound(ledger, world.notes.read_text().split())
    # One that was killed before its journal had a name leaves an empty file that no reader takes for a journal.
    assert not [file for file in (world.home / "journal").iterdir() if file.suffix != ".tmp" or file.stat().st_size]


def assert_sound(ledger: Ledger, told: list[str]) -> None:
    with ledger.read() as connection:
        completed = select(tables.task_run.c.id).where(tables.task_run.c.state_type == str(COMPLETED))
        lost = set(told) - set(connection.execute(completed).scalars())
        assert len(set(told)) == len(told) > 0
        assert not lost, f"seed {SEED}: {len(lost)} of {len(told)} task runs are not recorded as completed"
        assert quarantine.count(connection) == 0
        for runs, states, run_id in (
            (tables.flow_run, tables.flow_run_state, "flow_run_id"),
            (tables.task_run, tables.task_run_state, "task_run_id"),
        ):
            unfinished = select(runs.c.id).where(runs.c.state_type.not_in(sorted(map(str, TERMINAL))))
            assert connection.execute(unfinished).first() is None, f"seed {SEED}"
            for a_run, history in _histories(connection, states, run_id).items():
                assert all(can_move(before, after) for before, after in pairwise(history)), f"seed {SEED}: {a_run}"
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def _histories(connection: Connection, states: Table, run_id: str) -> dict[str, list[StateType]]:
    found: dict[str, list[StateType]] = {}
    lines = (
        select(states.c[run_id], states.c.type).where(states.c.applied).order_by(states.c[run_id], states.c.sequence)
    )
    for a_run, kind in connection.execute(lines):
        found.setdefault(a_run, []).append(StateType(kind))
    return found
