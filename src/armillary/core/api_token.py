"""A token that authenticates its bearer to a server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from armillary.core.record import Record


@dataclass(slots=True)
class ApiToken(Record):
    """``scope`` is ``admin``, ``agent`` or ``browser``. ``made_by`` is the id of the token that created it, ``home`` for the home's
    own; None if the release did not record it. The token itself is returned once, on creation, and never stored."""

    id: str
    name: str
    scope: str
    created: datetime
    expires: datetime | None = None
    last_used: datetime | None = None
    revoked: datetime | None = None
    made_by: str | None = None
