"""A row of the table: what is measured, and what it has to reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Found:
    """``value`` in the row's unit; ``detail`` is for people. ``extra`` are further numbers for ``-o json``."""

    value: float
    detail: str = ""
    extra: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """``bar`` must be reached, ``aim`` is what we want; both in ``unit``. ``peer`` is what a peer's program is asked for
    the same, in the same unit; None where peers have nothing like it. ``run(rounds)`` measures."""

    name: str
    what: str
    unit: str
    bar: float
    aim: float
    run: Callable[[int], Found]
    peer: str | None = None
    more_is_better: bool = False

    def reaches(self, value: float, wanted: float) -> bool:
        return value >= wanted if self.more_is_better else value <= wanted
