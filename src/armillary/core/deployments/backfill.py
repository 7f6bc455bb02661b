"""A backfill: runs created on request for occurrences of a schedule."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from armillary.core.record import Record


@dataclass(slots=True)
class Backfill(Record):
    """``times`` are the occurrences, oldest first; ``flow_run_ids`` the runs created for them; empty in a dry run."""

    times: list[datetime] = field(default_factory=list)
    flow_run_ids: list[str] = field(default_factory=list)
