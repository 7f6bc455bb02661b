"""Where a run's persisted value is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from armillary.core.record import Record


@dataclass(slots=True)
class StoredResult(Record):
    """``storage`` is the store's URL, ``key`` the object in it; ``size`` is in bytes of the stored form."""

    run_id: str
    storage: str
    key: str
    serializer: str
    size: int
    created: datetime
    expires: datetime | None = None
    content_type: str | None = None
    for_resume_only: bool = False
