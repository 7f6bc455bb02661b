"""What a caller may do, and how a route says what it asks for.

Every route declares one permission:

    @router.get("/flows/{flow_id}", dependencies=[requires(READ)])

The token of an attempt has none of them; it is let in by routes that say which requests speak of its own run:

    @router.get("/flow_runs/{flow_run_id}", dependencies=[requires(READ, attempt=named_run)])

A :class:`GuardedRoute` asks for it before it reads anything of the request's body: a stranger's body is never parsed. An
application whose routes do not all declare one refuses to start; what is open to everybody is listed in ``PUBLIC`` as exact
(method, path) pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from armillary.core.errors import Forbidden, Unauthenticated


class Permission(StrEnum):
    READ = "read"
    """See runs, logs, deployments, settings."""

    WRITE = "write"
    """Change and delete what READ sees."""

    WORK = "work"
    """Claim runs, send heartbeats, ingest journals."""

    ADMIN = "admin"
    """Let others in: tokens and sign-in links. Without authentication nobody may, or what was made would be good later on."""


READ, WRITE, WORK, ADMIN = Permission.READ, Permission.WRITE, Permission.WORK, Permission.ADMIN

SCOPES: dict[str, frozenset[Permission]] = {
    "admin": frozenset(Permission),
    "agent": frozenset({READ, WORK}),
}
"""What a token of each scope may do."""

NO_AUTHENTICATION = "no authentication"
"""The scope of whoever asks a server that was started with --no-auth."""

HOME = "home"
"""What stands for the home's own token, which is in no table, where tokens are named by their ids."""

ATTEMPT = "attempt"
"""The scope of the token that a run's own process has."""

PUBLIC = frozenset(
    {
        ("GET", "/api/health"),
        ("GET", "/api/ready"),
        ("GET", "/signin"),
        ("POST", "/api/signin"),
        ("GET", "/{path:path}"),  # the web app's files, which hold nothing of anybody's
    }
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``token_id`` names the token it came with, ``HOME`` for the home's own. ``flow_run_id`` and ``attempt`` are set for an
    attempt's token: it may speak of that root run only."""

    name: str
    scope: str
    permissions: frozenset[Permission]
    token_id: str | None = None
    flow_run_id: str | None = None
    attempt: int | None = None

    @property
    def key(self) -> str:
        """What tells it from other callers."""
        return self.token_id or self.name


NOBODY = Caller("nobody", "none", frozenset())
"""Who sent no token."""

ANYBODY = Caller("anybody on this machine", NO_AUTHENTICATION, frozenset(Permission) - {ADMIN})
"""Whoever asks a server that was started with --no-auth."""

AttemptRule = Callable[[Request, Caller], None]
"""Raises Forbidden when a request speaks of another run than the attempt's that sends it. May read the ledger."""


class _Requires:
    """As a dependency it only declares: by the time FastAPI looks at dependencies the body has been read."""

    def __init__(self, permission: Permission, attempt: AttemptRule | None) -> None:
        self.permission = permission
        self.attempt = attempt

    async def __call__(self) -> None:
        """Nothing is left to check."""

    async def check(self, request: Request) -> None:
        """Raises Unauthenticated or Forbidden."""
        caller: Caller = request.scope["caller"]
        if self.permission in caller.permissions:
            return
        if caller.scope == ATTEMPT and self.attempt is not None:
            await run_in_threadpool(self.attempt, request, caller)
            return
        if caller is NOBODY:
            raise Unauthenticated(
                "This needs a token.",
                subject="Authorization",
                advice="Sign in with the link of `armillary server status`, or send `Authorization: Bearer <token>`.",
            )
        if caller is ANYBODY:
            raise Forbidden(
                "A server that was started with --no-auth has no tokens and signs nobody in.",
                subject="--no-auth",
                advice="Start it without --no-auth.",
            )
        raise Forbidden(
            f"This needs the permission {self.permission.value!r}, which a token of scope {caller.scope!r} lacks.",
            subject=caller.name,
            advice="Use a token with a wider scope: armillary token create --scope admin",
        )


def requires(permission: Permission, *, attempt: AttemptRule | None = None) -> Any:
    """The dependency that lets a route be called only by who has ``permission``, and by an attempt where its rule allows."""
    return Depends(_Requires(permission, attempt))


class GuardedRoute(APIRoute):
    """A route that asks for its permission first, and then reads the body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        required = _requirement(self)

        async def guarded(request: Request) -> Response:
            if required is not None:
                await required.check(request)
            return await handle(request)

        return guarded


def undeclared(routes: Iterable[BaseRoute], prefix: str = "") -> list[str]:
    """The routes that neither declare a permission nor are public, as ``METHOD path``."""
    missing = []
    for route in routes:
        path = prefix + getattr(route, "path", "")
        methods = getattr(route, "methods", None) or {"WEBSOCKET"}
        if not _declares(route):
            missing += [f"{method} {path}" for method in sorted(methods - {"HEAD"}) if (method, path) not in PUBLIC]
    return missing


def _declares(route: BaseRoute) -> bool:
    return isinstance(route, GuardedRoute) and _requirement(route) is not None


def required_permission(route: APIRoute) -> Permission | None:
    """What a route asks for; None where it is open to everybody."""
    required = _requirement(route)
    return None if required is None else required.permission


def _requirement(route: APIRoute) -> _Requires | None:
    declared = (each.dependency for each in route.dependencies)
    return next((each for each in declared if isinstance(each, _Requires)), None)
