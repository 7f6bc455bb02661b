"""When a failed run is tried again, and with what."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from armillary import State, exponential_backoff, flow, task
from armillary.core.retries import LONGEST_SECONDS, checked_seconds, retry_delay_seconds
from armillary.errors import InvalidOption

pytestmark = pytest.mark.usefixtures("home")


def said(value: object) -> str:
    """For the name of a test, which is the same in every process."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))[:40]


INVALID: list[Any] = [
    math.nan,
    math.inf,
    -math.inf,
    -1,
    -0.001,
    1e300,
    10**400,
    LONGEST_SECONDS + 1,
    timedelta(seconds=-1),
    timedelta.max,
    True,
    "5",
    b"5",
    object(),
    1j,
]


@pytest.mark.parametrize("value", INVALID, ids=said)
def test_a_delay_that_is_no_time_is_refused_where_it_is_given(value: Any) -> None:
    for decorate in (task, flow):
        for given in (value, [1, value], (value,)):
            with pytest.raises(InvalidOption, match="retry_delay_seconds=") as caught:
                decorate(retries=1, retry_delay_seconds=given)
            assert "366 days" in str(caught.value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -1, 1e300, 10**400, True, "x"], ids=said)
def test_a_jitter_a_timeout_and_a_backoff_are_finite_too(value: Any) -> None:
    with pytest.raises(InvalidOption, match="retry_jitter_factor="):
        task(retries=1, retry_jitter_factor=value)
    with pytest.raises(InvalidOption, match="timeout_seconds="):
        flow(timeout_seconds=value)
    with pytest.raises(InvalidOption, match="base="):
        exponential_backoff(value)
    with pytest.raises(InvalidOption, match="maximum_seconds="):
        exponential_backoff(1, maximum_seconds=value)


@pytest.mark.parametrize("value", [*INVALID, None, [1], "raises"], ids=said)
def test_a_delay_function_that_gives_no_time_ends_the_run_as_failed(value: Any) -> None:
    tries: list[int] = []

    def delay(retry: int) -> Any:
        if value == "raises":
            raise ZeroDivisionError
        return value

    @task(retries=3, retry_delay_seconds=delay)
    def fails() -> None:
        tries.append(1)
        raise ValueError("no")

    @flow
    def above() -> Any:
        return fails().result(raise_on_failure=False)

    @flow(retries=3, retry_delay_seconds=delay)
    def fails_itself() -> None:
        tries.append(1)
        raise ValueError("no")

    assert isinstance(above(), ValueError)
    assert str(fails_itself(return_state=True)) == "Failed('ValueError: no')"
    assert len(tries) == 2


def test_what_is_a_delay_is_taken() -> None:
    assert [checked_seconds(each) for each in (0, 1, 0.5, timedelta(minutes=1), LONGEST_SECONDS)] == [
        0.0,
        1.0,
        0.5,
        60.0,
        LONGEST_SECONDS,
    ]
    assert retry_delay_seconds(LONGEST_SECONDS, 1, 10.0, 0.9) == LONGEST_SECONDS
    assert retry_delay_seconds(lambda retry: timedelta(seconds=retry), 2, 0.0, 0.0) == 2.0


async def _async_no(*_: object) -> bool:
    await asyncio.sleep(0)
    return False


async def _async_yes(*_: object) -> bool:
    await asyncio.sleep(0)
    return True


async def _async_raises(*_: object) -> bool:
    raise ZeroDivisionError


class _AsyncCallable:
    async def __call__(self, *_: object) -> bool:
        return False


async def _async_by_its_run(subject: Any, run: Any, state: State) -> bool:
    return isinstance(state.result(raise_on_failure=False), ValueError) and run.run_count < 2


CONDITIONS: list[tuple[Callable[..., Any], int]] = [
    (lambda *_: False, 1),
    (lambda *_: True, 4),
    (lambda *_: 1 / 0, 1),
    (_async_no, 1),
    (_async_yes, 4),
    (_async_raises, 1),
    (_AsyncCallable(), 1),
    (_async_by_its_run, 2),
]


@pytest.mark.parametrize("is_async", [False, True], ids=["sync task", "async task"])
@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
def test_a_retry_condition_decides_sync_or_async(condition: Any, expected: int, is_async: bool) -> None:
    tries: list[int] = []

    def fails() -> None:
        tries.append(1)
        raise ValueError("no")

    async def fails_async() -> None:
        fails()

    failing = task(retries=3, retry_condition_fn=condition)(fails_async if is_async else fails)

    @flow
    def above() -> Any:
        return failing().result(raise_on_failure=False)

    @flow
    async def above_async() -> Any:
        future = failing()
        while not future.done():
            await asyncio.sleep(0.001)
        return future.result(raise_on_failure=False)

    assert isinstance(above(), ValueError)
    assert len(tries) == expected
    tries.clear()
    assert isinstance(asyncio.run(above_async()), ValueError)
    assert len(tries) == expected
