"""Every route and every kind of caller: what may be called, and by whom. Nothing of a body is looked at before that is settled."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any

import httpx
import pytest
from client_contract.serving import PLAIN, served
from fastapi.routing import APIRoute

from armillary.client.http.transport import Transport
from armillary.core.errors import InvalidOption
from armillary.server.application import routers
from armillary.server.permissions import (
    ADMIN,
    PUBLIC,
    READ,
    SCOPES,
    WORK,
    WRITE,
    Permission,
    required_permission,
)

HOME_TOKEN = "of-the-home"
NOWHERE = "0181fc10-0000-7000-8000-00000000dead"
NOT_JSON = b'{"not": json'


def every_route() -> list[tuple[str, str, Permission]]:
    found = []
    for prefix, router in routers():
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                permission = required_permission(route)
                if (method, prefix + route.path) not in PUBLIC:
                    assert permission is not None
                    found.append((method, prefix + route.path, permission))
    return found


AT_ONCE = 16
"""A refusal is slow on purpose, so many are waited for side by side."""


@dataclass
class Roles:
    http: httpx.Client
    url: str
    tokens: dict[str, str | None]
    cookie: str

    def statuses(self, role: str, routes: list[tuple[str, str]], **headers: str) -> dict[tuple[str, str], int]:
        """What each route says to a caller of that role."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            told = pool.map(lambda route: self._status(role, *route, **headers), routes)
            return dict(zip(routes, told, strict=True))

    def _status(self, role: str, method: str, path: str, **headers: str) -> int:
        filled = path.replace("{name:path}", "x").replace("{tag:path}", "x")
        for name in [part.split("}")[0] for part in filled.split("{")[1:]]:
            filled = filled.replace(f"{{{name}}}", NOWHERE)
        token = self.tokens[role]
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        content = NOT_JSON if method != "GET" else None
        url = self.url.removesuffix("/api") + filled
        return self.http.request(
            method, url, content=content, headers={"Content-Type": "application/json", **headers}
        ).status_code


@pytest.fixture(autouse=True, params=["sqlite"], scope="module")
def database() -> None:
    """Who may call what has nothing to do with where the ledger is."""


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Roles]:
    with (
        served(str(tmp_path_factory.mktemp("roles") / "home"), HOME_TOKEN) as url,
        httpx.Client(verify=PLAIN, trust_env=False, timeout=120) as http,
    ):
        owner = Transport(url, HOME_TOKEN)

        def made(name: str, scope: str, **more: Any) -> dict[str, Any]:
            return owner.change("POST", "tokens", dict[str, Any], {"name": name, "scope": scope, **more})

        def soon_expired() -> str:
            for seconds in (1, 5, 25):  # a busy machine may take so long to make it
                with suppress(InvalidOption):
                    soon = datetime.now(UTC) + timedelta(seconds=seconds)
                    return str(made("expired", "admin", expires=soon.isoformat())["token"])
            raise AssertionError("No token is made in time.")

        revoked = made("revoked", "admin")
        owner.change("DELETE", f"tokens/{revoked['api_token']['id']}", dict[str, Any])
        expired = soon_expired()
        cookie = http.post(f"{url}/signin", json={"token": HOME_TOKEN}).headers["set-cookie"].split(";")[0]
        tokens = {
            "nobody": None,
            "wrong": "wrong",
            "revoked": revoked["token"],
            "expired": expired,
            "agent": made("agent", "agent")["token"],
        }
        http.cookies.clear()  # each request says by itself who sends it
        while http.get(f"{url}/version", headers={"Authorization": f"Bearer {expired}"}).status_code != 401:
            sleep(0.05)
        yield Roles(http, url, tokens, cookie)


def test_there_are_routes_of_every_permission() -> None:
    found = every_route()
    assert len(found) > 100
    assert {permission for _method, _path, permission in found} == {READ, WRITE, WORK, ADMIN}


@pytest.mark.parametrize("role", ["nobody", "wrong", "revoked", "expired"])
def test_who_has_no_good_token_is_let_in_nowhere(roles: Roles, role: str) -> None:
    told = roles.statuses(role, [(method, path) for method, path, _permission in every_route()])
    assert {route: status for route, status in told.items() if status != 401} == {}


def test_an_agents_token_is_refused_where_it_lacks_the_permission_before_its_body_is_looked_at(roles: Roles) -> None:
    forbidden = [(method, path) for method, path, permission in every_route() if permission not in SCOPES["agent"]]
    assert len(forbidden) > 40
    told = roles.statuses("agent", forbidden)
    assert {route: status for route, status in told.items() if status != 403} == {}


def test_with_a_browsers_cookie_nothing_is_changed_without_a_header_of_its_own_pages(roles: Roles) -> None:
    changing = [(method, path) for method, path, _permission in every_route() if method != "GET"]
    told = roles.statuses("nobody", changing, Cookie=roles.cookie)
    assert {route: status for route, status in told.items() if status != 403} == {}
