"""Routers of the API, whose routes say what they answer for the description alone.

Answers are made by msgspec from the core's records, so what FastAPI would build to check them is built only when somebody
asks for the description: it is a quarter of what starting a server costs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute


class Route(APIRoute):
    """``described()`` is the same route with the type of its answer."""

    def __init__(self, path: str, endpoint: Callable[..., Any], *, response_model: Any = None, **options: Any) -> None:
        self._described = (path, endpoint, {"response_model": response_model, **options})
        super().__init__(path, endpoint, response_model=None, **options)

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
