"""A flow: the function's name under which its runs are recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from armillary.core.record import Record


@dataclass(slots=True)
class Flow(Record):
    """One row per flow name. ``id`` is derived from the name, so that every process derives the same one."""

    id: str
    name: str
    description: str | None = None
    tags: list[str] = field(default_factory=list)
    created: datetime | None = None
    updated: datetime | None = None
