"""The input a paused flow run requests, and the value it received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from armillary.core.record import Record


@dataclass(slots=True)
class RunInput(Record):
    """``schema`` is the JSON Schema of the requested value; None: the run only waits to be resumed. ``key`` names the question
    within its run. ``expires`` is when the wait times out. ``answer`` is a JSON value, valid once ``answered`` is set."""

    flow_run_id: str
    key: str
    created: datetime
    schema: dict[str, Any] | None = None
    expires: datetime | None = None
    answer: Any = None
    answered: datetime | None = None
