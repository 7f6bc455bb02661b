"""A concurrency limit: how many task runs with a tag may run at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from armillary.core.record import Record


@dataclass(slots=True)
class ConcurrencyLimit(Record):
    """``active_slots`` names the task runs that hold a slot now, longest first."""

    id: str
    tag: str
    slots: int
    active_slots: list[str] = field(default_factory=list)
    created: datetime | None = None
    updated: datetime | None = None
