"""Measure the common filters; see :mod:`benchmarks.filters`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

from sqlalchemy import Connection

from armillary.ledger import Ledger, open_ledger
from armillary.ledger.postgresql.ledger import open_postgresql
from armillary.ledger.tables.run_tables import flow_run
from armillary.ledger.views import listings
from benchmarks.filters.common import FLOW_RUNS, TASK_RUNS
from benchmarks.filters.seed import seed

BAR_MILLISECONDS = 300
_ROUNDS = 5


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.filters")
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--postgresql", metavar="URL", help="a database with the seeded ledger, or for it, instead")
    parser.add_argument("--home", help="where the seeded ledger is, or is to be (default: .bench/filters-RUNS)")
    wanted = parser.parse_args()
    slowest = 0.0
    home = wanted.home or f".bench/filters-{wanted.runs}"
    with open_postgresql(home, wanted.postgresql) if wanted.postgresql else open_ledger(home) as ledger:
        _seeded(ledger, wanted.runs)
        for name, criteria in FLOW_RUNS.items():
            took = _milliseconds(ledger, lambda connection, each=criteria: listings.flow_runs(connection, each))  # type: ignore[misc]
            slowest = max(slowest, _say("flow runs", name, took))
        for name, criteria in TASK_RUNS.items():
            took = _milliseconds(ledger, lambda connection, each=criteria: listings.task_runs_page(connection, each))  # type: ignore[misc]
            slowest = max(slowest, _say("task runs", name, took))
    print(f"\nslowest {slowest:.1f} ms, bar {BAR_MILLISECONDS} ms")
    return 0 if slowest <= BAR_MILLISECONDS else 1


def _seeded(ledger: Ledger, runs: int) -> None:
    with ledger.read() as connection:
        there = listings.count(connection, flow_run, flow_run.c.id.is_not(None))
    if not there:
        print(f"Seeding {runs:,} flow runs …", file=sys.stderr)
        seed(ledger, runs)


def _milliseconds(ledger: Ledger, read: Callable[[Connection], object]) -> float:
    took = []
    for _ in range(_ROUNDS):
        with ledger.read() as connection:
            began = perf_counter()
            read(connection)
            took.append((perf_counter() - began) * 1000)
    return median(took)


def _say(noun: str, name: str, milliseconds: float) -> float:
    print(f"{noun:10} {name:26} {milliseconds:8.1f} ms")
    return milliseconds


if __name__ == "__main__":
    sys.exit(main())
