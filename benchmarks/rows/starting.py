"""What it costs to start."""

from __future__ import annotations

import sys

from benchmarks.measuring import PROGRAMS, interleaved
from benchmarks.row import Found, Row

BARE = (sys.executable, "-c", "pass")


def _import(rounds: int) -> Found:
    bare, ours = interleaved([BARE, (sys.executable, "-c", "from armillary import flow, task")], rounds * 4)
    return Found(
        (ours.median - bare.median) * 1000, f"{ours.median * 1000:.0f} ms; bare Python {bare.median * 1000:.0f} ms"
    )


def _one_task(rounds: int) -> Found:
    bare, ours = interleaved([BARE, (sys.executable, str(PROGRAMS / "one_task.py"))], rounds * 4)
    detail = f"{ours.median * 1000:.0f} ms; bare Python {bare.median * 1000:.0f} ms"
    return Found(ours.median / bare.median, detail, {"seconds": ours.median})


def _forty_naps(rounds: int) -> Found:
    (ours,) = interleaved([(sys.executable, str(PROGRAMS / "naps.py"))], rounds)
    return Found(ours.median, ours.span)


ROWS = [
    Row("import", "from armillary import flow, task, over bare Python", "ms", 45, 25, _import, peer="import"),
    Row("one-task", "one-task flow in a fresh process, recorded", "× bare Python", 6, 4, _one_task, peer="one-task"),
    Row("forty-naps", "40 sequential 10 ms tasks, process start included", "s", 0.6, 0.5, _forty_naps),
]
