"""Who gets in."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import APIRoute

from armillary.server.application import routers
from armillary.server.permissions import PUBLIC

from .conftest import ServedHome


def every_route() -> Iterator[tuple[str, str]]:
    for prefix, router in routers():
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                yield method, prefix + route.path


@pytest.mark.parametrize(("method", "path"), sorted(set(every_route())))
def test_every_route_refuses_whoever_has_no_token(server: ServedHome, method: str, path: str) -> None:
    filled = path.replace("{path:path}", "x").replace("{", "").replace("}", "")
    answer = httpx.request(method, server.url + filled, json={} if method != "GET" else None)
    if (method, path) in PUBLIC:
        assert answer.status_code in (200, 303, 422, 503)
    else:
        assert answer.status_code == 401, f"{method} {path}"
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("token", ["wrong", "Bearer", "\u00fc".encode().decode("latin-1"), "x" * 5000])
def test_a_wrong_token_is_refused_with_what_to_do(server: ServedHome, token: str) -> None:
    answer = httpx.get(f"{server.url}/api/version", headers=[(b"Authorization", f"Bearer {token}".encode("latin-1"))])
    assert answer.status_code in (401, 429)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:4200", "", "localhost.evil"])
def test_another_name_is_not_answered_to(server: ServedHome, host: str) -> None:
    answer = server.ask("GET", "/health", Host=host)
    assert answer.status_code == 403
    assert "does not answer to the name" in answer.json()["detail"]


def test_pages_of_another_origin_may_not_ask(server: ServedHome) -> None:
    link = server.json("server", "status")["sign_in_url"]
    with httpx.Client(headers={"X-Armillary": "1"}) as browser:
        browser.get(link)
        assert browser.get(f"{server.url}/api/version").status_code == 200
        assert browser.get(f"{server.url}/api/version", headers={"Origin": "http://evil.example"}).status_code == 403
        assert browser.get(f"{server.url}/api/version", headers={"Origin": server.url}).status_code == 200


def test_what_a_page_may_do_is_said_in_every_answer(server: ServedHome) -> None:
    for path in ("/", "/runs", "/api/health", "/api/version"):
        headers = httpx.get(server.url + path).headers
        assert "script-src" not in headers["content-security-policy"]
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


def test_a_token_of_an_agent_reads_and_works_but_changes_nothing(server: ServedHome) -> None:
    made = server.ask("POST", "/tokens", {"name": "agent 7", "scope": "agent"}).json()
    headers = {"Authorization": f"Bearer {made['token']}"}
    assert httpx.get(f"{server.url}/api/version", headers=headers).status_code == 200
    assert httpx.get(f"{server.url}/api/tokens", headers=headers).status_code == 403
    signing_in = httpx.post(f"{server.url}/api/signin", json={"token": made["token"]})
    assert (signing_in.status_code, signing_in.headers.get("set-cookie")) == (403, None)
    revoked = server.ask("DELETE", f"/tokens/{made['api_token']['id']}")
    assert revoked.json()["revoked"] is not None
    assert httpx.get(f"{server.url}/api/version", headers=headers).status_code == 401
    assert made["token"] not in server.ask("GET", "/tokens").text


def test_a_body_beyond_its_bound_is_refused_before_it_is_read(server: ServedHome) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b" " * (1 << 20)

    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    declared = httpx.post(f"{server.url}/api/flow_runs/filter", content=b" " * (9 << 20), headers=headers)
    assert declared.status_code == 413
    chunked = httpx.post(f"{server.url}/api/flow_runs/filter", content=endless(), headers=headers)
    assert chunked.status_code == 413


def test_json_that_is_too_deep_or_too_wide_is_refused_before_it_is_parsed(server: ServedHome) -> None:
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}

    def asked(body: bytes) -> httpx.Response:
        return httpx.post(f"{server.url}/api/flow_runs/filter", content=body, headers=headers)

    deep = asked(b'{"limit": ' + b"[" * 2_000_000 + b"]" * 2_000_000 + b"}")
    assert (deep.status_code, deep.headers["content-type"]) == (422, "application/problem+json")
    assert "100 levels deep" in deep.json()["detail"]
    wide = asked(b'{"a": [' + b"{}," * 200_000 + b"{}]}")
    assert (wide.status_code, wide.headers["content-type"]) == (413, "application/problem+json")
    words = asked(b'{"limit": 1, "flow_runs": {"name": {"like_": "' + b"[{:" * 3_000 + b'"}}}')
    assert words.status_code in (200, 422) and "deep" not in words.text


def test_no_websocket_is_opened(server: ServedHome) -> None:
    wanted = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    for path in ("/api/stream", "/api/flow_runs/filter", "/"):
        assert httpx.get(server.url + path, headers=wanted).status_code != 101
    assert httpx.get(server.url + "/api/stream", headers=wanted).status_code == 401


def test_a_path_out_of_the_web_app_leads_nowhere(server: ServedHome) -> None:
    for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2f..%2fledger/tables.py"):
        answer = httpx.get(server.url + path)
        assert "root:" not in answer.text
        assert "metadata" not in answer.text
