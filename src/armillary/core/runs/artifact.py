"""An artifact: something a run shows to users."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from armillary.core.record import Record


@dataclass(slots=True)
class Artifact(Record):
    """``kind`` is ``markdown``, ``table`` (``data`` is JSON), ``link``, ``image`` or ``progress``; ``fraction`` is the
    progress, 0 to 1. Artifacts with the same ``key`` are versions of one artifact, the newest last."""

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
