"""The cookie of a browser that signed in.

Cookies know no ports: a browser sends those of one server on a machine to all others there. So that of each has its port in its
name, and signing in to one signs nobody out of another.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import Scope

SIGNED_IN_SECONDS = 30 * 24 * 3600
_NAME = "armillary_session"
"""Of releases that named no port; whoever is signed in by one stays so."""


def session_in(scope: Scope, cookies: Mapping[str, str]) -> str | None:
    """The session among a request's cookies."""
    return cookies.get(_name(scope), cookies.get(_NAME))


def set_session(scope: Scope, response: Response, token: str) -> None:
    secure = scope["scheme"] == "https"
    name = _name(scope)
    response.set_cookie(name, token, max_age=SIGNED_IN_SECONDS, httponly=True, samesite="strict", secure=secure)


def delete_session(scope: Scope, response: Response) -> None:
    for name in (_name(scope), _NAME):
        response.delete_cookie(name)


def _name(scope: Scope) -> str:
    """By the port that this server listens on, whatever a proxy in front of it has."""
    return f"{_NAME}_{(scope.get('server') or ('', 0))[1]}"
