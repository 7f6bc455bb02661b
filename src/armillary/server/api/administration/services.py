"""``/services``: what servers do by themselves."""

from __future__ import annotations

from fastapi import Request, Response

from armillary.ledger.nouns import service_leases
from armillary.ledger.nouns.service_leases import ServiceLease
from armillary.server.api.answers import tagged
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, requires

router = api_router("/services", tags=["server"])


@router.get("", response_model=list[ServiceLease], dependencies=[requires(READ)])
def list_services(request: Request, ledger: ServedLedger) -> Response:
    """Each service with the server that runs it and its last turn."""
    with ledger.read() as connection:
        return tagged(request, service_leases.every(connection))
