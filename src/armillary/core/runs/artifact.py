"""An artifact: something a run shows to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from armillary.core.record import Record


@dataclass(slots=True)
class Artifact(Record):
    """``kind`` is ``markdown``, ``table`` (``data`` is JSON), ``link``, ``image`` or ``progress``; ``fraction`` is how far progress
    has come, 0 to 1. Artifacts of one ``key`` are versions of one thing, the newest last."""

    id: str
    flow_run_id: str
    kind: str
    data: str
    created: datetime
    task_run_id: str | None = None
    key: str | None = None
    description: str | None = None
    fraction: float | None = None
    updated: datetime | None = None
