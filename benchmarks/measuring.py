"""Running programs and timing them: fresh processes, a home of their own, medians of several rounds."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"


@dataclass
class Measure:
    """What several rounds gave, in one unit."""

    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def span(self) -> str:
        """``least–most``."""
        return f"{_short(min(self.values))}–{_short(max(self.values))}"


def _short(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def environment(home: str) -> dict[str, str]:
    """The caller's, without its Armillary settings, with compiled files allowed and log lines off."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARMILLARY_", "PREFECT_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, "ARMILLARY_HOME": home, "ARMILLARY_LOGGING_LEVEL": "WARNING", "PYTHONWARNINGS": "ignore"}


def wall_seconds(*command: str) -> float:
    """How long a process takes from its start to its end, in a fresh home."""
    with tempfile.TemporaryDirectory() as home:
        started = time.perf_counter()
        subprocess.run(command, env=environment(home), check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - started


def told(program: str, *arguments: str) -> dict[str, Any]:
    """What one of our programs prints, a JSON object, in a fresh process and home."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, str(PROGRAMS / program), *arguments]
        importing = {
            **environment(home),
            "PYTHONPATH": str(HERE.parent),
        }  # the benchmarks themselves, wherever this is called
        result = subprocess.run(command, env=importing, check=True, stdout=subprocess.PIPE, text=True)
        return dict(json.loads(result.stdout.splitlines()[-1]))


def interleaved(commands: Sequence[Sequence[str]], rounds: int) -> list[Measure]:
    """Wall seconds of several commands, taken in turns so that the machine's mood is shared. The first turn warms up."""
    measures = [Measure() for _ in commands]
    for turn in range(rounds + 1):
        for measure, command in zip(measures, commands, strict=True):
            seconds = wall_seconds(*command)
            if turn:
                measure.values.append(seconds)
    return measures
