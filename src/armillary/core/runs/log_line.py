"""One log line of a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from armillary.core.record import Record


@dataclass(slots=True)
class LogLine(Record):
    """``ordinal`` counts the lines of one root run and is what readers page and link by; ``level`` is logging's number.
    ``whole_length`` is how many characters the message has, where only its beginning was asked for and it is longer. ``run_name`` is that
    of the task run that said it, or else of the flow run, where names were asked for."""

    flow_run_id: str
    ordinal: int
    timestamp: datetime
    level: int
    message: str
    logger: str = "armillary.flow_runs"
    task_run_id: str | None = None
    whole_length: int | None = None
    run_name: str | None = None
