"""What the flows of a campaign noted down, and the bodies it tells of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

SILENCE_SECONDS = 2.0
"""Flows note something ten times a second. A body that is silent for longer than this was stopped meanwhile, and did nothing."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Effect:
    """One line of a flow. ``at`` is in seconds of the machine's monotonic clock."""

    kind: str
    run_id: str
    attempt: int
    pid: int
    at: float
    detail: str = "-"


@dataclass(slots=True)
class Body:
    """One execution of a run in one process. ``spans`` are the times at which it was at work."""

    run_id: str
    attempt: int
    pid: int
    spans: list[Span] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    ended: bool = False

    @property
    def began(self) -> float:
        return self.spans[0][0]

    @property
    def life(self) -> str:
        """Its first and its last moment, and whether it came to its end."""
        return f"{self.began:.1f} to {self.spans[-1][1]:.1f}{', to its end' if self.ended else ''}"

    def beside(self, other: Body) -> float:
        """For how many seconds both were at work."""
        return sum(
            max(0.0, min(end, other_end) - max(start, other_start))
            for start, end in self.spans
            for other_start, other_end in other.spans
        )

    def __str__(self) -> str:
        return f"run {self.run_id} attempt {self.attempt} process {self.pid}"


def read(path: Path) -> list[Effect]:
    """The last line may be missing its end where the machine's disk is full; campaigns do not fill it."""
    if not path.exists():
        return []
    return [_effect(line.split(" ", 5)) for line in path.read_text().splitlines()]


def bodies(effects: Iterable[Effect]) -> list[Body]:
    """In the order in which they began."""
    found: dict[tuple[str, int, int], Body] = {}
    for effect in sorted(effects, key=lambda each: each.at):
        key = effect.run_id, effect.attempt, effect.pid
        body = found.get(key)
        if body is None:
            body = found[key] = Body(*key)
        _extend(body.spans, effect.at)
        if effect.kind == "does":
            body.steps.append(effect.detail)
        elif effect.kind == "sees":
            body.seen.append(effect.detail)
        elif effect.kind == "ends":
            body.ended = True
    return list(found.values())


def _extend(spans: list[Span], at: float) -> None:
    if spans and at - spans[-1][1] <= SILENCE_SECONDS:
        spans[-1] = spans[-1][0], at
    else:
        spans.append((at, at))


def _effect(words: list[str]) -> Effect:
    kind, run_id, attempt, pid, at, detail = words
    return Effect(kind, run_id, int(attempt), int(pid), float(at), detail)
