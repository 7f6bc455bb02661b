"""What a server costs: to start, idle, while many look on, and for runs elsewhere."""

from __future__ import annotations

from functools import cache
from typing import Any

from benchmarks.measuring import told
from benchmarks.row import Found, Row


def _start(_rounds: int) -> Found:
    said = told("server_start.py")
    return Found(
        said["milliseconds"],
        f"{said['processor']:.0f} ms of a core; with a database to make: {said['fresh']:,.0f} ms",
    )


@cache
def _idling() -> dict[str, Any]:
    return told("server_idle.py")


@cache
def _streaming() -> dict[str, Any]:
    return told("stream.py")


@cache
def _remote(kind: str = "sqlite") -> dict[str, Any]:
    return told("remote.py", kind)


def _fan_out(_rounds: int) -> Found:
    said = _streaming()
    return Found(
        said["percent_of_core"],
        f"{said['changes']:,} changes told; {said['without_listeners']:.0f} % without viewers",
    )


def _follow(_rounds: int) -> Found:
    said = told("follow.py")
    return Found(said["p95_milliseconds"], f"p95; median {said['p50_milliseconds']:.0f} ms")


def _cancel(_rounds: int) -> Found:
    said = _remote()
    return Found(said["cancel_milliseconds"], f"at most {said['cancel_most']:.0f} ms")


def _glance(_rounds: int) -> Found:
    said = told("glances.py")
    return Found(
        said["glance"],
        f"of {said['glances']}, at most {said['most']:.0f} ms; to read it whole: {said['whole']:,.0f} ms",
    )


ROWS = [
    Row("server-start", "server, from its start to ready", "ms", 1500, 800, _start),
    Row("server-memory", "server, idle: memory", "MB", 120, 100, lambda _: Found(_idling()["memory_mb"])),
    Row("server-idle", "server, idle: share of a core", "%", 1, 0.5, lambda _: Found(_idling()["percent_of_core"])),
    Row("follow", "a local transition to the live stream", "ms", 100, 60, _follow),
    Row("fan-out", "fan-out to 200 viewers, 500 transitions/s: share of a core", "%", 25, 15, _fan_out),
    Row(
        "fan-out-late",
        "the same: transition to each viewer, 99th percentile",
        "ms",
        1000,
        300,
        lambda _: Found(_streaming()["p99_milliseconds"], f"median {_streaming()['p50_milliseconds']:.0f} ms"),
    ),
    Row("remote-cancel", "a cancel to the running task of a flow elsewhere", "ms", 1000, 300, _cancel),
    Row(
        "shipping",
        "events shipped by HTTP and taken into SQLite",
        "events/s",
        20_000,
        40_000,
        lambda _: Found(_remote()["frames_per_second"], "start of the process that ships included"),
        more_is_better=True,
    ),
    Row(
        "shipping-postgresql",
        "the same, into PostgreSQL",
        "events/s",
        15_000,
        30_000,
        lambda _: Found(_remote("postgresql")["frames_per_second"], "start of the process that ships included"),
        more_is_better=True,
    ),
    Row(
        "glance",
        "the graph of a running map of 100,000, brought up to date four times a second",
        "ms",
        100,
        30,
        _glance,
    ),
]
