"""What scheduling and starting deployed runs costs."""

from __future__ import annotations

from benchmarks.measuring import told
from benchmarks.row import Found, Row


def _run_now(warm: int) -> Found:
    said = told("run_now.py", str(warm))
    return Found(said["milliseconds"], f"at most {said['most']:.0f} ms", {"most": said["most"]})


def _scheduler(rounds: int) -> Found:
    said = told("scheduler.py", "1000000" if rounds > 1 else "50000")
    return Found(
        said["milliseconds"], f"at most {said['most']:.0f} ms, {said['made']} runs made", {"most": said["most"]}
    )


def _claims(_rounds: int) -> Found:
    said = told("claims.py")
    detail = (
        f"{said['twice']} handed out twice, {said['lost']} lost, half of them after {said['first_half_of_time']:.2f}"
    )
    return Found(said["runs_per_second"], f"{detail} of the time")


ROWS = [
    Row("run-now", "run now to the first user line, warm interpreter", "ms", 50, 50, lambda _rounds: _run_now(2)),
    Row("run-now-cold", "the same, without a warm interpreter", "ms", 400, 100, lambda _rounds: _run_now(0)),
    Row("scheduler", "scheduler turn, 1,000 deployments, 1 M finished runs", "ms", 50, 10, _scheduler),
    Row("claims", "due runs handed out, 10,000 of them to 20 agents", "runs/s", 100, 500, _claims, more_is_better=True),
]
