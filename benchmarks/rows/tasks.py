"""What a task costs."""

from __future__ import annotations

from benchmarks.measuring import Measure, told
from benchmarks.row import Found, Row


def _per_task(kind: str, number: int, rounds: int) -> Measure:
    return Measure([told("tasks.py", kind, str(number))["per_task_ms"] for _ in range(rounds)])


def _sequential(rounds: int) -> Found:
    measure = _per_task("sequential", 1000, rounds)
    return Found(measure.median, measure.span)


def _concurrent(rounds: int) -> Found:
    measure = _per_task("concurrent", 1000, rounds)
    return Found(measure.median, measure.span)


def _mapped(rounds: int) -> Found:
    answers = [told("tasks.py", "mapped", "10000") for _ in range(rounds)]
    seconds = Measure([answer["seconds"] for answer in answers])
    peak = max(answer["peak_mb"] for answer in answers)
    return Found(seconds.median, f"{seconds.span}; peak {peak:.0f} MB", {"peak_mb": peak})


def _mapped_memory(rounds: int) -> Found:
    return Found(max(told("tasks.py", "mapped", "10000")["peak_mb"] for _ in range(min(rounds, 2))))


def _flat(rounds: int) -> Found:
    costs = {number: _per_task("concurrent", number, rounds).median for number in (100, 1000, 10_000, 100_000)}
    told_costs = ", ".join(f"{number:,}: {cost * 1000:.0f} µs" for number, cost in costs.items())
    return Found(costs[100_000] / min(costs.values()), told_costs)


ROWS = [
    Row("sequential", "per task, 1,000 sequential trivial tasks", "ms", 0.12, 0.05, _sequential, peer="sequential"),
    Row("concurrent", "per task, 1,000 concurrent trivial tasks", "ms", 0.12, 0.07, _concurrent, peer="concurrent"),
    Row("mapped", "10,000 mapped tasks", "s", 2, 1, _mapped),
    Row("mapped-memory", "10,000 mapped tasks, peak memory", "MB", 150, 100, _mapped_memory),
    Row("flat", "cost per task at 100,000 over the least of 100 to 100,000", "×", 1.3, 1.1, _flat),
]
