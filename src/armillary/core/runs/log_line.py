"""One log line of a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from armillary.core.record import Record


@dataclass(slots=True)
class LogLine(Record):
    """``ordinal`` counts the lines of one root run and is what readers page and link by; ``level`` is logging's number.
    ``whole_length`` is the full length in characters if the message was truncated on request. ``run_name`` is that
    of the task run that logged it, else of the flow run, if names were requested."""

    flow_run_id: str
    ordinal: int
    timestamp: datetime
    level: int
    message: str
    logger: str = "armillary.flow_runs"
    task_run_id: str | None = None
    whole_length: int | None = None
    run_name: str | None = None
