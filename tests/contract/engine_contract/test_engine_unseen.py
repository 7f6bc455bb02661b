"""A flow run does not complete by dropping a failure."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import Any

import pytest

from armillary import (
    State,
    allow_failure,
    as_completed,
    flow,
    quote,
    task,
    wait,
)
from armillary.client.in_process.client import InProcessClient
from armillary.core.states import TERMINAL, StateType
from armillary.errors import InvalidOption, RunCancelled
from armillary.states import Cancelled
from armillary.task_runners import ProcessTaskRunner

from .work import boom, drops_below, same, third_time

pytestmark = pytest.mark.usefixtures("home")


@flow
def failing_flow() -> int:
    raise ValueError("below")


@task
def cancelled_itself() -> State:
    return Cancelled()


@task
def fails_above_what_it_dropped() -> int:
    boom()
    raise KeyError("above")


@task(retries=1)
def retried_above_what_it_dropped() -> int:
    marks.append(1)
    if len(marks) == 1:
        boom()
        raise KeyError("the first time")
    return len(marks)


marks: list[int] = []


def _a_list_that_raised() -> None:
    with suppress(ValueError):
        boom.map(["first", "second"]).result()


def _its_state() -> None:
    future = boom()
    while not future.done():
        time.sleep(0.001)
    assert future.state.is_failed()


def _as_they_come() -> None:
    for _ in as_completed(boom.map(["first", "second"])):
        pass


def _caught(call: Callable[[], object]) -> None:
    with suppress(Exception):
        call()


@flow
def same_flow(value: object) -> object:
    return value


may_fail = Event()


@task
def late_boom() -> None:
    """Fails once the body has done all that it does."""
    may_fail.wait(20)
    raise ValueError("late")


@task
def late_one() -> int:
    may_fail.wait(20)
    return 1


SEEN: dict[str, Callable[[], object]] = {
    "its result": lambda: boom().result(raise_on_failure=False),
    "its result, which raised": lambda: _caught(lambda: boom().result()),
    "a list's result, which raised": _a_list_that_raised,
    "a wait": lambda: boom().wait(),
    "a wait for several": lambda: wait([boom(), boom()]),
    "a list's wait": lambda: boom.map(["first", "second"]).wait(),
    "its state": _its_state,
    "as they come": _as_they_come,
    "a done callback": lambda: boom().add_done_callback(lambda _: None),
    "an allowed failure": lambda: same(allow_failure(boom())),
    "an allowed failure in a list": lambda: same([allow_failure(boom.map(["a", "b"]))]),
    "a downstream whose outcome was read": lambda: same(boom()).wait(),
    "wait_for, and the downstream was read": lambda: same(1, wait_for=[boom()]).wait(),
    "a subflow's exception": lambda: _caught(failing_flow),
    "a subflow's state": lambda: failing_flow(return_state=True),
    "a submitted subflow's wait": lambda: failing_flow.submit().wait(),
    "a future given to a subflow": lambda: _caught(lambda: same_flow(boom())),
    "a task that failed above it": lambda: fails_above_what_it_dropped().wait(),
}

DROPPED: dict[str, tuple[Callable[[], object], str]] = {
    "a task": (lambda: boom(), "Task run 'boom-0'"),
    "a task whose future was only looked at": (lambda: repr(boom()), "Task run 'boom-0'"),
    "a map": (lambda: boom.map(["first", "second"]), r"Task run 'boom-\d'.*\(and 1 more\)"),
    "a downstream": (lambda: same(boom()), "Task run 'same-0' ended as NotReady.*'boom-0'"),
    "a downstream by wait_for": (lambda: same(1, wait_for=[boom()]), "Task run 'same-0' ended as NotReady"),
    "a submitted subflow": (lambda: failing_flow.submit(), "Subflow 'failing-flow'"),
    "a subflow that was given a future": (lambda: same_flow.submit(boom()), "Subflow 'same-flow'"),
    "one below a task": (lambda: drops_below().result(), "Task run 'boom-0'"),
    "a wait that ended before it": (lambda: late_boom().wait(timeout=0), "Task run 'late_boom-0'"),
    "a result that did not come in time": (lambda: _caught(lambda: late_boom().result(timeout=0)), "'late_boom-0'"),
    "a state that was not final": (lambda: late_boom().state, "Task run 'late_boom-0'"),
    "the first of several as they come": (
        lambda: next(as_completed([boom("a"), boom("b")])),
        r"'boom-\d' ended as Failed",
    ),
}


@pytest.mark.parametrize("case", SEEN)
def test_a_failure_that_was_seen_does_not_fail_the_flow(case: str) -> None:
    @flow
    def body() -> int:
        SEEN[case]()
        return 5

    assert body() == 5


@pytest.mark.parametrize("case", DROPPED)
def test_a_failure_that_was_dropped_fails_the_flow_and_is_named(case: str) -> None:
    drop, named = DROPPED[case]
    may_fail.clear()

    @flow
    def body() -> int:
        drop()
        may_fail.set()
        return 5

    state = body(return_state=True)
    assert state.type == "FAILED"
    assert re.search(named, str(state.message)), state.message
    assert "its outcome was never read" in str(state.message)


@pytest.mark.parametrize("case", DROPPED)
def test_unseen_failures_can_be_ignored(case: str) -> None:
    @flow(unseen_failures="ignore")
    def body() -> int:
        DROPPED[case][0]()
        may_fail.set()
        return 5

    may_fail.clear()
    assert body() == 5


def test_the_exception_of_what_was_dropped_is_raised_and_the_flow_is_recorded_as_failed(
    ledger: InProcessClient,
) -> None:
    @flow
    def body() -> int:
        same(boom())
        return 5

    with pytest.raises(ValueError, match="no") as caught:
        body()
    assert caught.value.__notes__ == ["Raised by task run 'boom-0'."]
    [run] = ledger.flow_runs().items
    assert run.state_type == "FAILED"
    assert "'same-0'" in str(run.state_message)


def test_an_async_body_is_held_to_the_same() -> None:
    @flow
    async def drops() -> int:
        boom()
        return 5

    @flow
    async def reads() -> int:
        await asyncio.gather(boom("a"), boom("b"), return_exceptions=True)
        return 5

    state: Any = asyncio.run(drops(return_state=True))  # type: ignore[arg-type]
    assert state.type == "FAILED"
    assert asyncio.run(reads()) == 5


def test_a_body_that_leaves_by_sys_exit_has_dropped_what_failed(ledger: InProcessClient) -> None:
    @flow
    def leaves() -> None:
        boom()
        sys.exit(0)

    with pytest.raises(SystemExit):
        leaves()
    [run] = ledger.flow_runs().items
    assert run.state_type == "FAILED"
    assert "'boom-0'" in str(run.state_message)


def test_what_failed_in_an_earlier_try_does_not_count() -> None:
    tries: list[int] = []
    marks.clear()

    @flow(retries=1)
    def stumbles() -> int:
        tries.append(1)
        if len(tries) == 1:
            boom()
        return 5

    @flow
    def above() -> int:
        return retried_above_what_it_dropped().result()

    assert stumbles() == 5
    assert len(tries) == 2
    assert above() == 2


def test_a_retried_task_that_completes_is_no_failure(tmp_path: Any) -> None:
    @flow
    def body() -> int:
        third_time(str(tmp_path / "marks"))
        return 5

    assert body() == 5


def test_a_cancelled_task_that_nothing_looked_at_cancels_the_flow() -> None:
    @flow
    def body() -> int:
        cancelled_itself()
        return 5

    with pytest.raises(RunCancelled):
        body()


def test_a_worker_process_tells_what_its_task_dropped() -> None:
    @flow(task_runner=ProcessTaskRunner(max_workers=1))
    def body() -> object:
        return drops_below().result(), same(1).result()

    state = body(return_state=True)
    assert state.type == "FAILED"
    assert "'drops_below-0.boom-0'" in str(state.message)


@pytest.mark.parametrize("value", ["maybe", True, 1, ["fail"]])
def test_the_option_is_checked_where_it_is_given(value: object) -> None:
    with pytest.raises(InvalidOption, match="unseen_failures=") as caught:
        flow(unseen_failures=value)
    assert "'fail' or 'ignore'" in str(caught.value)
    with pytest.raises(InvalidOption):
        failing_flow.with_options(unseen_failures=value)


def test_a_returned_future_is_judged_at_any_depth() -> None:
    @flow
    def deep() -> object:
        return {"a": {"b": [(1, boom())]}}

    @flow
    def fine() -> object:
        return {"a": {"b": [(1, same(2))]}}

    assert str(deep(return_state=True)) == "Failed('1/1 states failed.')"
    assert fine() == {"a": {"b": [(1, 2)]}}


@pytest.mark.parametrize("wrap", [lambda state: state, lambda state: [state, 1], lambda state: {"a": [state]}])
def test_a_returned_state_that_is_not_final_is_judged_as_its_run_ends(wrap: Callable[[State], object]) -> None:
    @flow
    def fails() -> object:
        state = late_boom().state
        may_fail.set()
        return wrap(state)

    @flow
    def completes() -> object:
        state = same(late_one()).state
        may_fail.set()
        return wrap(state)

    may_fail.clear()
    assert str(fails(return_state=True)) == "Failed('1/1 states failed.')"
    may_fail.clear()
    assert completes() == wrap(1)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [each for each in StateType if each not in TERMINAL])
def test_a_returned_state_of_no_run_that_is_not_final_fails(kind: StateType) -> None:
    @task
    def says_so() -> State:
        return State(kind)

    @flow
    def flow_says_so() -> State:
        return State(kind)

    @flow
    def above() -> State:
        future = says_so()
        future.wait()
        return future.state

    assert str(flow_says_so(return_state=True)) == "Failed('1/1 states are not final.')"
    assert "not final" in str(above(return_state=True).data)


def test_a_task_that_returns_the_state_of_another_ends_as_that_does() -> None:
    @task
    def passes_on() -> State:
        state = late_boom().state
        may_fail.set()
        return state

    @flow
    def above() -> object:
        return passes_on().result(raise_on_failure=False)

    may_fail.clear()
    error = above()
    assert isinstance(error, ValueError)


def test_a_returned_future_of_another_flow_is_waited_for() -> None:
    @flow
    def returns(value: object) -> object:
        may_fail.set()
        return value

    @flow
    def above() -> object:
        return returns(quote(late_one()))

    may_fail.clear()
    assert above() == 1


@flow
async def failing_async_flow() -> int:
    raise ValueError("below")


async def _detached(awaitable: Any) -> object:
    return await awaitable


async def _forgets(awaitable: Any) -> None:
    detached.append(asyncio.create_task(_detached(awaitable)))


async def _asks(awaitable: Any) -> None:
    with suppress(ValueError):
        await asyncio.create_task(_detached(awaitable))


async def _gathers(awaitable: Any) -> None:
    await asyncio.gather(awaitable, return_exceptions=True)


async def _gathers_one_that_raises(awaitable: Any) -> None:
    with suppress(ValueError):
        await asyncio.gather(_detached(awaitable), _detached(boom("second")))


async def _waits_for_it(awaitable: Any) -> None:
    with suppress(ValueError):
        await asyncio.wait_for(awaitable, 20)


async def _in_a_group(awaitable: Any) -> None:
    with suppress(ExceptionGroup):
        async with asyncio.TaskGroup() as group:
            group.create_task(_detached(awaitable))


async def _asks_for_its_exception(awaitable: Any) -> None:
    running = asyncio.create_task(_detached(awaitable))
    await asyncio.wait([running])
    assert running.exception() is not None


detached: list[Any] = []


@pytest.mark.parametrize("make", [lambda: boom(), failing_async_flow, lambda: failing_flow.submit()])
@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (_forgets, "FAILED"),
        (_asks, "COMPLETED"),
        (_gathers, "COMPLETED"),
        (_gathers_one_that_raises, "COMPLETED"),
        (_waits_for_it, "COMPLETED"),
        (_in_a_group, "COMPLETED"),
        (_asks_for_its_exception, "COMPLETED"),
    ],
)
def test_an_exception_in_an_asyncio_task_is_read_by_who_asks_that(look: Any, expected: str, make: Any) -> None:
    @flow
    async def body() -> int:
        await look(make())
        await asyncio.sleep(0)  # what was created begins
        return 5

    state: Any = asyncio.run(body(return_state=True))  # type: ignore[arg-type]
    assert state.type == expected
    detached.clear()
