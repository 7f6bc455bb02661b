"""What a client offers of artifacts."""

from __future__ import annotations

from typing import Protocol

from armillary.core.page import Page
from armillary.core.runs.artifact import Artifact


class Artifacts(Protocol):
    """A part of :class:`armillary.client.interface.client.Client`."""

    def artifacts(
        self,
        *,
        flow_run_id: str | None = None,
        key: str | None = None,
        kind: str | None = None,
        latest: bool = False,
        limit: int = 200,
        after: str | None = None,
    ) -> Page[Artifact]:
        """Artifacts that match, newest first. ``latest``: of each key only the newest, and none without a key."""
        ...

    def artifact(self, artifact_id: str) -> Artifact:
        """Raises NotFound."""
        ...
