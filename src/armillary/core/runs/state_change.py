"""One line of a run's history: the state it took, when, and whether the ledger applied it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from armillary.core.record import Record
from armillary.core.states import StateType


@dataclass(slots=True)
class StateChange(Record):
    """``applied`` is False for events of a stale owner or illegal transitions: they are stored but have no effect."""

    run_id: str
    type: StateType
    name: str
    timestamp: datetime
    message: str | None = None
    attempt: int = 1
    run_count: int = 0
    applied: bool = True
