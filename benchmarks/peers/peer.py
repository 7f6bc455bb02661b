"""A peer: its packages, its virtual environment, its answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import environment

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent.parent / ".bench"
MOST_SECONDS = 600


@dataclass(frozen=True)
class Peer:
    """``number``: tasks of a run; peers are slow, and their cost per task does not depend on it. ``kinds``: what it has."""

    name: str
    packages: tuple[str, ...]
    module: str
    program: str
    number: int
    kinds: tuple[str, ...] = ("import", "one-task", "sequential", "concurrent")

    def install(self) -> None:
        """Once; later calls find it there."""
        if (self._folder / "ready").exists():
            return
        print(f"installing {self.name} …", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(self._folder)], check=True)
        pip = [self._python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *self.packages]
        subprocess.run(pip, check=True)
        (self._folder / "ready").touch()

    def measure(self, kind: str) -> float | None:
        """Milliseconds for import, multiples of bare Python for one-task, milliseconds per task else."""
        if kind not in self.kinds:
            return None
        with tempfile.TemporaryDirectory() as home:
            bare = self._seconds(home, "-c", "pass")
            if kind == "import":
                importing = ("-c", f"import {self.module}")
                self._seconds(home, *importing)
                return (self._seconds(home, *importing) - bare) * 1000
            program = str(HERE / self.program)
            if kind == "one-task":
                self._seconds(home, program, kind)  # makes the database
                return self._seconds(home, program, kind) / bare
            answer = self._run(home, program, kind, str(self.number))
            return float(json.loads(answer.splitlines()[-1])["per_task_ms"])

    @property
    def _folder(self) -> Path:
        return CACHE / self.name.replace(" ", "-")

    @property
    def _python(self) -> str:
        return str(self._folder / "bin/python")

    def _seconds(self, home: str, *arguments: str) -> float:
        started = time.perf_counter()
        self._run(home, *arguments)
        return time.perf_counter() - started

    def _run(self, home: str, *arguments: str) -> str:
        own = {
            "HOME": home,
            "PREFECT_HOME": home,
            "PREFECT_LOGGING_LEVEL": "WARNING",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DAGSTER_HOME": home,
            "DAGSTER_DISABLE_TELEMETRY": "1",
        }
        return subprocess.run(
            [self._python, *arguments],
            cwd=home,
            env={**environment(os.path.join(home, "none")), **own},
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=MOST_SECONDS,
        ).stdout


PEERS = [
    Peer("Prefect 3.6", ("prefect==3.6.4", "fastapi==0.124.4", "sqlalchemy<2.1"), "prefect", "prefect_program.py", 200),
    Peer(
        "Prefect 2.0b6",
        (
            "prefect==2.0b6",
            "sqlalchemy<2",
            "pydantic<2",
            "anyio<4",
            "starlette<0.21",
            "fastapi<0.90",
            "httpx<0.24",
            "griffe<0.30",
        ),
        "prefect",
        "prefect_program.py",
        100,
    ),
    Peer("DBOS 3.4", ("dbos==3.4.0",), "dbos", "dbos_program.py", 500, ("import", "one-task", "sequential")),
    Peer(
        "Dagster 1.13", ("dagster==1.13.*",), "dagster", "dagster_program.py", 100, ("import", "one-task", "sequential")
    ),
]
