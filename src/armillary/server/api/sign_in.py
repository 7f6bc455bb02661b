"""How a browser gets in: with a code that works once, or with a token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import Request, Response
from pydantic import Field
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from armillary.client.new_ids import new_id
from armillary.core.errors import Forbidden, Unauthenticated
from armillary.ledger import api_tokens
from armillary.server.access.callers import Callers
from armillary.server.access.derived_tokens import derived_token
from armillary.server.access.gate import COOKIE
from armillary.server.api.answers import Status, answer
from armillary.server.api.bodies import Body
from armillary.server.api.clock import now_micros
from armillary.server.api.idempotency import Key, create_once, told_before
from armillary.server.api.routes import api_router
from armillary.server.keeper import Keeper
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import ADMIN, READ, Caller, requires
from armillary.server.web import page

SIGNED_IN_SECONDS = 30 * 24 * 3600

router = api_router(tags=["access"])
link_router = api_router(include_in_schema=False)


@dataclass(slots=True)
class SignInLink:
    """``path`` is of this server."""

    path: str


_SIGN_IN = "POST /signin"
_NEW_LINK = "`armillary server status` prints a new sign-in link."


class Credentials(Body):
    token: Annotated[str, Field(min_length=1, max_length=500)]


@link_router.get("/signin")
def follow_link(request: Request, ledger: ServedLedger, code: str | None = None) -> Response:
    """Signs the browser in and goes to the dashboard; without a good code, to the page that asks for one."""
    callers: Callers | None = request.app.state.callers
    if callers is None:
        return RedirectResponse("/", 303)
    if code is None or not request.app.state.sign_in_codes.use(code):
        return page(request, "signin")
    token = secrets.token_urlsafe(32)
    with ledger.write() as connection:
        callers.sign_browser_in(connection, new_id(), token)
    return _with_cookie(request, RedirectResponse("/", 303), token)


@router.post("/signin", response_model=Status)
async def sign_in(request: Request, ledger: ServedLedger, credentials: Credentials, key: Key = None) -> Response:
    """Exchange an admin's token, or the code of a sign-in link, for the browser's cookie. Open to everybody."""
    callers: Callers | None = request.app.state.callers
    if callers is None:
        return answer(Status("signed in"))
    address = request.client.host if request.client is not None else ""
    callers.failures.check(address)
    answered = await run_in_threadpool(told_before, ledger, key, _SIGN_IN, credentials)
    if answered is None and not request.app.state.sign_in_codes.use(credentials.token):
        caller = await run_in_threadpool(callers.with_token, credentials.token)
        if caller is None:
            callers.failures.count(address)
            raise Unauthenticated(
                "This is neither a token nor a code this server knows.", subject="token", advice=_NEW_LINK
            )
        if ADMIN not in caller.permissions:  # a browser may do all: no other token may become that
            raise Forbidden(
                f"A token of scope {caller.scope!r} signs no browser in.", subject="token", advice=_NEW_LINK
            )
    return await run_in_threadpool(_signed_in, request, ledger, callers, key, credentials)


@router.post("/signout", response_model=Status, dependencies=[requires(READ)])
def sign_out(request: Request, ledger: ServedLedger) -> Response:
    """Forget this browser."""
    caller: Caller = request.scope["caller"]
    if caller.token_id is not None:
        with ledger.write() as connection:
            api_tokens.revoke(connection, caller.token_id, now_micros())
        request.app.state.callers.forget()
    response = answer(Status("signed out"))
    response.delete_cookie(COOKIE)
    return response


@router.post("/signin_links", response_model=SignInLink, status_code=201, dependencies=[requires(ADMIN)])
def new_link(request: Request, key: Key = None) -> Response:
    """The path of a link that signs a browser in, once, within 15 minutes."""
    return answer(SignInLink(f"/signin?code={request.app.state.sign_in_codes.new(key)}"), 201)


def _signed_in(
    request: Request, ledger: Keeper, callers: Callers, key: str | None, credentials: Credentials
) -> Response:
    """Under a key the cookie is made from the credentials, so that it is the same when this is answered again."""
    token = secrets.token_urlsafe(32) if key is None else derived_token(credentials.token, f"armillary browser {key}")

    def sign_in(connection: Connection) -> Status:
        callers.sign_browser_in(connection, new_id(), token)
        return Status("signed in")

    return _with_cookie(request, create_once(ledger, key, _SIGN_IN, credentials, sign_in, 200), token)


def _with_cookie(request: Request, response: Response, token: str) -> Response:
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, max_age=SIGNED_IN_SECONDS, httponly=True, samesite="strict", secure=secure)
    return response
