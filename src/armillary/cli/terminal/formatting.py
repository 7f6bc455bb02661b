"""How times, durations and tags read in tables."""

from __future__ import annotations

from datetime import UTC, datetime
from json import dumps
from typing import Any

from msgspec import json

from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.run_input import RunInput
from armillary.core.runs.task_run import TaskRun
from armillary.core.runs.time_spent import TimeSpent


def moment(when: datetime | None) -> str:
    """
    >>> moment(datetime(2022, 6, 15, 3, 51, tzinfo=UTC))
    '2022-06-15T03:51:00Z'
    """
    return "" if when is None else when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def compact(value: Any) -> str:
    """As people write it, on one line.

    >>> compact({"rows": 3, "paths": ["a"]})
    '{"rows": 3, "paths": ["a"]}'
    """
    return dumps(value, ensure_ascii=False, default=str)


def ago(when: datetime | None, now: datetime) -> str:
    """
    >>> ago(datetime(2022, 6, 15, 3, 51, tzinfo=UTC), datetime(2022, 6, 15, 6, 2, tzinfo=UTC))
    '2 h ago'
    """
    if when is None:
        return ""
    seconds = (now - when).total_seconds()
    amount = _rounded(abs(seconds))
    return f"in {amount}" if seconds < 0 else f"{amount} ago"


def _rounded(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"


def duration(seconds: float) -> str:
    """
    >>> [duration(seconds) for seconds in (0.0123, 1.5, 75, 7_384)]
    ['12 ms', '1.50 s', '1 min 15 s', '2 h 3 min']
    """
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    if seconds < 3_600:
        return f"{int(seconds // 60)} min {int(seconds % 60)} s"
    return f"{int(seconds // 3_600)} h {int(seconds % 3_600 // 60)} min"


def run_time_seconds(run: FlowRun | TaskRun, now: datetime) -> float | None:
    """Seconds from start to end, or to now; None for a run that never started."""
    if run.start_time is None:
        return None
    return max(((run.end_time or now) - run.start_time).total_seconds(), 0.0)


def run_duration(run: FlowRun | TaskRun, now: datetime) -> str:
    seconds = run_time_seconds(run, now)
    return "" if seconds is None else duration(seconds)


def size(count: int) -> str:
    """
    >>> size(1_536), size(12)
    ('1.5 KiB', '12 B')
    """
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024 or unit == "GiB":
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    raise AssertionError("the last unit takes everything")


def wanted_input(asked: RunInput) -> str:
    """What a paused run asks for, in words: each field with its type."""
    schema = asked.schema
    if schema is None:
        return "nothing but to be resumed"
    required = schema.get("required", ())
    fields = [
        f"{name} ({each.get('type', 'any')}{', required' if name in required else ''})"
        for name, each in schema.get("properties", {}).items()
    ]
    return ", ".join(fields) or json.encode(schema).decode()


def spent_words(spent: TimeSpent) -> str:
    """Where the time of a flow run went, summed over its task runs.

    >>> spent_words(TimeSpent("id", 2.0, 0.25, 0.0, 0.0016, 40))
    'user 2.0 s, waiting 0.3 s, serialisation 0 ms, orchestration 2 ms (over 40 task runs, with those of subflows)'
    """
    parts = ("user", "waiting", "serialisation", "orchestration")
    told = ", ".join(f"{part} {_short(getattr(spent, f'{part}_seconds'))}" for part in parts)
    return f"{told} (over {spent.task_runs:,} task runs, with those of subflows)" if spent.task_runs else told


def _short(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 0.1 else f"{seconds:.1f} s"
