"""``/tokens``: who else may use this server."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from msgspec import json
from sqlalchemy import Connection

from armillary.clock import new_id, now_us, to_us
from armillary.core.api_token import ApiToken
from armillary.core.errors import InvalidOption
from armillary.ledger.nouns import api_tokens
from armillary.server.access.derived_tokens import bearer_token, derived_token
from armillary.server.api.answers import answer, tagged
from armillary.server.api.bodies import Body, Id, Moment, Name
from armillary.server.api.idempotency import Key, create_once
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import ADMIN, Caller, requires

router = api_router("/tokens", tags=["access"])


class NewToken(Body):
    """``expires`` left out: good until it is revoked; else it lies ahead."""

    name: Name
    scope: Literal["admin", "agent"] = "agent"
    expires: Moment | None = None


@dataclass(slots=True)
class MadeToken:
    """``token`` is told only here."""

    token: str
    api_token: ApiToken


@router.get("", response_model=list[ApiToken], dependencies=[requires(ADMIN)])
def list_tokens(request: Request, ledger: ServedLedger) -> Response:
    """Every token there is, by what it may do; never the token itself."""
    with ledger.read() as connection:
        return tagged(request, api_tokens.every(connection))


@router.post("", response_model=MadeToken, dependencies=[requires(ADMIN)], status_code=201)
def create_token(request: Request, ledger: ServedLedger, wanted: NewToken, key: Key = None) -> Response:
    """The answer holds the token itself, which is told only here."""
    callers_own = bearer_token(request)
    if (
        key is None or callers_own is None
    ):  # without a token of the caller's a key would tell everybody which one was made
        key, token = None, secrets.token_urlsafe(32)
    else:
        token = derived_token(callers_own, f"armillary token {key}")
    expires = None if wanted.expires is None else to_us(wanted.expires)

    caller: Caller = request.scope["caller"]

    def create(connection: Connection) -> ApiToken:
        now = now_us()
        if expires is not None and expires <= now:
            raise InvalidOption(
                f"{wanted.expires} is over: the token would never be good.",
                subject="expires",
                advice="Give a time that lies ahead.",
            )
        return api_tokens.create(
            connection, new_id(), wanted.name, wanted.scope, token, now, expires, made_by=caller.key
        )

    created = create_once(ledger, key, "POST /tokens", wanted, create)
    return answer(MadeToken(token, json.decode(created.body, type=ApiToken)), 201)


@router.delete("/{token_id}", response_model=ApiToken, dependencies=[requires(ADMIN)])
def revoke_token(
    request: Request,
    ledger: ServedLedger,
    token_id: Id,
    with_children: Annotated[bool, Query(description="Also every token that was made with it.")] = False,
) -> Response:
    """The token, which is refused from now on, and with it the browsers it signed in."""
    with ledger.write() as connection:
        revoked = api_tokens.revoke(connection, str(token_id), now_us(), with_children=with_children)
    request.app.state.callers.forget()
    return answer(revoked)
