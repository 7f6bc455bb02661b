"""Every route and every kind of caller: what may be called, and by whom. Nothing of a body is looked at before that is settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from client_contract.serving import served
from fastapi.routing import APIRoute

from armillary.client.transport import Transport
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


@dataclass
class Roles:
    url: str
    tokens: dict[str, str | None]
    cookie: str

    def status(self, role: str, method: str, path: str, **headers: str) -> int:
        filled = path.replace("{name:path}", "x").replace("{tag:path}", "x")
        for name in [part.split("}")[0] for part in filled.split("{")[1:]]:
            filled = filled.replace(f"{{{name}}}", NOWHERE)
        token = self.tokens[role]
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        content = NOT_JSON if method != "GET" else None
        url = self.url.removesuffix("/api") + filled
        return httpx.request(
            method, url, content=content, headers={"Content-Type": "application/json", **headers}
        ).status_code


@pytest.fixture(autouse=True, params=["sqlite"], scope="module")
def database() -> None:
    """Who may call what has nothing to do with where the ledger is."""


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Roles]:
    with served(str(tmp_path_factory.mktemp("roles") / "home"), HOME_TOKEN) as url:
        owner = Transport(url, HOME_TOKEN)

        def made(name: str, scope: str, **more: Any) -> dict[str, Any]:
            return owner.change("POST", "tokens", dict[str, Any], {"name": name, "scope": scope, **more})

        soon = datetime.now(UTC) + timedelta(seconds=5)
        expired = made("expired", "admin", expires=soon.isoformat())["token"]
        revoked = made("revoked", "admin")
        owner.change("DELETE", f"tokens/{revoked['api_token']['id']}", dict[str, Any])
        cookie = httpx.post(f"{url}/signin", json={"token": HOME_TOKEN}).headers["set-cookie"].split(";")[0]
        tokens = {
            "nobody": None,
            "wrong": "wrong",
            "revoked": revoked["token"],
            "expired": expired,
            "agent": made("agent", "agent")["token"],
        }
        while httpx.get(f"{url}/version", headers={"Authorization": f"Bearer {expired}"}).status_code != 401:
            pass
        yield Roles(url, tokens, cookie)


def test_there_are_routes_of_every_permission() -> None:
    found = every_route()
    assert len(found) > 100
    assert {permission for _method, _path, permission in found} == {READ, WRITE, WORK, ADMIN}


@pytest.mark.parametrize("role", ["nobody", "wrong", "revoked", "expired"])
def test_who_has_no_good_token_is_let_in_nowhere(roles: Roles, role: str) -> None:
    let_in = {
        (method, path): status
        for method, path, _permission in every_route()
        if (status := roles.status(role, method, path)) != 401
    }
    assert not let_in


def test_an_agents_token_is_refused_where_it_lacks_the_permission_before_its_body_is_looked_at(roles: Roles) -> None:
    forbidden = [(method, path) for method, path, permission in every_route() if permission not in SCOPES["agent"]]
    assert len(forbidden) > 40
    let_in = {each: status for each in forbidden if (status := roles.status("agent", *each)) != 403}
    assert not let_in


def test_with_a_browsers_cookie_nothing_is_changed_without_a_header_of_its_own_pages(roles: Roles) -> None:
    changing = [(method, path) for method, path, _permission in every_route() if method != "GET"]
    let_in = {
        each: status for each in changing if (status := roles.status("nobody", *each, Cookie=roles.cookie)) != 403
    }
    assert not let_in
