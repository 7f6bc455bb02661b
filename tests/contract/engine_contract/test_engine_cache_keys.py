"""What is part of a call's cache key: all that its function is given, in the order of the signature."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from armillary import Future, flow, task
from armillary.cache import DEFAULT, INPUTS, RUN_ID, TASK_SOURCE, CachePolicy, task_input_hash

pytestmark = pytest.mark.usefixtures("home")

POLICIES: dict[str, dict[str, Any]] = {
    "INPUTS": {"cache_policy": INPUTS},
    "INPUTS and RUN_ID": {"cache_policy": INPUTS + RUN_ID},
    "INPUTS without another": {"cache_policy": INPUTS - "other"},
    "INPUTS and TASK_SOURCE": {"cache_policy": INPUTS + TASK_SOURCE},
    "DEFAULT": {"cache_policy": DEFAULT},
    "task_input_hash": {"cache_key_fn": task_input_hash},
    "a key function": {"cache_key_fn": lambda _context, parameters: repr(sorted(parameters.items()))},
}


class Scale:
    def __init__(self, factor: int) -> None:
        self.factor = factor

    def __repr__(self) -> str:
        return f"Scale({self.factor})"

    def __call__(self, x: int) -> int:
        return self.factor * x


def method(factor: int, **options: Any) -> Callable[[int], Future[int]]:
    class Model(Scale):
        @task(**options)
        def score(self, x: int) -> int:
            return self.factor * x

    return Model(factor).score


def multiply(x: int, factor: int) -> int:
    return x * factor


def bound_partial(factor: int, **options: Any) -> Callable[[int], Future[int]]:
    return task(**options)(partial(multiply, factor=factor))


def callable_object(factor: int, **options: Any) -> Callable[[int], Future[int]]:
    return task(**options)(Scale(factor))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("make", [method, bound_partial, callable_object])
def test_what_is_bound_to_the_function_is_part_of_the_key(make: Any, policy: str) -> None:
    @flow
    def above() -> list[int]:
        tasks = [make(factor, **POLICIES[policy]) for factor in (1, 100, 1)]
        return [each(5).result() for each in tasks]

    assert above() == [5, 500, 5]


@pytest.mark.parametrize("make", [method, bound_partial, callable_object])
def test_equal_objects_share_a_result(make: Any) -> None:
    @flow
    def above() -> list[str]:
        futures = []
        for factor in (2, 2):
            futures.append(make(factor, cache_policy=INPUTS)(5))
            futures[-1].wait()
        return [future.state.name for future in futures]

    assert above() == ["Completed", "Cached"]


@pytest.mark.parametrize("policy", [INPUTS - "self", INPUTS + TASK_SOURCE - "self"])
def test_self_can_be_left_out_of_the_key(policy: CachePolicy) -> None:
    @flow
    def above() -> list[int]:
        return [method(factor, cache_policy=policy)(5).result() for factor in (1, 100)]

    assert above() == [5, 5]


def test_an_object_that_cannot_be_hashed_is_named_and_its_method_computes(caplog: pytest.LogCaptureFixture) -> None:
    class Guarded:
        def __init__(self, factor: int) -> None:
            self.factor, self.lock = factor, threading.Lock()

        @task(cache_policy=INPUTS)
        def score(self, x: int) -> int:
            return self.factor * x

    @flow
    def above() -> list[int]:
        return [Guarded(factor).score(5).result() for factor in (1, 100)]

    with caplog.at_level(logging.WARNING):
        assert above() == [5, 500]
    assert "the parameter 'self' of type 'Guarded' cannot be hashed" in caplog.text


def test_a_key_function_gets_parameters_in_the_order_of_the_signature_with_defaults() -> None:
    given: list[list[tuple[str, Any]]] = []

    def key(_context: Any, parameters: dict[str, Any]) -> None:
        given.append(list(parameters.items()))

    @task(cache_key_fn=key)
    def work(a: int, b: int, *rest: int, c: int = 3, **more: int) -> None: ...

    @flow
    def above() -> int:
        for future in (
            work(1, 2),
            work(b=2, a=1),
            work(c=3, a=1, b=2),
            work(1, 2, 9, z=5, d=4),
            work(1, 2, 9, d=4, z=5),
        ):
            future.wait()
        return 1

    above()
    same = [("a", 1), ("b", 2), ("rest", ()), ("c", 3)]
    more = [("a", 1), ("b", 2), ("rest", (9,)), ("c", 3), ("d", 4), ("z", 5)]
    assert given == [same, same, same, more, more]


def test_an_argument_with_shared_structure_is_hashed_in_time() -> None:
    @task(cache_policy=INPUTS)
    def size(value: Any) -> int:
        return len(value)

    @flow
    def above() -> list[str]:
        value: Any = [1]
        for _ in range(100):
            value = [value, value]
        futures = []
        for _ in range(2):
            futures.append(size(value))
            futures[-1].wait()
        return [future.state.name for future in futures]

    assert above() == ["Completed", "Cached"]


def test_what_json_does_not_give_back_is_computed_again_and_never_another_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @task(cache_policy=INPUTS, result_serializer="json")
    def pair() -> Any:
        return {"a": (1, 2)}

    @flow
    def above() -> list[Any]:
        return [pair().result(), pair().result()]

    with caplog.at_level(logging.WARNING):
        assert above() == [{"a": (1, 2)}, {"a": (1, 2)}]
    assert "value['a'] is a tuple, which JSON would turn into a list" in caplog.text
