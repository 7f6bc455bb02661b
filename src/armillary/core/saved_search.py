"""A saved search: a named filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from armillary.core.record import Record


@dataclass(slots=True)
class SavedSearch(Record):
    """``definition`` is ``{"filter": …}``, the text of a filter bar."""

    id: str
    name: str
    definition: Any
    created: datetime | None = None
    updated: datetime | None = None
