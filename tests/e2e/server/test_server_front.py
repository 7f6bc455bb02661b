"""What a server spends on requests before it knows who sends them, and on those that never come to an end."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from time import monotonic, sleep

import httpx
import pytest
from fastapi.routing import APIRoute

from armillary.server.access.bounded_body import ANONYMOUS_BODY_SECONDS, LARGEST_ANONYMOUS_BYTES
from armillary.server.application import routers
from armillary.server.connection import HEAD_SECONDS, LINGER_SECONDS
from armillary.server.permissions import PUBLIC

from .conftest import ServedHome

NOT_JSON = b'\\"' * 2_000 + b"[" * 101


def connected(server: ServedHome, head: bytes, body: bytes = b"") -> socket.socket:
    """A connection over which this was sent, after a Host of the server's own."""
    url = httpx.URL(server.url)
    made = socket.create_connection((url.host, url.port or 80), timeout=60)
    first, _, rest = head.partition(b"\r\n")
    made.sendall(first + b"\r\nHost: " + url.netloc + b"\r\n" + rest)
    if body:
        made.sendall(body)
    return made


def answered(connection: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    said = b""
    try:
        while part := connection.recv(65536):
            said += part
    except ConnectionResetError:
        pass
    return said


def routes_with_bodies() -> Iterator[tuple[str, str]]:
    for prefix, router in routers():
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                if method != "GET" and (method, prefix + route.path) not in PUBLIC:
                    yield method, prefix + route.path.replace("{name:path}", "x").replace("{tag:path}", "x")


@pytest.mark.parametrize(("method", "path"), sorted(set(routes_with_bodies())))
def test_no_route_reads_the_body_of_somebody_who_may_not_call_it(server: ServedHome, method: str, path: str) -> None:
    filled = path.replace("{", "").replace("}", "")
    for token in ("", "Authorization: Bearer wrong\r\n"):
        head = f"{method} {filled} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n{token}\r\n"
        with connected(server, head.encode()) as connection:  # of its body nothing is ever sent
            assert connection.recv(100).startswith(b"HTTP/1.1 401 ")


def test_who_lacks_the_permission_is_refused_before_the_body_is_read(server: ServedHome) -> None:
    made = server.ask("POST", "/tokens", {"name": "reads no body", "scope": "agent"}).json()
    head = "POST /api/work_queues HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"
    with connected(server, f"{head}Authorization: Bearer {made['token']}\r\n\r\n".encode()) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize("chunked", [False, True])
def test_the_body_of_a_stranger_is_small(server: ServedHome, chunked: bool) -> None:
    def sent(size: int) -> int:
        body = b'{"token": "' + b"x" * size + b'"}'
        content = (body[start : start + 1000] for start in range(0, len(body), 1000)) if chunked else body
        headers = {"Content-Type": "application/json"}
        return httpx.post(f"{server.url}/api/signin", content=content, headers=headers).status_code

    assert sent(400) == 401
    assert sent(LARGEST_ANONYMOUS_BYTES) == 413
    assert sent(9 << 20) == 413


def test_a_page_of_another_origin_is_refused_whatever_it_brings(server: ServedHome) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:9", server.url.replace("http", "https"), ""):
        for headers in ({}, {"Authorization": f"Bearer {server.token}"}, {"Cookie": "armillary_session=x"}):
            for method, path in (("POST", "/api/signin"), ("GET", "/api/health"), ("GET", "/"), ("GET", "/signin")):
                answer = httpx.request(
                    method, server.url + path, content=NOT_JSON, headers={"Origin": origin, **headers}
                )
                assert (answer.status_code, answer.json()["subject"]) == (403, "Origin"), (origin, path)
    assert httpx.get(f"{server.url}/api/health", headers={"Origin": server.url}).status_code == 200


@pytest.mark.parametrize("path", ["/a%00b", "/%00", "/assets/%00.js", "/api/%00", "/api/variables/a%00b", "/signin%00"])
def test_a_path_with_a_nul_leads_nowhere_and_leaves_no_traceback(served: ServedHome, path: str) -> None:
    served.start()
    assert served.process is not None and served.process.stderr is not None
    for headers in ({}, {"Authorization": f"Bearer {served.token}"}):
        answer = httpx.get(served.url + path, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert served.ask("GET", "/flow_runs/find?words=a%00b").status_code == 422
    served.process.terminate()
    assert "Traceback" not in served.process.stderr.read()


def test_a_head_or_body_that_does_not_come_ends_its_connection_and_others_are_answered(served: ServedHome) -> None:
    served.start()
    started = b"POST /api/signin HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    refused = b"POST /api/tokens HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    with ExitStack() as stack:
        begun = monotonic()
        heads = [stack.enter_context(connected(served, b"GET / HTTP/1.1\r\nX-A: ")) for _ in range(300)]
        bodies = [stack.enter_context(connected(served, started, b"{")) for _ in range(30)]
        unread = [stack.enter_context(connected(served, refused, b"{")) for _ in range(30)]
        assert httpx.get(f"{served.url}/api/health", timeout=20).status_code == 200
        assert all(answered(each) == b"" for each in heads)
        assert all(answered(each).startswith(b"HTTP/1.1 408 ") for each in bodies)
        assert all(answered(each).startswith(b"HTTP/1.1 401 ") for each in unread)
        assert monotonic() - begun < 3 * (max(HEAD_SECONDS, ANONYMOUS_BODY_SECONDS) + LINGER_SECONDS)


def test_a_head_that_trickles_in_is_not_waited_for(server: ServedHome) -> None:
    with connected(server, b"GET / HTTP/1.1\r\n") as connection:
        begun = monotonic()
        with pytest.raises(OSError):
            while monotonic() - begun < 6 * HEAD_SECONDS:
                connection.sendall(b"X-A: 1\r\n")
                sleep(0.2)


def test_unfinished_bodies_of_strangers_fill_no_memory(served: ServedHome) -> None:
    served.start()
    assert served.process is not None
    before = _resident(served.process.pid)
    size = 8 << 20
    head = f"POST /api/signin HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n".encode()
    with ExitStack() as stack:
        for _ in range(20):
            connection = stack.enter_context(connected(served, head))
            try:
                connection.sendall(b"1," * (size // 2 - 50))
            except OSError:
                pass
        assert httpx.get(f"{served.url}/api/health", timeout=20).status_code == 200
        assert _resident(served.process.pid) - before < 60 << 20


def _resident(pid: int) -> int:
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_connection_goes_on_after_a_refusal_that_came_before_the_body(server: ServedHome) -> None:
    with httpx.Client() as client:
        for _ in range(3):
            assert client.post(f"{server.url}/api/work_queues", json={"name": "x" * 50_000}).status_code == 401
            assert client.get(f"{server.url}/api/health").status_code == 200


def test_a_body_in_tiny_pieces_is_given_up(server: ServedHome) -> None:
    head = "POST /api/flow_runs/filter HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    for token in (server.token, "wrong"):
        connection = connected(server, f"{head}Authorization: Bearer {token}\r\n\r\n".encode())
        with connection, pytest.raises(OSError):
            for _ in range(1_000):
                connection.sendall(b"1\r\n \r\n" * 1_000)


def test_only_a_trusted_proxy_says_where_a_request_comes_from(served: ServedHome) -> None:
    served.start("--trusted-proxies", "127.0.0.0/8")
    forwarded = {"X-Forwarded-Proto": "https", "Origin": served.url.replace("http", "https")}
    assert httpx.get(f"{served.url}/api/health", headers=forwarded).status_code == 200
    served.stop()
    served.start()
    answer = httpx.get(f"{served.url}/api/health", headers={**forwarded, "Origin": served.url.replace("http", "https")})
    assert answer.status_code == 403
    assert "--trusted-proxies" in answer.json()["advice"]


def test_a_trusted_proxy_is_an_address_or_a_network(served: ServedHome) -> None:
    for wrong in ("*", "proxy.example", "10.0.0.1/8"):
        said = served.armillary("server", "start", "--port", "0", "--trusted-proxies", wrong, code=2).stderr
        assert "ARMILLARY_TRUSTED_PROXIES" in said and wrong in said


def test_without_authentication_nobody_is_let_in_for_later(served: ServedHome) -> None:
    served.start("--no-auth")
    assert "Every user of this machine" in served.banner
    for method, path in (
        ("POST", "/tokens"),
        ("GET", "/tokens"),
        ("POST", "/signin_links"),
        ("DELETE", f"/tokens/{NOWHERE}"),
    ):
        answer = httpx.request(
            method, f"{served.url}/api{path}", json={"name": "x", "scope": "admin"} if method == "POST" else None
        )
        assert (answer.status_code, answer.json()["subject"]) == (403, "--no-auth")
    for answer in (
        httpx.post(f"{served.url}/api/signin", json={"token": "x"}),
        httpx.get(f"{served.url}/signin?code=x"),
    ):
        assert "set-cookie" not in answer.headers
    assert "every user of this machine" in " ".join(served.armillary("server", "start", "--help").stdout.split())


NOWHERE = "0181fc10-0000-7000-8000-00000000dead"
