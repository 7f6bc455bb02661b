"""Artifacts."""

from __future__ import annotations

from sqlalchemy import Connection

from armillary.core.errors import NotFound
from armillary.core.runs.artifact import Artifact
from armillary.ledger.runs import artifacts


def get(connection: Connection, artifact_id: str) -> Artifact:
    """Raises NotFound."""
    found = artifacts.get(connection, artifact_id)
    if found is None:
        raise NotFound(f"There is no artifact {artifact_id!r}.", subject=artifact_id)
    return found
