"""A home, the server that keeps it, and flows that write down what they are told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from select import select as readable
from typing import Self

from sqlalchemy import Connection, Table, select, text

from armillary.core.server_address import ServerAddress
from armillary.core.states import COMPLETED, TERMINAL, StateType, can_move
from armillary.home.address import read_address
from armillary.ledger import Ledger
from armillary.ledger.ingest import quarantine
from armillary.ledger.tables import run_tables


class World:
    """``home`` and ``notes`` are paths: what flows note down may lie on another disk. A context that leaves nobody behind."""

    def __init__(self, home: Path, notes: Path) -> None:
        self.home = home
        self.notes = notes
        here = str(Path(__file__).parent.parent)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARMILLARY_")}
        paths = os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])
        self.environment = {
            **kept,
            "ARMILLARY_HOME": str(self.home),
            "ARMILLARY_LOGGING_LEVEL": "ERROR",
            "PYTHONPATH": paths,
        }
        self.flows: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.flows:
            each.kill()
        self.end_flows()
        if read_address(str(self.home)) is not None:
            self.end_server(signal.SIGKILL)

    def start_server(self) -> None:
        command = [sys.executable, "-m", "armillary", "server", "start", "--background", "--port", "0"]
        subprocess.run(command, env=self.environment, check=True, capture_output=True, timeout=120)

    @property
    def server(self) -> ServerAddress:
        found = read_address(str(self.home))
        assert found is not None, "there is no server"
        return found

    def end_server(self, how: signal.Signals) -> None:
        process = self.server.pid
        server = os.pidfd_open(process)
        os.kill(process, how)
        assert readable([server], [], [], 30)[0], "the server did not end"
        os.close(server)

    def start_flow(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "chaos_faults.witness", str(self.notes)]
        started = subprocess.Popen(command, env=self.environment, stderr=subprocess.PIPE, text=True)
        self.flows.append(started)
        return started

    def end_flows(self) -> None:
        """Wait until each has ended."""
        for each in self.flows:
            each.wait(timeout=120)
            assert each.stderr is not None
            each.stderr.close()

    def told(self) -> list[str]:
        """The task runs of which flows have seen that they completed."""
        return self.notes.read_text().split() if self.notes.exists() else []


def assert_sound(ledger: Ledger, told: list[str], words: str) -> None:
    """All that flows were told is recorded, everything has ended, and no history is illegal. ``words`` say what is looked at."""
    with ledger.read() as connection:
        completed = select(run_tables.task_run.c.id).where(run_tables.task_run.c.state_type == str(COMPLETED))
        lost = set(told) - set(connection.execute(completed).scalars())
        assert len(set(told)) == len(told) > 0
        assert not lost, f"{words}: {len(lost)} of {len(told)} task runs are not recorded as completed"
        assert quarantine.count(connection) == 0
        for runs, states, run_id in (
            (run_tables.flow_run, run_tables.flow_run_state, "flow_run_id"),
            (run_tables.task_run, run_tables.task_run_state, "task_run_id"),
        ):
            unfinished = select(runs.c.id).where(runs.c.state_type.not_in(sorted(map(str, TERMINAL))))
            assert connection.execute(unfinished).first() is None, words
            for a_run, history in _histories(connection, states, run_id).items():
                assert all(can_move(before, after) for before, after in pairwise(history)), f"{words}: {a_run}"
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def _histories(connection: Connection, states: Table, run_id: str) -> dict[str, list[StateType]]:
    found: dict[str, list[StateType]] = {}
    lines = (
        select(states.c[run_id], states.c.type).where(states.c.applied).order_by(states.c[run_id], states.c.sequence)
    )
    for a_run, kind in connection.execute(lines):
        found.setdefault(a_run, []).append(StateType(kind))
    return found
