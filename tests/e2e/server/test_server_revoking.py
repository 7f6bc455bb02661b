"""What a token has let in ends with it: streams, long polls, browsers, links."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parsedate_to_datetime
from threading import Thread
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx
import pytest
from msgspec import msgpack

from armillary.journal.format.shipment import Listening
from armillary.server.live.stream import MOST_OF_ONE_CALLER

from .conftest import ServedHome

WITHIN_SECONDS = 15.0
"""Five are promised; a machine that is busy with other work gets more."""


def made(server: ServedHome, scope: str = "agent", **more: Any) -> tuple[str, str]:
    """A new token, and its id."""
    told = server.ask("POST", "/tokens", {"name": uuid4().hex, "scope": scope, **more}).json()
    return told["token"], told["api_token"]["id"]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def stream(server: ServedHome, token: str) -> None:
    with httpx.stream("GET", f"{server.url}/api/stream", headers=bearer(token), timeout=60) as answer:
        for _ in answer.iter_raw():
            pass


def claim(server: ServedHome, token: str) -> int:
    worker = f"{server.url}/api/workers/{uuid4()}"
    facts = {"name": "agent", "host": "here", "pid": 1, "version": "1"}
    httpx.put(worker, json=facts, headers=bearer(token)).raise_for_status()
    asked = {"claim_id": str(uuid4()), "wait_seconds": 55}
    return httpx.post(f"{worker}/claim", json=asked, headers=bearer(token), timeout=60).status_code


def listen(server: ServedHome, token: str) -> int:
    body = msgpack.encode(Listening({str(uuid4()): str(uuid4())}, 30.0))
    headers = {**bearer(token), "Content-Type": "application/x-msgpack"}
    return httpx.post(f"{server.url}/api/owners/listen", content=body, headers=headers, timeout=60).status_code


def news(server: ServedHome, token: str) -> int:
    query = {"after": 2**60, "wait_seconds": 30}
    return httpx.get(f"{server.url}/api/news", params=query, headers=bearer(token), timeout=60).status_code


@contextmanager
def held(asked: Callable[[], Any]) -> Iterator[tuple[Thread, list[Any]]]:
    answers: list[Any] = []
    thread = Thread(target=lambda: answers.append(asked()), daemon=True)
    thread.start()
    yield thread, answers
    thread.join(60)
    assert not thread.is_alive()


@pytest.mark.parametrize("asked", [stream, claim, listen, news])
def test_what_is_held_open_ends_when_its_token_is_revoked(
    server: ServedHome, asked: Callable[[ServedHome, str], Any]
) -> None:
    token, token_id = made(server)
    with held(lambda: asked(server, token)) as (thread, answers):
        thread.join(1.0)
        assert thread.is_alive(), answers
        assert server.ask("DELETE", f"/tokens/{token_id}").status_code == 200
        begun = monotonic()
        thread.join(WITHIN_SECONDS)
        assert monotonic() - begun < WITHIN_SECONDS
    assert answers in ([None], [401])


def test_a_stream_ends_when_its_token_expires(server: ServedHome) -> None:
    soon = server.ask("GET", "/health").headers["date"]
    token, _ = made(server, expires=(parsedate_to_datetime(soon) + timedelta(seconds=4)).isoformat())
    with held(lambda: stream(server, token)) as (thread, _answers):
        begun = monotonic()
        thread.join(4 + WITHIN_SECONDS)
        assert monotonic() - begun < 4 + WITHIN_SECONDS


def test_a_stream_of_a_good_token_goes_on(server: ServedHome) -> None:
    token, _ = made(server)
    with httpx.stream("GET", f"{server.url}/api/stream", headers=bearer(token), timeout=60) as answer:
        said = answer.iter_raw()
        next(said)
        other, other_id = made(server)
        with held(lambda: stream(server, other)) as (thread, _answers):
            server.ask("DELETE", f"/tokens/{other_id}")
            thread.join()
        server.ask("PUT", "/variables/still", {"value": 1})
        assert next(said)


def test_a_token_holds_only_so_many_streams(server: ServedHome) -> None:
    token, _ = made(server)
    with httpx.Client(headers=bearer(token), limits=httpx.Limits(max_connections=None), timeout=60) as client:
        answers = [
            client.send(client.build_request("GET", f"{server.url}/api/stream"), stream=True)
            for _ in range(MOST_OF_ONE_CALLER + 1)
        ]
        codes = [each.status_code for each in answers]
        assert codes[:-1] == [200] * MOST_OF_ONE_CALLER and codes[-1] in (200, 429)
        more = [client.get(f"{server.url}/api/stream").status_code for _ in range(2)]
        assert more == [429, 429]
        assert server.ask("GET", "/version").status_code == 200
        for each in answers:
            each.close()


def test_browsers_that_a_token_signed_in_are_signed_out_with_it(server: ServedHome) -> None:
    token, token_id = made(server, "admin")
    with httpx.Client(headers={"X-Armillary": "1"}) as by_token, httpx.Client() as by_link, httpx.Client() as late:
        assert by_token.post(f"{server.url}/api/signin", json={"token": token}).status_code == 200
        link = by_token.post(f"{server.url}/api/signin_links").json()["path"]
        assert by_link.get(server.url + link).status_code == 303
        unused = httpx.post(f"{server.url}/api/signin_links", headers=bearer(token)).json()["path"]
        browsers = (by_token, by_link)
        assert [each.get(f"{server.url}/api/tokens").status_code for each in browsers] == [200, 200]
        server.ask("DELETE", f"/tokens/{token_id}")
        assert [each.get(f"{server.url}/api/tokens").status_code for each in browsers] == [401, 401]
        late.get(server.url + unused)
        assert late.get(f"{server.url}/api/tokens").status_code == 401, "a link is no better than who made it"


def test_signing_out_ends_that_browser_and_no_token_of_a_program(server: ServedHome) -> None:
    token, _ = made(server, "admin")
    with httpx.Client(headers={"X-Armillary": "1"}) as one, httpx.Client() as other:
        for each in (one, other):
            each.post(f"{server.url}/api/signin", json={"token": token})
        assert one.post(f"{server.url}/api/signout").status_code == 200
        assert not one.cookies
        assert other.get(f"{server.url}/api/version").status_code == 200
    assert httpx.post(f"{server.url}/api/signout", headers=bearer(token)).status_code == 200
    assert httpx.get(f"{server.url}/api/version", headers=bearer(token)).status_code == 200


def test_a_cookie_is_of_one_port_and_one_of_before_stays_good(server: ServedHome) -> None:
    with httpx.Client() as browser:
        browser.post(f"{server.url}/api/signin", json={"token": server.token})
        [(name, session)] = browser.cookies.items()
    port = httpx.URL(server.url).port
    assert name == f"armillary_session_{port}"

    def status(cookie: str) -> int:
        return httpx.get(f"{server.url}/api/version", headers={"Cookie": cookie}).status_code

    assert status(f"armillary_session={session}") == 200
    assert status(f"armillary_session_1={session}") == 401
    assert status(f"armillary_session=another; {name}={session}") == 200
