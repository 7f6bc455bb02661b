"""A variable: a named value that flows read and people change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from armillary.core.record import Record


@dataclass(slots=True)
class Variable(Record):
    """``value`` is anything JSON can express."""

    name: str
    value: Any
    tags: list[str] = field(default_factory=list)
    created: datetime | None = None
    updated: datetime | None = None
