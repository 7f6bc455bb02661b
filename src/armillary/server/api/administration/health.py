"""Is the server up, can it do its work, and what is it doing?"""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from armillary.server.api.answers import Status, answer
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.metrics import exposition
from armillary.server.permissions import READ, requires

router = api_router(tags=["server"])

_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


@router.get("/health", response_model=Status)
async def health() -> Response:
    """The process answers. Open to everybody."""
    return answer(Status("ok"))


@router.get("/ready", response_model=Status)
def ready(ledger: ServedLedger) -> Response:
    """The ledger can be read and its journals are followed; 503 when not. Open to everybody."""
    with ledger.read():
        return answer(Status("ready"))


@router.get("/metrics", response_class=Response, responses=_TEXT, dependencies=[requires(READ)])
def metrics(request: Request) -> Response:
    """Numbers for Prometheus."""
    return Response(exposition(request.app.state), media_type=CONTENT_TYPE_LATEST)
