"""A saved search: a filter somebody gave a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class SavedSearch:
    """``definition`` is ``{"filter": …}``, the text of a filter bar."""

    id: str
    name: str
    definition: Any
    created: datetime | None = None
    updated: datetime | None = None
