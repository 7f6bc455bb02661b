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

from armillary.clock import new_id, now_us
from armillary.core.errors import Forbidden, Unauthenticated
from armillary.ledger.nouns import api_tokens
from armillary.server.access.callers import Callers
from armillary.server.access.cookies import delete_session, set_session
from armillary.server.access.derived_tokens import derived_token
from armillary.server.api.answers import Status, answer
from armillary.server.api.bodies import Body
from armillary.server.api.idempotency import Key, create_once, told_before
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.live.keeper import Keeper
from armillary.server.permissions import ADMIN, HOME, READ, Caller, requires
from armillary.server.web import page

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
    made_by = None if code is None else _maker(request, ledger, code)
    if made_by is None:
        return page(request, "signin")
    token = secrets.token_urlsafe(32)
    with ledger.write() as connection:
        callers.sign_browser_in(connection, new_id(), token, made_by)
    return _with_cookie(request, RedirectResponse("/", 303), token)


@router.post("/signin", response_model=Status)
async def sign_in(request: Request, ledger: ServedLedger, credentials: Credentials, key: Key = None) -> Response:
    """Exchange an admin's token, or the code of a sign-in link, for the browser's cookie. Open to everybody."""
    callers: Callers | None = request.app.state.callers
    if callers is None:
        return answer(Status("signed in"))
    answered = await run_in_threadpool(told_before, ledger, key, _SIGN_IN, credentials)
    if answered is not None:
        return _with_cookie(request, answered, _session_token(key, credentials))
    made_by = await run_in_threadpool(_maker, request, ledger, credentials.token)
    if made_by is None:
        made_by = await _admin(request, callers, credentials.token)
    return await run_in_threadpool(_signed_in, request, ledger, callers, key, credentials, made_by)


@router.post("/signout", response_model=Status, dependencies=[requires(READ)])
def sign_out(request: Request, ledger: ServedLedger) -> Response:
    """Forget this browser. A program's token stays good: `DELETE /tokens/{token_id}` revokes one."""
    caller: Caller = request.scope["caller"]
    if caller.token_id is not None and caller.scope == api_tokens.BROWSER:
        with ledger.write() as connection:
            api_tokens.end(connection, caller.token_id, now_us())
        request.app.state.callers.forget()
    response = answer(Status("signed out"))
    delete_session(request.scope, response)
    return response


@router.post("/signin_links", response_model=SignInLink, status_code=201, dependencies=[requires(ADMIN)])
def new_link(request: Request, key: Key = None) -> Response:
    """The path of a link that signs a browser in, once, within 15 minutes."""
    caller: Caller = request.scope["caller"]
    return answer(SignInLink(f"/signin?code={request.app.state.sign_in_codes.new(caller.key, key)}"), 201)


def _maker(request: Request, ledger: Keeper, code: str) -> str | None:
    """The token that made a code, used up herewith; None for a code nobody knows, and for one whose maker is not good any more."""
    made_by: str | None = request.app.state.sign_in_codes.use(code)
    if made_by is None or made_by == HOME:
        return made_by
    with ledger.ledger.read() as connection:
        return made_by if api_tokens.is_good(connection, made_by, now_us()) else None


async def _admin(request: Request, callers: Callers, token: str) -> str:
    """What names an admin's token. Raises Unauthenticated, Forbidden."""
    caller = await callers.find(token)
    if caller is None:
        await callers.failures.slow_down(request.client.host if request.client is not None else "")
        raise Unauthenticated(
            "This is neither a token nor a code this server knows.", subject="token", advice=_NEW_LINK
        )
    if ADMIN not in caller.permissions:  # a browser may do all: no other token may become that
        raise Forbidden(f"A token of scope {caller.scope!r} signs no browser in.", subject="token", advice=_NEW_LINK)
    return caller.key


def _signed_in(
    request: Request, ledger: Keeper, callers: Callers, key: str | None, credentials: Credentials, made_by: str
) -> Response:
    token = _session_token(key, credentials)

    def sign_in(connection: Connection) -> Status:
        callers.sign_browser_in(connection, new_id(), token, made_by)
        return Status("signed in")

    return _with_cookie(request, create_once(ledger, key, _SIGN_IN, credentials, sign_in, 200), token)


def _session_token(key: str | None, credentials: Credentials) -> str:
    """Under a key it is made from the credentials, so that it is the same when the request is answered again."""
    return secrets.token_urlsafe(32) if key is None else derived_token(credentials.token, f"armillary browser {key}")


def _with_cookie(request: Request, response: Response, token: str) -> Response:
    set_session(request.scope, response, token)
    return response
