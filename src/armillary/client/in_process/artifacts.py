"""Artifacts, from the ledger itself."""

from __future__ import annotations

from collections.abc import Callable

from armillary.core.page import Page
from armillary.core.runs.artifact import Artifact
from armillary.home import artifacts as home_artifacts
from armillary.ledger.database.opening import Ledger
from armillary.ledger.runs import artifacts


class InProcessArtifacts:
    """A part of :class:`armillary.client.in_process.client.InProcessClient`."""

    _ledger: Ledger
    _catch_up: Callable[[], None]

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
        self._catch_up()
        with self._ledger.read() as connection:
            return artifacts.page(
                connection, flow_run_id=flow_run_id, key=key, kind=kind, latest=latest, limit=limit, after=after
            )

    def artifact(self, artifact_id: str) -> Artifact:
        self._catch_up()
        with self._ledger.read() as connection:
            return home_artifacts.get(connection, artifact_id)
