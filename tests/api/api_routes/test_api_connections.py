"""When there are as many connections as the server takes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from client_contract.serving import PLAIN, served

from armillary.server.connection import BoundedConnection

TOKEN = "of-the-home"
KNOWN = {"Authorization": f"Bearer {TOKEN}"}


class Few(BoundedConnection):
    most = 20


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with served(str(tmp_path / "home"), TOKEN, connection=Few) as api:
        yield api


@pytest.fixture(autouse=True, params=["sqlite"])
def database() -> None:
    """One is enough: nothing here asks it much."""


def sending(url: str, head: bytes) -> socket.socket:
    at = httpx.URL(url)
    made = socket.create_connection((at.host, at.port or 80), timeout=30)
    first, _, rest = head.partition(b"\r\n")
    made.sendall(first + b"\r\nHost: " + at.netloc + b"\r\n" + rest)
    return made


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"GET / HTTP/1.1\r\nX-A: ", id="half a head"),
        pytest.param(b"POST /api/signin HTTP/1.1\r\nContent-Length: 9\r\n\r\n", id="no body"),
        pytest.param(b"POST /api/tokens HTTP/1.1\r\nContent-Length: 9\r\n\r\n", id="no body after the answer"),
        pytest.param(b"GET /api/health HTTP/1.1\r\n\r\n", id="answered, and kept open"),
    ],
)
def test_strangers_leave_room_for_who_sends_a_good_token(url: str, head: bytes) -> None:
    with ExitStack() as stack:
        stream = stack.enter_context(httpx.stream("GET", f"{url}/stream", headers=KNOWN, verify=PLAIN, timeout=30))
        said = stream.iter_raw()
        next(said)
        for _ in range(3 * Few.most):
            stack.enter_context(sending(url, head))
            assert httpx.get(f"{url}/version", headers=KNOWN, verify=PLAIN, timeout=30).status_code == 200
        httpx.post(f"{url}/variables", json={"name": "news", "value": 1}, headers=KNOWN, verify=PLAIN)
        assert next(said), "whoever is being served goes on being served"


def test_who_comes_when_all_are_served_is_told_to_come_again(url: str) -> None:
    with ExitStack() as stack:
        streams = [
            stack.enter_context(
                httpx.stream("GET", f"{url}/stream", headers=KNOWN, verify=PLAIN, timeout=30)
            ).iter_raw()
            for _ in range(Few.most)
        ]
        assert all(map(next, streams))
        refused = httpx.get(f"{url}/version", headers=KNOWN, verify=PLAIN, timeout=30)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
