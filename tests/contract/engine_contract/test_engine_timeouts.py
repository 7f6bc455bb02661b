"""A run with a timeout ends at it, and its caller goes on then."""

from __future__ import annotations

import queue
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from armillary import flow, task
from armillary.errors import RunTimedOut
from armillary.task_runners import ConcurrentTaskRunner, SequentialTaskRunner

pytestmark = pytest.mark.usefixtures("home")

STUCK_SECONDS = 30
"""How long a body is stuck; a call that takes half as long has waited for it."""


def _sleeps() -> None:
    time.sleep(STUCK_SECONDS)


def _selects() -> None:
    select.select([], [], [], STUCK_SECONDS)


def _receives() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(STUCK_SECONDS)
        ours.recv(1)


def _waits_for_a_lock() -> None:
    threading.Event().wait(STUCK_SECONDS)


def _waits_for_a_queue() -> None:
    queue.Queue[int]().get(timeout=STUCK_SECONDS)


def _waits_for_a_process() -> None:
    subprocess.run(["sleep", str(STUCK_SECONDS)], check=False)


def _turns() -> None:
    end = time.monotonic() + STUCK_SECONDS
    while time.monotonic() < end:
        pass


STUCK = [_sleeps, _selects, _receives, _waits_for_a_lock, _waits_for_a_queue, _waits_for_a_process, _turns]


def _here(call: Callable[[], Any]) -> Any:
    return call()


def _on_a_thread(call: Callable[[], Any]) -> Any:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(call()), daemon=True)
    thread.start()
    thread.join(STUCK_SECONDS)
    return found[0]


def _in_a_flow(call: Callable[[], Any]) -> Any:
    return flow(name="above")(lambda: call().name)()


def _in_a_task(call: Callable[[], Any]) -> Any:
    return flow(name="above")(lambda: task(name="around")(lambda: call().name)().result())()


@pytest.mark.parametrize("where", [_here, _on_a_thread, _in_a_flow, _in_a_task])
@pytest.mark.parametrize("body", STUCK)
def test_a_flow_that_is_stuck_comes_back_at_its_deadline(
    body: Callable[[], None], where: Callable[[Callable[[], Any]], Any]
) -> None:
    stuck = flow(timeout_seconds=0.2, name="stuck")(body)
    began = time.monotonic()
    state = where(lambda: stuck(return_state=True))
    assert getattr(state, "name", state) == "TimedOut"
    assert time.monotonic() - began < STUCK_SECONDS / 2


@pytest.mark.parametrize("runner", [ConcurrentTaskRunner, SequentialTaskRunner])
@pytest.mark.parametrize("body", STUCK)
def test_a_task_that_is_stuck_is_not_waited_for(body: Callable[[], None], runner: Any) -> None:
    stuck = task(timeout_seconds=0.2, name="stuck")(body)

    @flow(task_runner=runner)
    def above() -> Any:
        return stuck().result(raise_on_failure=False)

    began = time.monotonic()
    assert isinstance(above(), RunTimedOut)
    assert time.monotonic() - began < STUCK_SECONDS / 2


def test_a_flow_on_a_thread_still_leaves_by_sys_exit() -> None:
    @flow(timeout_seconds=60)
    def leaves() -> None:
        raise SystemExit(3)

    def call() -> object:
        try:
            leaves()
        except SystemExit as error:
            return error.code
        return None

    assert _on_a_thread(call) == 3


def test_the_signal_that_ends_a_system_call_is_given_back_and_left_to_user_code() -> None:
    before = signal.getsignal(signal.SIGURG)
    heard: list[int] = []

    @flow(timeout_seconds=0.2)
    def has_its_own() -> None:
        signal.signal(signal.SIGURG, lambda number, _frame: heard.append(number))
        end = time.monotonic() + STUCK_SECONDS
        while time.monotonic() < end:
            time.sleep(0.01)

    assert flow(name="plain")(lambda: 1)() == 1
    assert signal.getsignal(signal.SIGURG) is before
    try:
        assert has_its_own(return_state=True).name == "TimedOut"
        assert heard == []
    finally:
        signal.signal(signal.SIGURG, before)
