"""The outermost layer: what every request must look like before anything of it is read.

- ``Host`` must be one this server answers to, or a page on another name could reach it by rebinding that name.
- A body has a bound, whatever its length header says, and JSON in it is only so deep and so wide.
- Who asks is found out from ``Authorization: Bearer …`` or the browser's cookie. With the cookie, whatever changes
  something must come from this server's own pages: same ``Origin``, and a header only a script of theirs can set.
- An address whose tokens were wrong too often waits; who is known already is not held up by it.
- Every answer says that it may run no script but its own, in no frame, and is what its type says.

No CORS header is ever sent, so other origins read nothing.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from armillary.core.errors import ArmillaryError, Forbidden, TooLarge
from armillary.server.access.callers import Callers
from armillary.server.access.json_shape import refusal
from armillary.server.permissions import NOBODY, SCOPES, Caller
from armillary.server.problems import problem_of

COOKIE = "armillary_session"
OWN_SCRIPT_HEADER = "x-armillary"
LARGEST_BODY_BYTES = 8 << 20
LARGEST_INGEST_BYTES = 64 << 20
_INGEST_PATH = "/api/ingest"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})

_HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

ANYBODY = Caller("anybody on this machine", "admin", SCOPES["admin"])


class Gate:
    """ASGI middleware. ``hosts`` are the names, without ports, this server answers to. ``callers`` None: no
    authentication, for a server only this machine can reach."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], callers: Callers | None) -> None:
        self._app = app
        self._hosts = hosts
        self._callers = callers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        told = _with_headers(send)
        try:
            self._check_host(headers)
            scope["caller"] = await self._caller(scope, headers)
            body = _BoundedBody(scope, headers, receive)
        except ArmillaryError as error:
            await problem_of(error)(scope, receive, told)
            return
        await self._app(scope, body.receive, body.answering(told))

    def _check_host(self, headers: Headers) -> None:
        host = headers.get("host", "")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and ":" in host else host
        if name.strip("[]").lower() not in self._hosts:
            raise Forbidden(
                f"This server does not answer to the name {host[:200]!r}.",
                subject="Host",
                advice="Start it with --host to let it answer to another name.",
            )

    async def _caller(self, scope: Scope, headers: Headers) -> Caller:
        if self._callers is None:
            self._check_origin(scope, headers, by_cookie=False)
            return ANYBODY
        given = headers.get("authorization", "")
        if given:
            kind, _, token = given.partition(" ")
            return await self._known(scope, token.strip() if kind.lower() == "bearer" else "")
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        if cookie is None:
            return NOBODY
        caller = await run_in_threadpool(self._callers.with_token, cookie)
        if caller is None:
            return NOBODY
        self._check_origin(scope, headers, by_cookie=True)
        return caller

    async def _known(self, scope: Scope, token: str) -> Caller:
        assert self._callers is not None
        address = (scope.get("client") or ("", 0))[0]
        caller = self._callers.remembered(token)
        if caller is not None:
            return caller
        if not self._callers.was_good(token):
            self._callers.failures.check(address)
        caller = await run_in_threadpool(self._callers.with_token, token) if token else None
        if caller is None:
            self._callers.failures.count(address)
            raise await run_in_threadpool(self._callers.refusal, token)
        return caller

    def _check_origin(self, scope: Scope, headers: Headers, *, by_cookie: bool) -> None:
        origin = headers.get("origin")
        if origin is not None and origin != f"{scope['scheme']}://{headers.get('host', '')}":
            raise Forbidden(f"Pages of {origin[:200]!r} may not use this server.", subject="Origin")
        if by_cookie and scope["method"] not in _READING and OWN_SCRIPT_HEADER not in headers:
            raise Forbidden(
                "A change that is asked for with the browser's cookie needs the header X-Armillary.",
                subject="X-Armillary",
            )


def _with_headers(send: Send) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return told


class _BoundedBody:
    """A request's body, within its bounds. What the application makes of one that was refused is not sent."""

    def __init__(self, scope: Scope, headers: Headers, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._packed = scope["path"] == _INGEST_PATH
        self._bound = LARGEST_INGEST_BYTES if self._packed else LARGEST_BODY_BYTES
        self._taken = 0
        self._parts: list[bytes] = []
        self._refusal: ArmillaryError | None = None
        declared = headers.get("content-length", "0")
        if not declared.isdigit() or int(declared) > self._bound:
            raise _too_large(self._bound)

    async def receive(self) -> Message:
        message = await self._receive()
        part = message.get("body", b"")
        self._taken += len(part)
        if self._taken > self._bound:
            self._refusal = _too_large(self._bound)
        elif not self._packed and message["type"] == "http.request":
            self._parts.append(part)
            if not message.get("more_body", False):
                self._refusal = refusal(b"".join(self._parts))
                self._parts.clear()
        if self._refusal is not None:
            raise self._refusal
        return message

    def answering(self, send: Send) -> Send:
        told = False

        async def answer(message: Message) -> None:
            nonlocal told
            if self._refusal is None:
                await send(message)
            elif not told:
                told = True
                await problem_of(self._refusal)(self._scope, self._receive, send)

        return answer


def _too_large(bound: int) -> TooLarge:
    return TooLarge(f"A request body is {bound >> 20} MiB at most.", subject="Content-Length")
