"""What one client of the live stream is told."""

from __future__ import annotations

import gc
import tracemalloc

from msgspec import json

from armillary.server.live.stream import MOST_BYTES, MOST_ENTITIES, Change, Listener


def change(number: int, entity: str, body: str = "") -> Change:
    return Change(number, ("flow_run", entity), ("*",), json.encode({"id": entity, "said": body or str(number)}))


def told(listener: Listener, number: int) -> tuple[str, list[tuple[str, str]]]:
    """The name of the next event, and who said what in it."""
    said = listener.flush(number)
    assert said.startswith(b"id: %d\nevent: " % number)
    assert said.endswith(b"\n\n")
    _, name, data = said.decode().strip().split("\n")
    changes = json.decode(data.removeprefix("data: "))
    return name.removeprefix("event: "), [(each["id"], each["said"]) for each in changes]


def test_of_many_changes_to_one_thing_the_latest_is_told() -> None:
    listener = Listener(frozenset("*"))
    for number in range(1, 100):
        listener.take(change(number, "a"))
    listener.take(change(100, "b"))
    assert told(listener, 100) == ("changes", [("a", "99"), ("b", "100")])
    assert listener.flush(100) == b""


def test_a_listener_without_news_is_not_woken() -> None:
    listener = Listener(frozenset("*"))
    assert not listener.news.is_set()
    listener.take(change(1, "a"))
    assert listener.news.is_set()
    listener.flush(1)
    assert not listener.news.is_set()


def test_what_came_before_never_hides_what_came_after() -> None:
    listener = Listener(frozenset("*"))
    listener.take(change(8, "a"))
    listener.take_older([change(3, "b"), change(4, "a"), change(5, "b")])
    assert sorted(told(listener, 8)[1]) == [("a", "8"), ("b", "5")]


def test_a_client_too_slow_for_that_many_things_is_told_to_read_a_snapshot() -> None:
    listener = Listener(frozenset("*"))
    for number in range(MOST_ENTITIES + 1):
        listener.take(change(number, str(number)))
    assert told(listener, 7) == ("reset", [])
    listener.take(change(8, "a"))
    assert told(listener, 8) == ("changes", [("a", "8")])


def test_a_client_never_holds_more_bytes_than_its_share() -> None:
    listener = Listener(frozenset("*"))
    for number in range(5):
        listener.take(change(number, str(number), "x" * (MOST_BYTES // 4)))
    assert told(listener, 4)[0] == "reset"


def test_a_thing_that_changes_often_counts_once_against_the_share() -> None:
    listener = Listener(frozenset("*"))
    for number in range(100):
        listener.take(change(number, "a", "x" * (MOST_BYTES // 4)))
    assert told(listener, 99)[0] == "changes"


def test_a_client_that_never_reads_costs_less_than_half_a_mebibyte() -> None:
    changes = [change(number, f"run-{number % 5_000}", "x" * 200) for number in range(20_000)]
    gc.collect()
    tracemalloc.start()
    listener = Listener(frozenset("*"))
    most = 0
    for each in changes:
        listener.take(each._replace(body=bytes(bytearray(each.body))))
        most = max(most, tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert 100_000 < most < 512 << 10
