"""The stack is used up somewhere in the engine: every run ends, and the engine goes on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest

from armillary import as_completed, flow, task
from armillary.client.in_process.client import InProcessClient
from armillary.core.filters import FlowRunFilter
from armillary.states import StateType
from armillary.task_runners import SequentialTaskRunner

from .work import one

pytestmark = pytest.mark.usefixtures("home")

FRAMES = range(2, 110)
"""How much stack is left for a call: from none to more than it takes."""
DEPTH = 400
"""Far from the bottom, so that threads with a stack of their own have enough of it."""


@flow
def small() -> int:
    return 1


@task
def below() -> int:
    return one().result()


def _deep(frames: int, call: Callable[[], Any]) -> Any:
    return _deep(frames - 1, call) if frames else call()


def _with_little_stack(frames: int, call: Callable[[], Any]) -> Any:
    """Call it with so many frames left; None where they did not suffice."""
    before = sys.getrecursionlimit()
    limit = DEPTH
    while True:  # the lowest limit that this depth allows
        try:
            sys.setrecursionlimit(limit)
            break
        except RecursionError:
            limit += 1
    try:
        sys.setrecursionlimit(limit + frames)
        return call()
    except RecursionError:
        return None
    finally:
        sys.setrecursionlimit(before)


def _in_time(call: Callable[[], Any]) -> Any:
    """On a thread of its own, so that a hang fails the test and no more."""
    found: list[Any] = []
    thread = Thread(target=lambda: found.append(call()), daemon=True)
    thread.start()
    thread.join(60)
    assert found, "it hangs"
    return found[0]


CALLS: dict[str, Callable[[], Any]] = {
    "a subflow": small,
    "a subflow's state": lambda: small(return_state=True).result(),
    "a submitted subflow": lambda: small.submit().result(),
    "a task": lambda: one().result(),
    "a task below a task": lambda: below().result(),
    "a task that nobody looks at": lambda: one().name,
}


@pytest.mark.parametrize("runner", [None, SequentialTaskRunner], ids=["threads", "in the caller"])
@pytest.mark.parametrize("case", CALLS)
def test_wherever_the_stack_ends_every_run_ends(case: str, runner: Any, ledger: InProcessClient) -> None:
    answers: list[Any] = []

    def body() -> None:
        answers.extend([_with_little_stack(frames, CALLS[case]) for frames in FRAMES])

    @flow(task_runner=runner, unseen_failures="ignore")
    def above() -> int:
        _deep(DEPTH, body)
        return one().result()

    assert _in_time(above) == 1
    assert None in answers
    unended = [run.name for run in ledger.flow_runs(limit=1000).items if run.state_type not in ENDED]
    unended += [run.name for run in _task_runs(ledger) if run.state_type not in ENDED]
    assert unended == []


ENDED = {StateType.COMPLETED, StateType.FAILED, StateType.CANCELLED}


def _task_runs(ledger: InProcessClient) -> list[Any]:
    return list(ledger.task_runs(limit=1000).items)


@flow
def deep(depth: int) -> int:
    return 0 if depth == 0 else deep(depth - 1) + 1


@flow
def caught(depth: int) -> int:
    try:
        return 0 if depth == 0 else caught(depth - 1) + 1
    except RecursionError:
        return 0


@task
def deep_task(depth: int) -> int:
    return 0 if depth == 0 else deep_task(depth - 1).result() + 1


@flow(task_runner=SequentialTaskRunner)
def deep_tasks(depth: int) -> int:
    return deep_task(depth).result()


@pytest.mark.parametrize("nest", [deep, deep_tasks], ids=lambda each: each.name)
def test_nesting_deeper_than_the_interpreter_allows_fails(nest: Any, ledger: InProcessClient) -> None:
    assert _in_time(lambda: nest(20)) == 20
    state = _in_time(lambda: nest(300, return_state=True))
    assert state.type == "FAILED"
    assert "RecursionError" in state.message
    running = ledger.flow_runs(FlowRunFilter(state_types=[StateType.RUNNING, StateType.PENDING])).items
    assert running == []


def test_a_body_may_catch_it() -> None:
    assert _in_time(lambda: caught(300)) > 20


@pytest.mark.parametrize("start", [lambda: one(), lambda: small.submit()], ids=["a task", "a subflow"])
def test_a_run_for_which_no_thread_can_be_started_fails(start: Callable[[], Any]) -> None:
    @flow
    def above() -> Any:
        before = threading.stack_size(1 << 46)  # more than any machine has
        try:
            started = start()
        finally:
            threading.stack_size(before)
        [future] = as_completed([started])
        return future.result(raise_on_failure=False)

    error = _in_time(above)
    assert isinstance(error, RuntimeError)
    assert "thread" in str(error)
