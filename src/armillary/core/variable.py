"""A variable: a named value that flows read and people change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Variable:
    """``value`` is anything JSON can say."""

    name: str
    value: Any
    tags: list[str] = field(default_factory=list)
    created: datetime | None = None
    updated: datetime | None = None
