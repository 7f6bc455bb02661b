"""The outermost layer: what every request must look like before anything of it is read.

- ``Host`` must be one this server answers to, or a page on another name could reach it by rebinding that name.
- Neither path nor query holds a NUL.
- ``Origin``, where there is one, must be this server's own, whoever asks and whatever for.
- Who asks is found out from ``Authorization: Bearer …`` or the browser's cookie. With the cookie, whatever changes
  something must come with a header only a script of this server's pages can set.
- The refusal of a wrong token comes later after some of them; whoever has a good one is not held up by it.
- A body is read when a route that the caller may call asks for it, within the bounds of :mod:`.bounded_body`.
- What lasts longer than some seconds ends when its token does.
- Every answer says that it may run no script but its own, in no frame, and is what its type says.

No CORS header is ever sent, so other origins read nothing.
"""

from __future__ import annotations

from collections import Counter
from functools import partial

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from armillary.core.errors import ArmillaryError, Forbidden, InvalidOption, NotFound
from armillary.server.access.bounded_body import BoundedBody
from armillary.server.access.callers import Callers
from armillary.server.access.cookies import session_in
from armillary.server.access.held import Held
from armillary.server.permissions import ANYBODY, HOME, NOBODY, Caller
from armillary.server.problems import problem_of

OWN_SCRIPT_HEADER = "x-armillary"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})

_HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Gate:
    """ASGI middleware. ``hosts`` are the names, without ports, this server answers to. ``callers`` None: no
    authentication, for a server only this machine can reach."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], callers: Callers | None) -> None:
        self._app = app
        self._hosts = hosts
        self._callers = callers
        self._unfinished: Counter[str] = Counter()

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
            self._check_origin(scope, headers)
            _check_target(scope)
            caller, token = await self._caller(scope, headers)
        except ArmillaryError as error:
            await problem_of(error)(scope, receive, told)
            return
        scope["caller"] = caller
        body = BoundedBody(scope, headers, receive, self._unfinished)
        answering = body.answering(told)
        try:
            if self._callers is None or token is None or caller.token_id == HOME:
                await self._app(scope, body.receive, answering)
            else:
                await self._while_good(self._callers, token, scope, body.receive, answering)
        finally:
            body.over()

    async def _while_good(self, callers: Callers, token: str, scope: Scope, receive: Receive, send: Send) -> None:
        held = Held(partial(callers.is_still_good, token))
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                if "content-length" in Headers(raw=message["headers"]):
                    held.let_end()
            await send(message)

        if await held.serving(self._app(scope, receive, answer)):
            return
        if started:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await problem_of(await callers.refusal(token))(scope, receive, send)

    def _check_host(self, headers: Headers) -> None:
        host = headers.get("host", "")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and ":" in host else host
        if name.strip("[]").lower() not in self._hosts:
            raise Forbidden(
                f"This server does not answer to the name {host[:200]!r}.",
                subject="Host",
                advice="Start it with --host to let it answer to another name.",
            )

    def _check_origin(self, scope: Scope, headers: Headers) -> None:
        origin = headers.get("origin")
        own = f"{scope['scheme']}://{headers.get('host', '')}"
        if origin is None or origin == own:
            return
        raise Forbidden(
            f"Pages of {origin[:200]!r} may not use this server.",
            subject="Origin",
            advice="Behind a proxy that speaks TLS, name it with --trusted-proxies." if _by_tls(origin, own) else None,
        )

    async def _caller(self, scope: Scope, headers: Headers) -> tuple[Caller, str | None]:
        """Who asks, and the token that says so."""
        if self._callers is None:
            return ANYBODY, None
        address = (scope.get("client") or ("", 0))[0]
        given = headers.get("authorization", "")
        if given:
            kind, _, token = given.partition(" ")
            token = token.strip() if kind.lower() == "bearer" else ""
            caller = await self._callers.find(token) if token else None
            if caller is None:
                await self._callers.failures.slow_down(address)
                raise await self._callers.refusal(token)
            return caller, token
        cookie = session_in(scope, cookie_parser(headers.get("cookie", "")))
        if cookie is None:
            return NOBODY, None
        caller = await self._callers.find(cookie)
        if caller is None:
            await self._callers.failures.slow_down(address)
            return NOBODY, None
        if scope["method"] not in _READING and OWN_SCRIPT_HEADER not in headers:
            raise Forbidden(
                "A change that is asked for with the browser's cookie needs the header X-Armillary.",
                subject="X-Armillary",
            )
        return caller, cookie


def _check_target(scope: Scope) -> None:
    """No file and no record has a NUL in its name, and neither the file system nor PostgreSQL can be asked for one."""
    if "\x00" in scope["path"]:
        raise NotFound("There is nothing whose name holds a NUL.", subject="path")
    if b"%00" in scope["query_string"]:
        raise InvalidOption("A parameter holds a NUL, as %00.", subject="query")


def _by_tls(origin: str, own: str) -> bool:
    return origin.partition("://")[::2] == ("https", own.partition("://")[2])


def _with_headers(send: Send) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return told
