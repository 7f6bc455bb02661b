"""The command as people run it: a process of its own, over a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import warm_commands

FLOWS = '''
import os
from pathlib import Path
from time import monotonic, sleep

from armillary import flow, task
from armillary.task_runners import ConcurrentTaskRunner

HERE = Path(os.environ["ARMILLARY_HOME"]).parent


@task(persist_result=True)
def load(rows: int) -> dict[str, int]:
    print(f"loading {rows}")
    return {"rows": rows}


@task
def check(data: dict[str, int]) -> int:
    if data["rows"] < 0 and not (HERE / "mended").exists():
        raise ValueError("fewer than no rows")
    return data["rows"]


@flow(log_prints=True, retries=1, persist_result=True)
def pipeline(rows: int = 3) -> int:
    """Loads and checks."""
    return check(load(rows)).result()


@flow(log_prints=True)
def once(rows: int = 3) -> int:
    return check(load(rows)).result()


@flow
def plain(rows: object) -> int:
    return check({"rows": -1}).result()


@task
def nap() -> None:
    until = monotonic() + 120
    print("napping")
    while monotonic() < until and not (HERE / "wake").exists():
        sleep(0.01)


@flow(task_runner=ConcurrentTaskRunner(max_workers=2), log_prints=True)
def napper(many: int = 1) -> None:
    for _ in range(many):
        nap()


@flow(persist_result=True)
def keeper(rows: int = 3) -> int:
    return load(rows).result()["rows"]


@flow
async def greet(name: str) -> str:
    return f"Hello, {name}"
'''


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Armillary:
    """``armillary("flow-run", "ls")`` runs the command and tells what it said."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.completed: dict[str, Any] = {}
        self.failed: dict[str, Any] = {}
        self.folder = home.parent
        self.flows = self.folder / "flows.py"
        self.flows.write_text(FLOWS)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARMILLARY_")}
        self.environment = {**kept, "ARMILLARY_HOME": str(home), "NO_COLOR": "1"}

    def __call__(self, *arguments: str, code: int | None = 0, given: str = "", **environment: str) -> Said:
        done = warm_commands.run(
            arguments, env={**self.environment, **environment}, cwd=self.folder, given=given, code=code
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "armillary", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=self.environment,
        )

    def ran(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """The flow run that ``armillary run`` made."""
        found: dict[str, Any] = self("run", *arguments, "-o", "json", code=code).json
        return found


@pytest.fixture
def armillary(tmp_path: Path) -> Armillary:
    return Armillary(tmp_path / "home")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Armillary:
    """A home in which one run completed and one failed; tests that share it only look."""
    made = Armillary(tmp_path_factory.mktemp("filled") / "home")
    made.completed = made.ran("flows.py:pipeline")
    made.failed = made.ran("flows.py:pipeline", "--param", "rows=-1", code=1)
    return made
