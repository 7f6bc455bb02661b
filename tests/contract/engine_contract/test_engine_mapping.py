"""What ``map`` iterates over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from armillary import Flow, allow_failure, flow, task, unmapped
from armillary.client.in_process.client import InProcessClient
from armillary.errors import InvalidParameters


@task
def maybe(n: int) -> int:
    if n == 1:
        raise ValueError("one")
    return n


@task
def numbers() -> list[int]:
    return [1, 2]


@task
def broken() -> list[int]:
    raise ValueError("no list")


@task
def kind_of(value: Any, beside: Any = None) -> str:
    return f"{type(value).__name__}{'' if beside is None else type(beside).__name__}"


def waited_state() -> Any:
    future = numbers()
    future.wait()
    return future.state


CASES: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "futures some of which fail": (
        lambda: kind_of.map(allow_failure(maybe.map([0, 1, 2]))),
        ["int", "ValueError", "int"],
    ),
    "a list of allowed futures": (
        lambda: kind_of.map([allow_failure(each) for each in maybe.map([0, 1])]),
        ["int", "ValueError"],
    ),
    "a future of a list": (lambda: kind_of.map(numbers()), ["int", "int"]),
    "an allowed future of a list": (lambda: kind_of.map(allow_failure(numbers())), ["int", "int"]),
    "a state of a list": (lambda: kind_of.map(waited_state()), ["int", "int"]),
    "an allowed failure for each call": (
        lambda: kind_of.map([1, 2], unmapped(allow_failure(maybe(1)))),
        ["intValueError", "intValueError"],
    ),
    "the other way round": (
        lambda: kind_of.map([1, 2], allow_failure(unmapped(maybe(1)))),
        ["intValueError", "intValueError"],
    ),
    "a generator": (lambda: kind_of.map(n for n in range(2)), ["int", "int"]),
}


def results(make: Callable[[], Any]) -> Flow[[], list[str]]:
    return flow(name="mapping")(lambda: [each.result() for each in make()])


@pytest.mark.parametrize(("make", "kinds"), CASES.values(), ids=CASES)
def test_map_iterates_over(ledger: InProcessClient, make: Callable[[], Any], kinds: list[str]) -> None:
    assert results(make)() == kinds


def test_a_future_of_a_list_that_failed_raises_its_own_error(ledger: InProcessClient) -> None:
    with pytest.raises(ValueError, match="no list"):
        results(lambda: kind_of.map(allow_failure(broken())))()


def test_nothing_to_iterate_over_is_refused(ledger: InProcessClient) -> None:
    with pytest.raises(InvalidParameters, match="nothing to iterate over"):
        results(lambda: kind_of.map(allow_failure(3)))()
