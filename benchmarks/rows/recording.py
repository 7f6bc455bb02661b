"""What recording costs."""

from __future__ import annotations

from benchmarks.measuring import Measure, told
from benchmarks.row import Found, Row


def _append(rounds: int) -> Found:
    measure = Measure([told("append.py")["microseconds"] for _ in range(rounds)])
    return Found(measure.median, measure.span)


def _ingest(rounds: int) -> Found:
    measure = Measure([told("ingest.py")["events_per_second"] for _ in range(rounds)])
    return Found(measure.median, measure.span)


ROWS = [
    Row("append", "event appended to a journal, encoding included", "µs", 5, 2, _append),
    Row("ingest", "events taken into SQLite, one reader", "events/s", 20_000, 40_000, _ingest, more_is_better=True),
]
