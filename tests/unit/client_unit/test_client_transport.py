"""Requests to a server that is away, busy, or no server at all."""

from __future__ import annotations

import logging
from collections.abc import Callable

import httpx
import pytest

from armillary.client.http.transport import Transport
from armillary.core.errors import InvalidOption, LedgerUnavailable, NotFound, UsageError

Answer = Callable[[httpx.Request], httpx.Response]


def asked(answer: Answer, *, retry_seconds: float = 5.0) -> tuple[Transport, list[httpx.Request]]:
    """A transport to a server that answers so, and the requests that reached it."""
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return answer(request)

    made = Transport("http://server/api", "secret", retry_seconds=retry_seconds, transport=httpx.MockTransport(respond))
    return made, requests


def failing_first(times: int, failure: Exception | int) -> Answer:
    left = [times]

    def respond(request: httpx.Request) -> httpx.Response:
        if left[0]:
            left[0] -= 1
            if isinstance(failure, Exception):
                raise failure
            return httpx.Response(failure, json={"title": "LedgerUnavailable", "detail": "busy"})
        return httpx.Response(200, json=7)

    return respond


@pytest.mark.parametrize("failure", [httpx.ConnectError("refused"), 503], ids=["refused", "busy"])
def test_what_was_not_done_is_sent_again_whatever_it_is(failure: Exception | int) -> None:
    server, requests = asked(failing_first(2, failure))
    assert server.change("DELETE", "flow_runs/1", int) == 7
    assert len(requests) == 3


def test_a_lost_answer_is_asked_for_again_only_where_that_changes_nothing() -> None:
    server, requests = asked(failing_first(1, httpx.ReadError("cut")))
    assert server.ask("flow_runs/count", int, {}) == 7
    assert len(requests) == 2
    server, requests = asked(failing_first(1, httpx.ReadError("cut")))
    with pytest.raises(LedgerUnavailable, match="cut"):
        server.change("DELETE", "flow_runs/1", int)
    assert len(requests) == 1


def test_what_must_happen_once_is_sent_again_under_one_key() -> None:
    server, requests = asked(failing_first(1, httpx.ReadError("cut")))
    assert server.change("POST", "flow_runs/1/attempts", int, once=True) == 7
    keys = {request.headers["idempotency-key"] for request in requests}
    assert (len(requests), len(keys)) == (2, 1)


def test_a_server_that_stays_away_is_told_with_what_to_do() -> None:
    server, _ = asked(failing_first(1000, httpx.ConnectError("refused")), retry_seconds=0.1)
    with pytest.raises(
        LedgerUnavailable, match=r"http://server/api cannot be reached: refused.*armillary server start"
    ):
        server.get("version", int)


def test_a_server_that_stays_busy_says_so_itself() -> None:
    server, _ = asked(failing_first(1000, 503), retry_seconds=0.1)
    with pytest.raises(LedgerUnavailable, match="busy"):
        server.get("version", int)


def test_problems_are_told_as_the_errors_they_name() -> None:
    told = {"title": "NotFound", "detail": "There is no flow run 'x'.", "subject": "x", "advice": "Look again."}
    server, _ = asked(lambda _request: httpx.Response(404, json=told))
    with pytest.raises(NotFound) as raised:
        server.get("flow_runs/find", int, words="x")
    assert (raised.value.subject, str(raised.value)) == ("x", "There is no flow run 'x'. Look again.")
    server, _ = asked(
        lambda _request: httpx.Response(422, json={"title": "InvalidRequest", "detail": "limit: too large"})
    )
    with pytest.raises(InvalidOption, match="limit"):
        server.get("flows", int)
    server, _ = asked(lambda _request: httpx.Response(401, json={"title": "Unauthenticated", "detail": "Who are you?"}))
    with pytest.raises(UsageError, match="Who"):
        server.get("flows", int)


@pytest.mark.parametrize("answer", [httpx.Response(200, text="<html>"), httpx.Response(200, json={"a": 1})])
def test_what_is_no_armillary_server_is_found_out(answer: httpx.Response) -> None:
    server, _ = asked(lambda _request: answer)
    with pytest.raises(LedgerUnavailable, match="ends in /api"):
        server.get("news", int)


def test_the_token_goes_with_every_request_and_is_never_shown() -> None:
    server, requests = asked(failing_first(0, 503))
    server.get("version", int)
    assert requests[0].headers["authorization"] == "Bearer secret"
    server, _ = asked(failing_first(1000, httpx.ConnectError("refused")), retry_seconds=0)
    with pytest.raises(LedgerUnavailable) as raised:
        server.get("version", int)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("url", ["http://", "127.0.0.1:4200/api", "ftp://host/api", ""])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidOption, match="not a server's address"):
        Transport(url, None)


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("http://server.example/api", True),
        ("http://10.0.0.5:4200/api", True),
        ("http://127.0.0.1.evil.example/api", True),
        ("http://localhost.evil.example/api", True),
        ("https://server.example/api", False),
        ("http://127.0.0.1:4200/api", False),
        ("http://127.3.2.1/api", False),
        ("http://localhost:4200/api", False),
        ("http://[::1]:4200/api", False),
    ],
)
def test_a_token_that_crosses_a_network_unencrypted_is_warned_of_once(
    url: str, warned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    records: list[logging.LogRecord] = []
    monkeypatch.setattr(logging.getLogger("armillary.client"), "handle", records.append)
    for token in (None, "secret", "secret"):
        Transport(url, token).close()
    said = [each.getMessage() for each in records if "unencrypted" in each.getMessage()]
    assert len(said) == warned
    assert not any("secret" in each for each in said)
    assert all(url in each for each in said)
