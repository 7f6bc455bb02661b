"""Decorating what is callable and no plain function: it returns, with a decorated function or with an error."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from unittest.mock import AsyncMock, MagicMock, Mock, NonCallableMock

import pytest

from armillary import Flow, Task, flow, task
from armillary.errors import ArmillaryError


class AnswersEverything:
    """As mocks, proxies and clients of remote objects do: each attribute is one more such object."""

    def __call__(self) -> int:
        return 1

    def __getattr__(self, name: str) -> AnswersEverything:
        return AnswersEverything()


class WrapsItself:
    def __init__(self) -> None:
        self.__wrapped__ = self

    def __call__(self) -> int:
        return 1


class Slotted:
    __slots__ = ()

    def __call__(self) -> int:
        return 1


def looped() -> Callable[..., Any]:
    def one() -> None: ...
    def two() -> None: ...

    one.__wrapped__ = two  # type: ignore[attr-defined]
    two.__wrapped__ = one  # type: ignore[attr-defined]
    return one


ODD: dict[str, Callable[[], Any]] = {
    "Mock": Mock,
    "MagicMock": MagicMock,
    "AsyncMock": AsyncMock,
    "Mock with a name": lambda: Mock(name="load"),
    "NonCallableMock": NonCallableMock,
    "partial of a mock": lambda: functools.partial(Mock(), 1),
    "mock method": lambda: Mock().method,
    "answers everything": AnswersEverything,
    "wraps itself": WrapsItself,
    "wrappers in a circle": looped,
    "no __dict__": Slotted,
    "a class": lambda: dict,
    "a builtin": lambda: print,
    "a builtin without a signature": lambda: max,
}


@pytest.mark.parametrize("decorate", [task, flow])
@pytest.mark.parametrize("make", ODD.values(), ids=ODD)
def test_odd_callables_are_decorated_or_refused(decorate: Callable[[Any], Any], make: Callable[[], Any]) -> None:
    try:
        assert isinstance(decorate(make()), (Task, Flow))
    except ArmillaryError as refusal:
        assert refusal.advice


@pytest.mark.parametrize("option", ["flow_run_name", "on_completion", "on_failure"])
def test_a_mock_as_a_flows_option_is_taken(option: str) -> None:
    assert isinstance(flow(**{option: MagicMock()})(lambda: 1), Flow)


def test_a_partial_of_a_partial_of_a_coroutine_function_is_async() -> None:
    async def base(a: int, b: int, c: int) -> None: ...

    made = task(functools.partial(functools.partial(base, 1), 2))
    assert made._spec.is_async
