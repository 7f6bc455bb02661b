"""An answer that is lost makes whoever asked ask again: whatever the route, it happens once.

Each route of the description that changes something is sent, the answer thrown away, and sent again as a client would: under the same
idempotency key where the route takes one. All that the ledger holds, that owners were asked, and that others were told is then as after
the first; and the second answer is the first one, or says plainly that nothing is left to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from client_contract.serving import PLAIN
from ledger_contract.postgresql_server import DATABASES, ledger_in
from msgspec import msgpack
from msgspec.json import decode

from armillary.server.api.administration import ingest
from armillary.server.api.reference import shipped

from .sendings import CHANGES, READS, Sending
from .world import HOME_TOKEN, World, a_world

DESCRIPTION = decode(shipped())
NOT_READING = ("post", "put", "patch", "delete")
ROUTES = {
    f"{method.upper()} {path}": described
    for path, methods in DESCRIPTION["paths"].items()
    for method, described in methods.items()
    if method in NOT_READING
}


@pytest.fixture(scope="module", params=DATABASES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with ledger_in(request), pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARMILLARY_OUTBOUND_PRIVATE", "true")
        with a_world(tmp_path_factory.mktemp("twice") / "home") as made:
            yield made


def test_every_route_is_sent_twice_or_only_reads() -> None:
    assert set(CHANGES) | set(READS) == set(ROUTES)
    assert not set(CHANGES) & set(READS)


def sent(world: World, route: str, sending: Sending, key: str) -> httpx.Response:
    method = route.partition(" ")[0]
    headers = {"Idempotency-Key": key} if takes_key(route) else {}
    if sending.packed is not None:
        headers["Content-Type"] = ingest.PACKED
        return world.http.request(method, sending.path, content=sending.packed, headers=headers)
    return world.http.request(method, sending.path, json=sending.body, headers=headers)


def takes_key(route: str) -> bool:
    return any(each["name"] == "Idempotency-Key" for each in ROUTES[route].get("parameters", ()))


def told(answer: httpx.Response) -> Any:
    """What it says, without the time at which it was said."""
    if not answer.content:
        return None
    packed = answer.headers["content-type"] == ingest.PACKED
    return _timeless(msgpack.decode(answer.content) if packed else answer.json())


def cookies(answer: httpx.Response) -> list[str]:
    """What it sets, without the date at which a cookie ends."""
    return [re.sub(r"(?i); expires=[^;]*", "", each) for each in answer.headers.get_list("set-cookie")]


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(each) for name, each in value.items() if name not in ("updated", "server_time")}
    return [_timeless(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("route", CHANGES)
def test_what_is_sent_twice_happens_once(world: World, route: str) -> None:
    sending, key = CHANGES[route](world), str(uuid4())
    before = world.state()
    first = sent(world, route, sending, key)
    assert first.is_success, first.text
    once = world.state()
    assert (once != before) is sending.changes, "this sending shows nothing" if sending.changes else once - before
    second = sent(world, route, sending, key)
    twice = world.state()
    assert (twice - once, once - twice) == ({}, {})
    assert second.status_code == (sending.again or first.status_code), second.text
    assert cookies(second) == cookies(first)
    if second.is_success:
        assert told(second) == sending.then_after(told(first))
    else:
        assert second.json()["detail"]


@pytest.mark.parametrize("route", READS)
def test_what_only_reads_changes_nothing(world: World, route: str) -> None:
    sending = READS[route](world)
    before = world.state()
    first = sent(world, route, sending, "")
    assert first.is_success, first.text
    assert world.state() == before


@pytest.mark.parametrize("route", [each for each in CHANGES if "bulk" in each])
def test_a_bulk_request_whose_server_died_before_it_told_concerns_the_same_runs(world: World, route: str) -> None:
    sending, key = CHANGES[route](world), str(uuid4())
    assert told(sent(world, route, sending, key))["done"] == 1
    once = world.state()
    world.forget_answer(route.replace("/api", ""))
    again = told(sent(world, route, sending, key))
    assert (again["matched"], again["done"], len(again["refused"])) == (2, 0, 1)
    assert world.state() == once


def test_the_code_of_a_link_signs_in_again_only_who_asks_the_same_again(world: World) -> None:
    route, key = "POST /api/signin", str(uuid4())
    code = world.asked("POST", "signin_links")["path"].partition("code=")[2]
    sending = Sending("signin", {"token": code})
    cookies = [sent(world, route, sending, key).headers["set-cookie"] for _ in range(2)]
    assert cookies[0] == cookies[1]
    assert sent(world, route, sending, str(uuid4())).status_code == 401
    assert sent(world, route, Sending("signin", {"token": "another"}), key).status_code == 422


def test_a_browser_that_signs_out_twice_is_told_that_it_is_out(world: World) -> None:
    cookie = sent(world, "POST /api/signin", Sending("signin", {"token": HOME_TOKEN}), str(uuid4())).cookies
    origin = world.url.removesuffix("/api")
    headers = {"Origin": origin, "X-Armillary": "1"}
    with httpx.Client(
        base_url=world.url + "/", cookies=cookie, headers=headers, verify=PLAIN, trust_env=False
    ) as browser:
        assert [browser.post("signout").status_code for _ in range(2)] == [200, 401]
