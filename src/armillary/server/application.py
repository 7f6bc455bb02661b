"""The application: the gate, the API's routes, the live stream, the web app.

Routers are listed in :mod:`armillary.server.api`; each route there declares a permission, or nothing starts.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from armillary.core.version import VERSION
from armillary.server import problems, web
from armillary.server.access.callers import Callers
from armillary.server.access.gate import Gate
from armillary.server.access.sign_in import SignInCodes
from armillary.server.api import ROUTERS, reference
from armillary.server.api.administration import health, ingest, services, sign_in, stream, tokens
from armillary.server.live.keeper import Keeper
from armillary.server.live.stream import Stream
from armillary.server.permissions import undeclared
from armillary.server.services.service import Services

OWN_ROUTERS = (ingest.router, stream.router, health.router, sign_in.router, tokens.router, services.router)

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(slots=True)
class Parts:
    """What the routes share; each is found in ``app.state`` under its name here."""

    keeper: Keeper
    callers: Callers | None
    sign_in_codes: SignInCodes
    stream: Stream
    services: Services


def routers() -> list[tuple[str, APIRouter]]:
    """Every router with the prefix it is served under, in the order they are asked."""
    api = [("/api", router) for router in (*ROUTERS, *OWN_ROUTERS, reference.router)]
    return [*api, ("", sign_in.link_router), ("", web.router)]


def create_api(parts: Parts) -> FastAPI:
    """The application without its gate. Raises AssertionError when a route declares no permission."""

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        with parts.keeper.following(), parts.services.running():
            async with parts.stream.running():
                yield

    app = FastAPI(
        title="Armillary",
        version=VERSION,
        description="Flows, tasks and their runs. Errors are problem documents (RFC 9457).",
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.keeper = parts.keeper
    app.state.callers = parts.callers
    app.state.sign_in_codes = parts.sign_in_codes
    app.state.stream = parts.stream
    app.state.services = parts.services
    problems.install(app)
    for prefix, router in routers():
        missing = undeclared(router.routes, prefix)
        assert not missing, f"routes without a permission: {', '.join(missing)}"
        app.include_router(router, prefix=prefix)
    return app


def create_application(parts: Parts, *, hosts: frozenset[str] = LOOPBACK) -> ASGIApp:
    """The whole server. ``hosts`` are the names it answers to."""
    return Gate(create_api(parts), hosts=hosts, callers=parts.callers)
