"""Is the server up, can it do its work, and what is it doing?"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from armillary.server.api.answers import answer
from armillary.server.ledger_access import ServedLedger
from armillary.server.metrics import exposition
from armillary.server.permissions import READ, requires

router = APIRouter(tags=["server"])


@router.get("/health")
async def health() -> Response:
    """The process answers. Open to everybody."""
    return answer({"status": "ok"})


@router.get("/ready")
def ready(ledger: ServedLedger) -> Response:
    """The ledger can be read and its journals are followed; 503 when not. Open to everybody."""
    with ledger.read():
        return answer({"status": "ready"})


@router.get("/metrics", dependencies=[requires(READ)], response_class=Response)
def metrics(request: Request) -> Response:
    """Numbers for Prometheus."""
    return Response(exposition(request.app.state), media_type=CONTENT_TYPE_LATEST)
