"""What scheduling and starting deployed runs costs."""

from __future__ import annotations

from functools import cache

from benchmarks.measuring import told
from benchmarks.row import Found, Row


@cache
def _run_now(warm: int) -> dict[str, float]:
    return told("run_now.py", str(warm))


def _median(warm: int) -> Found:
    return Found(_run_now(warm)["milliseconds"], f"99 of 100 within {_run_now(warm)['p99']:.0f} ms")


def _scheduler(rounds: int, kind: str) -> Found:
    said = told("scheduler.py", "1000000" if rounds > 1 else "50000", kind)
    return Found(
        said["milliseconds"], f"at most {said['most']:.0f} ms, {said['made']} runs made", {"most": said["most"]}
    )


@cache
def _deaths() -> dict[str, float]:
    return told("deaths.py")


def _agent_memory(rounds: int) -> Found:
    said = told("agent_memory.py", "800" if rounds > 1 else "400")
    detail = f"slope over {said['runs']} runs, {said['begin_mb']:.1f} to {said['end_mb']:.1f} MB"
    return Found(said["growth_mb"], detail)


def _claims(kind: str) -> Found:
    said = told("claims.py", kind)
    detail = (
        f"{said['twice']} handed out twice, {said['lost']} lost; slowest tenth of the time {said['slowest_tenth']:.2f}"
    )
    return Found(said["runs_per_second"], f"{detail} of the mean")


ROWS = [
    Row("run-now", "run now to the first user line, warm interpreter", "ms", 50, 50, lambda _rounds: _median(2)),
    Row("run-now-cold", "the same, without a warm interpreter", "ms", 400, 100, lambda _rounds: _median(0)),
    Row("run-now-p99", "the same, 99 of 100", "ms", 1000, 400, lambda _rounds: Found(_run_now(0)["p99"])),
    Row(
        "process-death",
        "a run's process killed: until it is CRASHED with the signal named",
        "s",
        1,
        0.3,
        lambda _rounds: Found(_deaths()["process_seconds"], "the longest of five"),
    ),
    Row(
        "agent-death",
        "an agent killed: until its run has begun at another",
        "s",
        20,
        17,
        lambda _rounds: Found(_deaths()["agent_seconds"]),
    ),
    Row("agent-memory", "an agent's growth over 10,000 runs, extrapolated", "MB", 20, 5, _agent_memory),
    Row(
        "scheduler",
        "scheduler turn, 1,000 deployments, 1 M finished runs",
        "ms",
        50,
        10,
        lambda rounds: _scheduler(rounds, "sqlite"),
    ),
    Row(
        "scheduler-postgresql", "the same, in PostgreSQL", "ms", 50, 10, lambda rounds: _scheduler(rounds, "postgresql")
    ),
    Row(
        "claims",
        "due runs handed out, 10,000 of them to 20 agents",
        "runs/s",
        100,
        500,
        lambda _: _claims("sqlite"),
        more_is_better=True,
    ),
    Row(
        "claims-postgresql",
        "the same, in PostgreSQL",
        "runs/s",
        100,
        500,
        lambda _: _claims("postgresql"),
        more_is_better=True,
    ),
]
