"""``/services``: what servers do by themselves."""

from __future__ import annotations

from fastapi import Response

from armillary.ledger import service_leases
from armillary.ledger.service_leases import ServiceLease
from armillary.server.api.answers import answer
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, requires

router = api_router("/services", tags=["server"])


@router.get("", response_model=list[ServiceLease], dependencies=[requires(READ)])
def list_services(ledger: ServedLedger) -> Response:
    """Each service with the server that runs it and its last turn."""
    with ledger.read() as connection:
        return answer(service_leases.every(connection))
