"""Routers of the API, whose routes say what they answer for the description alone.

Each asks for its permission before it reads a body, and parses a large one on a thread.

Answers are made by msgspec from the core's records, so what FastAPI would build to check them is built only when somebody
asks for the description: it is a quarter of what starting a server costs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from armillary.server.access.bounded_body import ON_THE_LOOP_BYTES
from armillary.server.permissions import GuardedRoute


class _Request(Request):
    async def json(self) -> Any:
        body = await self.body()
        return await run_in_threadpool(json.loads, body) if len(body) > ON_THE_LOOP_BYTES else json.loads(body)


class Route(GuardedRoute):
    """``described()`` is the same route with the type of its answer."""

    def __init__(self, path: str, endpoint: Callable[..., Any], *, response_model: Any = None, **options: Any) -> None:
        self._described = (path, endpoint, {"response_model": response_model, **options})
        super().__init__(path, endpoint, response_model=None, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def parsing_aside(request: Request) -> Response:
            return await handle(_Request(request.scope, request.receive))

        return parsing_aside

    def described(self) -> APIRoute:
        path, endpoint, options = self._described
        return APIRoute(path, endpoint, **options)


def api_router(prefix: str = "", *, tags: list[str] | None = None, include_in_schema: bool = True) -> APIRouter:
    """A router for one noun."""
    return APIRouter(prefix=prefix, tags=list(tags or ()), include_in_schema=include_in_schema, route_class=Route)


def described(router: APIRouter) -> APIRouter:
    """The router with the types of its answers."""
    made = APIRouter()
    made.routes = [each.described() if isinstance(each, Route) else each for each in router.routes]
    return made
