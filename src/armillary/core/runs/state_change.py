"""One line of a run's history: the state it took, when, and whether the ledger let it count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from armillary.core.record import Record
from armillary.core.states import StateType


@dataclass(slots=True)
class StateChange(Record):
    """``applied`` is False for what a stale owner wrote or what its state did not allow: kept, never in force."""

    run_id: str
    type: StateType
    name: str
    timestamp: datetime
    message: str | None = None
    attempt: int = 1
    run_count: int = 0
    applied: bool = True
