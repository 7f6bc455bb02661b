"""What a call gives its function, and the call that given parameters were recorded of."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial, wraps
from typing import Any

import pytest

from armillary.engine.parameters.signatures import call_parameters, recalled_call


def plain(a: Any, b: Any = 2, c: Any = 3) -> Any: ...


def rest(a: Any, /, *more: Any, key: Any = 0, **named: Any) -> Any: ...


@wraps(plain)
def wrapped(*arguments: Any, **keywords: Any) -> Any: ...


class Scaled:
    def __init__(self, factor: int) -> None:
        self.factor = factor

    def method(self, x: Any) -> Any: ...

    def __call__(self, x: Any) -> Any: ...

    @classmethod
    def of_class(cls, x: Any) -> Any: ...


SCALED = Scaled(3)
NUMBERS = [1, 2]


@pytest.mark.parametrize(
    ("fn", "arguments", "keywords", "expected"),
    [
        (plain, (1,), {}, {"a": 1, "b": 2, "c": 3}),
        (plain, (), {"c": 6, "a": 4, "b": 5}, {"a": 4, "b": 5, "c": 6}),
        (wrapped, (1,), {"c": 6}, {"a": 1, "b": 2, "c": 6}),
        (lru_cache(plain), (1,), {}, {"a": 1, "b": 2, "c": 3}),
        (partial(plain, 7), (8,), {}, {"a": 7, "b": 8, "c": 3}),
        (partial(partial(plain, b=7), 1), (), {"b": 9}, {"a": 1, "b": 9, "c": 3}),
        (SCALED.method, (1,), {}, {"self": SCALED, "x": 1}),
        (SCALED, (1,), {}, {"self": SCALED, "x": 1}),
        (partial(SCALED.method, 1), (), {}, {"self": SCALED, "x": 1}),
        (Scaled.of_class, (1,), {}, {"cls": Scaled, "x": 1}),
        (NUMBERS.count, (1,), {}, {"self": NUMBERS, "value": 1}),
        (len, ([],), {}, {"obj": []}),
        (rest, (1, 2, 3), {"z": 1, "b": 2}, {"a": 1, "more": (2, 3), "key": 0, "b": 2, "z": 1}),
        (rest, (1,), {"a": 2}, {"a": 1, "more": (), "key": 0, "named": {"a": 2}}),
    ],
)
def test_parameters_are_in_the_order_of_the_signature_with_defaults_and_what_is_bound(
    fn: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert list(call_parameters(fn, arguments, keywords).items()) == list(expected.items())


@pytest.mark.parametrize(
    ("fn", "arguments", "keywords"),
    [
        (plain, (1,), {"c": 5}),
        (rest, (1,), {}),
        (rest, (1, 2, 3), {"key": 4, "a": 5, "z": 6}),
        (lambda a, b=2, *more, c: None, (1, 2, 3), {"c": 4}),
        (lambda *, c: None, (), {"c": 4}),
    ],
)
def test_recorded_parameters_call_the_function_as_it_was_called(
    fn: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> None:
    import inspect

    bound = inspect.signature(fn).bind(*arguments, **keywords)
    bound.apply_defaults()
    recorded = {name: list(value) if isinstance(value, tuple) else value for name, value in bound.arguments.items()}
    again = recalled_call(fn, recorded)
    rebound = inspect.signature(fn).bind(*again[0], **again[1])
    rebound.apply_defaults()
    assert rebound.arguments == bound.arguments
