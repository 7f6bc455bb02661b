"""Artifacts, from a server."""

from __future__ import annotations

from armillary.client.http.transport import Transport, part
from armillary.core.page import Page
from armillary.core.runs.artifact import Artifact


class HttpArtifacts:
    """A part of :class:`armillary.client.http.client.HttpClient`."""

    _server: Transport

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
        asked = {"flow_run_id": flow_run_id, "key": key, "kind": kind, "latest": latest, "limit": limit, "after": after}
        return self._server.get("artifacts", Page[Artifact], **asked)

    def artifact(self, artifact_id: str) -> Artifact:
        return self._server.get(f"artifacts/{part(artifact_id)}", Artifact)
