"""``/artifacts``: what runs show to people."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import Field

from armillary.core.page import Page
from armillary.core.runs.artifact import Artifact
from armillary.ledger.runs import artifacts
from armillary.server.api.answers import answer, found, tagged
from armillary.server.api.bodies import LARGEST_PAGE, After, Body, Id, Limit, Text
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


class ArtifactListing(Body):
    """``latest``: of each key only the newest, and none without a key. ``after`` is that of the page before."""

    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None
    key: Text | None = None
    kind: Text | None = None
    latest: bool = False
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 200
    after: Annotated[str, Field(max_length=2000)] | None = None


@router.post("/filter", response_model=Page[Artifact], dependencies=[requires(READ)])
def filter_artifacts(ledger: ServedLedger, wanted: ArtifactListing | None = None) -> Response:
    """Artifacts that match, newest first."""
    wanted = wanted or ArtifactListing()
    with ledger.read() as connection:
        page = artifacts.page(
            connection,
            flow_run_id=None if wanted.flow_run_id is None else str(wanted.flow_run_id),
            task_run_id=None if wanted.task_run_id is None else str(wanted.task_run_id),
            key=wanted.key,
            kind=wanted.kind,
            latest=wanted.latest,
            limit=wanted.limit,
            after=wanted.after,
        )
    return answer(page)


@router.get("/{artifact_id}", response_model=Artifact, dependencies=[requires(READ)])
def read_artifact(request: Request, ledger: ServedLedger, artifact_id: Id) -> Response:
    with ledger.read() as connection:
        artifact = artifacts.get(connection, str(artifact_id))
    return tagged(request, found(artifact, "artifact", artifact_id))
