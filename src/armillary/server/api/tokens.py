"""``/tokens``: who else may use this server."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request, Response

from armillary.client.new_ids import new_id
from armillary.ledger import api_tokens
from armillary.ledger.rows import micros
from armillary.server.api.answers import answer
from armillary.server.api.bodies import Body, Id, Name
from armillary.server.api.clock import now_micros
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import ADMIN, requires

router = APIRouter(prefix="/tokens", tags=["access"])


class NewToken(Body):
    """``expires`` left out: good until it is revoked."""

    name: Name
    scope: Literal["admin", "agent"] = "agent"
    expires: datetime | None = None


@router.get("", dependencies=[requires(ADMIN)])
def every(ledger: ServedLedger) -> Response:
    with ledger.read() as connection:
        return answer(api_tokens.every(connection))


@router.post("", dependencies=[requires(ADMIN)], status_code=201)
def create(ledger: ServedLedger, wanted: NewToken) -> Response:
    """The answer holds the token itself, which is told only here."""
    token = secrets.token_urlsafe(32)
    expires = None if wanted.expires is None else micros(wanted.expires)
    with ledger.write() as connection:
        made = api_tokens.create(connection, new_id(), wanted.name, wanted.scope, token, now_micros(), expires)
    return answer({"token": token, "api_token": made}, 201)


@router.delete("/{token_id}", dependencies=[requires(ADMIN)])
def revoke(request: Request, ledger: ServedLedger, token_id: Id) -> Response:
    with ledger.write() as connection:
        revoked = api_tokens.revoke(connection, str(token_id), now_micros())
    if request.app.state.callers is not None:
        request.app.state.callers.forget()
    return answer(revoked)
