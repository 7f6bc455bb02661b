"""What the live stream tells of what the outbox does not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import json
from sqlalchemy import create_engine

from armillary.core.deployments.concurrency_limit import ConcurrencyLimit
from armillary.server.live import polled_topics


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The records there are, by id."""
    found: dict[str, Any] = {}
    monkeypatch.setitem(polled_topics.KINDS, "concurrency_limit", lambda connection, now: dict(found))
    return found


def told(seen: polled_topics.Glances, kinds: list[str]) -> list[tuple[str, Any]]:
    with create_engine("sqlite://").connect() as connection:
        said = [json.decode(body) for _, _, body in seen.changes(connection, kinds, 0)]
    return [(each["id"], each["record"] and each["record"]["slots"]) for each in said]


def test_a_record_is_told_when_it_is_not_as_it_was_told(limits: dict[str, Any]) -> None:
    seen, kinds = polled_topics.Glances(), ["concurrency_limit"]
    limits["a"] = ConcurrencyLimit("a", "gpu", 1, created=datetime.now(UTC))
    assert told(seen, kinds) == [("a", 1)]
    assert told(seen, kinds) == []
    limits["a"] = ConcurrencyLimit("a", "gpu", 2)
    assert told(seen, kinds) == [("a", 2)]
    del limits["a"]
    assert told(seen, kinds) == [("a", None)]
    assert told(seen, kinds) == []


def test_who_begins_to_listen_is_told_everything(limits: dict[str, Any]) -> None:
    seen, kinds = polled_topics.Glances(), ["concurrency_limit"]
    limits["a"] = ConcurrencyLimit("a", "gpu", 1)
    told(seen, kinds)
    seen.tell_anew("concurrency_limit")
    assert told(seen, kinds) == [("a", 1)]
    assert told(seen, []) == []
    assert told(seen, kinds) == [("a", 1)]
