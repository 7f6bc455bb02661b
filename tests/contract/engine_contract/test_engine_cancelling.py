"""Stopping one run from the body that started it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from threading import Event
from typing import Any

import pytest

from armillary import Future, flow, quote, task
from armillary.client.in_process.client import InProcessClient
from armillary.errors import RunCancelled

from .work import one, same

pytestmark = pytest.mark.usefixtures("home")

LONG_SECONDS = 60
begun = Event()


@task
def turns() -> None:
    begun.set()
    end = time.monotonic() + LONG_SECONDS
    while time.monotonic() < end:
        time.sleep(0.01)


@task
async def sleeps() -> None:
    begun.set()
    await asyncio.sleep(LONG_SECONDS)


@flow
async def flow_sleeps() -> None:
    begun.set()
    await asyncio.sleep(LONG_SECONDS)


@flow
def flow_turns() -> None:
    turns().result()


STARTS: dict[str, Callable[[], Future[Any]]] = {
    "a sync task": lambda: turns(),
    "an async task": lambda: sleeps(),
    "a subflow": lambda: flow_turns.submit(),
    "an async subflow": lambda: flow_sleeps.submit(),
}


def _recorded(ledger: InProcessClient) -> set[str]:
    return {str(run.state_type) for run in ledger.task_runs().items}


@pytest.mark.parametrize("start", STARTS)
def test_a_future_cancels_its_run(start: str, ledger: InProcessClient) -> None:
    @flow
    def body() -> object:
        begun.clear()
        future = STARTS[start]()
        assert begun.wait(20)
        assert future.cancel()
        with pytest.raises(RunCancelled):
            future.result()
        assert not future.cancel()
        return 5

    began = time.monotonic()
    assert body() == 5
    assert time.monotonic() - began < LONG_SECONDS / 2
    assert _recorded(ledger) == {"CANCELLED"}


def test_a_run_that_has_not_begun_is_cancelled_at_once_and_one_that_has_ended_is_not() -> None:
    @flow
    def body() -> object:
        above = turns()
        waits = same(above)
        assert waits.cancel()
        assert waits.done()
        above.cancel()
        ended = one()
        ended.wait()
        assert not ended.cancel()
        return ended.result()

    assert body() == 1


def test_what_its_own_body_cancelled_is_no_unseen_failure() -> None:
    @flow
    def races() -> object:
        slow = turns()
        first = one().result()
        slow.cancel()
        return first

    assert races() == 1


async def _by_wait_for(future: Future[Any]) -> None:
    await asyncio.wait_for(future, 0.2)


async def _by_a_timeout(future: Future[Any]) -> None:
    async with asyncio.timeout(0.2):
        await future


async def _by_gather(future: Future[Any]) -> None:
    await asyncio.wait_for(asyncio.gather(future, turns()), 0.2)


async def _by_its_task(future: Future[Any]) -> None:
    async def waits() -> None:
        await future

    waiting = asyncio.create_task(waits())
    await asyncio.sleep(0.2)
    waiting.cancel()
    await waiting


@pytest.mark.parametrize("end", [_by_wait_for, _by_a_timeout, _by_gather, _by_its_task])
@pytest.mark.parametrize("start", STARTS)
def test_an_await_that_is_given_up_cancels_what_it_waited_for(
    start: str, end: Callable[[Future[Any]], Awaitable[None]], ledger: InProcessClient
) -> None:
    @flow
    async def body() -> object:
        try:
            await end(STARTS[start]())
        except (TimeoutError, asyncio.CancelledError):
            return "given up"
        return "came"

    began = time.monotonic()
    assert asyncio.run(body()) == "given up"
    assert time.monotonic() - began < LONG_SECONDS / 2
    assert _recorded(ledger) == {"CANCELLED"}


def test_a_shielded_run_goes_on() -> None:
    @task
    async def soon() -> int:
        await asyncio.sleep(0.3)
        return 7

    @flow
    async def body() -> int:
        future = soon()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(future), 0.01)
        return await future

    assert asyncio.run(body()) == 7


def test_a_run_that_another_body_started_goes_on() -> None:
    @task
    async def soon() -> int:
        await asyncio.sleep(0.3)
        return 7

    @task
    async def impatient(held: list[Future[int]]) -> str:
        try:
            await asyncio.wait_for(held[0], 0.01)
        except TimeoutError:
            return "gone"
        return "came"

    @flow
    async def body() -> object:
        future = soon()
        return await impatient(quote([future])), await future

    assert asyncio.run(body()) == ("gone", 7)
