"""The live stream, as a browser hears it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import pytest

from .conftest import ServedHome


class Heard(NamedTuple):
    number: int
    name: str
    data: Any


@contextmanager
def listening(server: ServedHome, topics: str, after: int | None = None) -> Iterator[Iterator[Heard]]:
    headers = {"Authorization": f"Bearer {server.token}"}
    if after is not None:
        headers["Last-Event-ID"] = str(after)
    with httpx.stream(
        "GET", f"{server.url}/api/stream", params={"topics": topics}, headers=headers, timeout=20
    ) as answer:
        answer.raise_for_status()
        yield events(answer.iter_lines())


def events(lines: Iterator[str]) -> Iterator[Heard]:
    said: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        said[name] = value
        if not line:
            if "event" in said:
                yield Heard(int(said["id"]), said["event"], json.loads(said["data"]))
            said = {}


def run(server: ServedHome, name: str) -> str:
    """A flow that has run; its id."""
    process = server.flow(f"from armillary import flow\nprint(flow(lambda: 1, name={name!r})(return_state=True))")
    process.communicate(timeout=120)
    assert process.returncode == 0
    found: str = server.ask("POST", "/flow_runs/filter", {"flows": {"name": {"any_": [name]}}}).json()["items"][0]["id"]
    return found


def until(heard: Iterator[Heard], flow_run_id: str, state_type: str) -> tuple[Heard, list[str]]:
    """The event that tells this, and the states told of the run until then."""
    states = []
    for each in heard:
        mine = [change["state_type"] for change in each.data if change["id"] == flow_run_id]
        states += mine
        if state_type in mine:
            return each, states
    raise AssertionError("the stream ended")


def test_a_listener_hears_of_a_run_that_was_made_elsewhere(server: ServedHome) -> None:
    with listening(server, "flow_run:*") as heard:
        hello = next(heard)
        assert (hello.name, hello.data) == ("hello", {})
        flow_run_id = run(server, "heard")
        last, _ = until(heard, flow_run_id, "COMPLETED")
        assert last.number > hello.number


def test_who_comes_back_hears_exactly_what_was_missed(server: ServedHome) -> None:
    with listening(server, "*") as heard:
        before = next(heard).number
    first, second = run(server, "missed"), run(server, "missed too")
    with listening(server, "*", after=before) as heard:
        missed = next(heard)
    states = {change["id"]: change["state_type"] for change in missed.data if change["kind"] == "flow_run"}
    assert states == {first: "COMPLETED", second: "COMPLETED"}
    with listening(server, "*", after=missed.number) as heard:
        third = run(server, "after that")
        assert {change["id"] for change in next(heard).data if change["kind"] == "flow_run"} == {third}


def test_a_listener_hears_of_what_it_asked_for_and_nothing_else(server: ServedHome) -> None:
    with listening(server, "*") as heard:
        before = next(heard).number
    first = run(server, "asked for")
    run(server, "not asked for")
    with listening(server, f"flow_run:{first}", after=before) as heard:
        assert {change["id"] for change in next(heard).data} == {first}


def test_a_number_from_another_life_is_answered_with_reset(server: ServedHome) -> None:
    with listening(server, "*", after=10**12) as heard:
        reset = next(heard)
        assert (reset.name, reset.data) == ("reset", {})
        assert reset.number < 10**12


@pytest.mark.parametrize("after", ["-1", "1e3", "x", "9" * 30, "\u0663".encode().decode("latin-1")])
def test_what_is_no_event_id_is_refused(server: ServedHome, after: str) -> None:
    answer = server.ask("GET", "/stream", **{"Last-Event-ID": after.encode("latin-1")})  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("topics", ["", ",", "flow_run", "secrets:*", "flow_run:*,x", "flow_run:" + "a" * 40])
def test_what_is_no_topic_is_refused(server: ServedHome, topics: str) -> None:
    answer = server.ask("GET", f"/stream?topics={topics}")
    assert answer.status_code == 422
    assert "topic" in answer.json()["detail"]


def test_services_are_told_to_who_listens_for_them_although_the_outbox_does_not(server: ServedHome) -> None:
    with listening(server, "service:*") as heard:
        names: dict[str, int] = {}
        for each in heard:
            for change in each.data if each.name == "changes" else []:
                assert change["kind"] == "service"
                names[change["id"]] = names.get(change["id"], 0) + 1
            if names.get("late", 0) >= 2:
                break
    assert {"late", "scheduler", "reaper"} <= names.keys()
