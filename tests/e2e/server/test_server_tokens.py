"""Tokens for others, from the command line."""

from __future__ import annotations

from typing import Any

import httpx

from .conftest import ServedHome


def status(server: ServedHome, token: str) -> int:
    return httpx.get(f"{server.url}/api/version", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_is_made_listed_used_and_revoked(server: ServedHome) -> None:
    made = server.armillary("token", "create", "build-machine", "--expires", "90d")
    token = made.stdout.strip()
    assert "not shown again" in made.stderr and token not in made.stderr
    [listed] = server.json("token", "ls")
    assert (listed["name"], listed["scope"], listed["last_used"]) == ("build-machine", "agent", None)
    assert listed["expires"] is not None
    assert token not in server.armillary("token", "ls", "-o", "json").stdout
    assert status(server, token) == 200
    assert server.json("token", "ls")[0]["last_used"] is not None
    server.armillary("token", "revoke", "build-machine")
    assert status(server, token) == 401
    assert server.json("token", "ls") == []
    assert [each["name"] for each in server.json("token", "ls", "--all")] == ["build-machine"]


def test_a_token_asked_for_again_under_one_key_is_the_same_token(server: ServedHome) -> None:
    asked = {"name": "once", "scope": "agent"}
    first, again = (server.ask("POST", "/tokens", asked, **{"Idempotency-Key": "k"}).json() for _ in range(2))
    assert first == again and status(server, again["token"]) == 200
    assert server.ask("POST", "/tokens", {**asked, "scope": "admin"}, **{"Idempotency-Key": "k"}).status_code in (
        409,
        422,
    )
    other = server.ask("POST", "/tokens", asked, **{"Idempotency-Key": "l"}).json()
    assert other["token"] != first["token"]
    server.armillary("token", "revoke", first["api_token"]["id"])
    server.armillary("token", "revoke", other["api_token"]["id"])


def test_two_tokens_of_one_name_are_told_apart_by_id(server: ServedHome) -> None:
    first = server.json("token", "create", "twin", "--scope", "admin")
    server.json("token", "create", "twin")
    assert "fits 2 tokens" in server.armillary("token", "revoke", "twin", code=2).stderr
    server.armillary("token", "revoke", first["api_token"]["id"])
    server.armillary("token", "revoke", "twin")
    assert status(server, first["token"]) == 401


def test_what_is_no_token_is_said(server: ServedHome) -> None:
    assert "There is no token 'nobody'" in server.armillary("token", "revoke", "nobody", code=3).stderr
    assert "90x" in server.armillary("token", "create", "x", "--expires", "90x", code=2).stderr


def test_without_a_server_nobody_has_tokens(served: ServedHome) -> None:
    assert "need a running server" in served.armillary("token", "ls", code=3).stderr


def test_a_server_that_asks_nobody_has_no_tokens_to_give(served: ServedHome) -> None:
    served.start("--no-auth")
    assert "--no-auth" in served.armillary("token", "create", "x", code=2).stderr


def test_wrong_tokens_lock_nobody_out(served: ServedHome) -> None:
    served.start()
    known, fresh, other = (served.ask("POST", "/tokens", {"name": name}).json() for name in ("known", "fresh", "other"))
    assert status(served, known["token"]) == 200
    assert {status(served, f"wrong{number}") for number in range(15)} == {401}
    assert status(served, known["token"]) == 200
    served.ask("DELETE", f"/tokens/{other['api_token']['id']}")
    assert status(served, known["token"]) == 200
    assert status(served, fresh["token"]) == 200
    assert status(served, served.token) == 200
    assert httpx.post(f"{served.url}/api/signin", json={"token": "guess"}).status_code == 401
    assert httpx.post(f"{served.url}/api/signin", json={"token": served.token}).status_code == 200
    served.stop()
    served.start()
    assert {status(served, f"wrong{number}") for number in range(15)} == {401}
    assert status(served, fresh["token"]) == 200


def test_a_token_says_who_made_it_and_its_children_can_be_revoked_with_it(served: ServedHome) -> None:
    served.start()
    first = served.json("token", "create", "first", "--scope", "admin")
    second = made_with(served, first["token"], "second", "admin")
    third = made_with(served, second["token"], "third", "agent")
    other = served.json("token", "create", "other")
    makers = {each["name"]: each["made_by"] for each in served.json("token", "ls")}
    assert makers == {
        "first": "home",
        "second": first["api_token"]["id"],
        "third": second["api_token"]["id"],
        "other": "home",
    }
    assert "the home's own" in served.armillary("token", "ls").stdout
    said = served.armillary("token", "revoke", "first").stderr
    assert "'third', 'second'" in said, "what is left is named"
    assert [status(served, each["token"]) for each in (first, second, third)] == [401, 200, 200]
    served.armillary("token", "revoke", "--with-children", first["api_token"]["id"])
    assert [status(served, each["token"]) for each in (first, second, third, other)] == [401, 401, 401, 200]


def made_with(served: ServedHome, token: str, name: str, scope: str) -> Any:
    asked = {"name": name, "scope": scope}
    return httpx.post(f"{served.url}/api/tokens", json=asked, headers={"Authorization": f"Bearer {token}"}).json()


def test_a_token_that_is_over_before_it_is_made_is_refused(server: ServedHome) -> None:
    for past in ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00"):
        answer = server.ask("POST", "/tokens", {"name": "old", "expires": past})
        assert (answer.status_code, answer.json()["subject"]) == (422, "expires")
    assert "old" not in server.ask("GET", "/tokens").text
