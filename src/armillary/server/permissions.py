"""What a caller may do, and how a route says what it asks for.

Every route declares one permission:

    @router.get("/flows/{flow_id}", dependencies=[requires(READ)])

The token of an attempt has none of them; it is let in by routes that say which requests speak of its own run:

    @router.get("/flow_runs/{flow_run_id}", dependencies=[requires(READ, attempt=named_run)])

An application whose routes do not all declare one refuses to start; what is open to everybody is listed in ``PUBLIC`` as
exact (method, path) pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi import Depends, Request
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
    """Tokens, secrets, the database."""


READ, WRITE, WORK, ADMIN = Permission.READ, Permission.WRITE, Permission.WORK, Permission.ADMIN

SCOPES: dict[str, frozenset[Permission]] = {
    "admin": frozenset(Permission),
    "agent": frozenset({READ, WORK}),
}
"""What a token of each scope may do."""

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
    """Who asks. ``flow_run_id`` and ``attempt`` are set for an attempt's token: it may speak of that root run only."""

    name: str
    scope: str
    permissions: frozenset[Permission]
    token_id: str | None = None
    flow_run_id: str | None = None
    attempt: int | None = None


NOBODY = Caller("nobody", "none", frozenset())
"""Who sent no token."""

AttemptRule = Callable[[Request, Caller], None]
"""Raises Forbidden when a request speaks of another run than the attempt's that sends it. May read the ledger."""


class _Requires:
    def __init__(self, permission: Permission, attempt: AttemptRule | None) -> None:
        self.permission = permission
        self.attempt = attempt

    async def __call__(self, request: Request) -> None:
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
        raise Forbidden(
            f"This needs the permission {self.permission.value!r}, which a token of scope {caller.scope!r} lacks.",
            subject=caller.name,
            advice="Use a token with a wider scope: armillary token create --scope admin",
        )


def requires(permission: Permission, *, attempt: AttemptRule | None = None) -> Any:
    """The dependency that lets a route be called only by who has ``permission``, and by an attempt where its rule allows."""
    return Depends(_Requires(permission, attempt))


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
    return isinstance(route, APIRoute) and any(isinstance(each.dependency, _Requires) for each in route.dependencies)
