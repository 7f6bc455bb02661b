"""No request costs the server more than a second of its time, whatever is in it and whoever sends it."""

from __future__ import annotations

import os

import httpx
import pytest

from .conftest import ServedHome

MANY = 240_000
ID = b'"01a22d5f-0000-7000-8000-000000000001"'


def listed(value: bytes, many: int = MANY) -> bytes:
    return b"[" + (value + b",") * (many - 1) + value + b"]"


def narrowed(by: bytes, value: bytes) -> bytes:
    return b'{"flow_runs": {"' + by + b'": ' + value + b"}}"


BODIES = {
    "escaped quotes": b'\\"' * 4_000_000 + b"[" * 101,
    "empty strings": b'"",' * 2_700_000,
    "open brackets": b"[" * 8_000_000,
    "pairs of brackets": b"[]" * 4_000_000,
    "numbers for ids": narrowed(b"id", b'{"any_": ' + listed(b"1") + b"}"),
    "empty strings for ids": narrowed(b"id", b'{"any_": ' + listed(b'""') + b"}"),
    "objects for names": narrowed(b"name", b'{"any_": ' + listed(b"{}", 190_000) + b"}"),
    "many ids": narrowed(b"id", b'{"any_": ' + listed(ID, 180_000) + b"}"),
    "many tags": narrowed(b"tags", b'{"all_": ' + listed(b'"a"') + b"}"),
    "unknown fields": b"{" + b",".join(b'"k%d": 1' % each for each in range(190_000)) + b"}",
    "unknown fields of a criterion": narrowed(b"id", b"{" + b",".join(b'"k%d": 1' % n for n in range(190_000)) + b"}"),
    "a list for an object": listed(b"1"),
    "a long pattern": narrowed(b"name", b'{"like_": "' + b"%a" * 3_900_000 + b'"}'),
    "a long number": b'{"limit": ' + b"9" * 8_000_000 + b"}",
    "a long fraction": b'{"limit": 1.' + b"9" * 8_000_000 + b"}",
    "blanks": b'{"limit": 1' + b" " * 8_000_000 + b"}",
}


def spent(server: ServedHome) -> float:
    """Seconds of a processor that the server has had so far."""
    assert server.process is not None
    with open(f"/proc/{server.process.pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_no_body_costs_more_than_a_second(server: ServedHome, body: bytes) -> None:
    token = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    server.ask("POST", "/flow_runs/filter", {})
    before = spent(server)
    answer = httpx.post(f"{server.url}/api/flow_runs/filter", content=body, headers=token, timeout=60)
    assert answer.status_code in (200, 400, 413, 422), answer.text
    assert len(answer.content) < 20_000
    assert spent(server) - before < 1.0


def test_of_very_many_mistakes_the_first_are_told(server: ServedHome) -> None:
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    body = BODIES["numbers for ids"]
    told = httpx.post(f"{server.url}/api/flow_runs/filter", content=body, headers=headers, timeout=60).json()
    assert told["status"] == 422
    assert told["errors"][0]["field"] == "flow_runs.id.any_.0"
    late = narrowed(b"id", b'{"any_": ' + listed(ID, 1_000)[:-1] + b"," + listed(b"1", 500)[1:] + b"}")
    told = httpx.post(f"{server.url}/api/flow_runs/filter", content=late, headers=headers, timeout=60).json()
    assert (told["status"], told["detail"]) == (422, "The request is not valid: body: holds 500 mistakes.")
