"""``/artifacts``: what runs show to people."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from armillary.core.artifact import Artifact
from armillary.core.page import Page
from armillary.ledger import artifacts
from armillary.server.api.answers import found, tagged
from armillary.server.api.bodies import After, Id, Limit
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, requires

router = api_router("/artifacts", tags=["artifacts"])


@router.get("", response_model=Page[Artifact], dependencies=[requires(READ)])
def list_artifacts(
    request: Request,
    ledger: ServedLedger,
    flow_run_id: UUID | None = None,
    task_run_id: UUID | None = None,
    key: Annotated[str | None, Query(max_length=500)] = None,
    kind: Annotated[str | None, Query(max_length=100)] = None,
    latest: Annotated[bool, Query(description="Of each key only the newest, and none without a key.")] = False,
    limit: Limit = 200,
    after: After = None,
) -> Response:
    """Artifacts that match, newest first."""
    with ledger.read() as connection:
        page = artifacts.page(
            connection,
            flow_run_id=None if flow_run_id is None else str(flow_run_id),
            task_run_id=None if task_run_id is None else str(task_run_id),
            key=key,
            kind=kind,
            latest=latest,
            limit=limit,
            after=after,
        )
    return tagged(request, page)


@router.get("/{artifact_id}", response_model=Artifact, dependencies=[requires(READ)])
def read_artifact(request: Request, ledger: ServedLedger, artifact_id: Id) -> Response:
    with ledger.read() as connection:
        artifact = artifacts.get(connection, str(artifact_id))
    return tagged(request, found(artifact, "artifact", artifact_id))
