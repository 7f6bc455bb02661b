"""Pausing, suspending and resuming: on every task runner, by name of what a user sees."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from armillary import flow, pause_flow_run, suspend_flow_run, task
from armillary.client.in_process.client import InProcessClient
from armillary.core.errors import (
    IllegalTransition,
    InvalidParameters,
    OutsideRun,
    RunCancelled,
    RunPaused,
    RunTimedOut,
)
from armillary.core.states import CANCELLED, COMPLETED, FAILED, PAUSED, RUNNING
from armillary.engine.calls.assignment import Assignment, assigned

from .conftest import AsFlow


class Approval(BaseModel):
    approved: bool
    reason: str = "none given"


@task
def double(number: int) -> int:
    return 2 * number


@contextmanager
def beside(body: Callable[[], Any]) -> Iterator[list[Any]]:
    """Calls ``body`` on another thread, and waits for its end; what it returned or raised is in the list then."""
    ended: list[Any] = []

    def run() -> None:
        try:
            ended.append(body())
        except Exception as error:
            ended.append(error)

    thread = Thread(target=run)
    thread.start()
    yield ended
    thread.join(20)
    assert ended, "it never came back"


def until(ledger: InProcessClient, holds: Callable[[], Any]) -> Any:
    for _ in range(200):
        found = holds()
        if found:
            return found
        ledger.wait_for_news(0.1)
    raise AssertionError("it never came to that")


def paused_run(ledger: InProcessClient) -> Any:
    return until(ledger, lambda: [run for run in ledger.flow_runs().items if run.state_type is PAUSED])[0]


def test_a_paused_flow_goes_on_with_the_input_it_asked_for(as_flow: AsFlow, ledger: InProcessClient) -> None:
    def body() -> str:
        number = double(2).result()
        answer = pause_flow_run(Approval)
        return f"{answer.approved} {answer.reason} {double(number).result()}"

    with beside(as_flow(body)) as ended:
        run = paused_run(ledger)
        (asked,) = ledger.run_inputs(run.id)
        assert asked.schema is not None
        assert set(asked.schema["properties"]) == {"approved", "reason"}
        ledger.resume(run.id, {"approved": True})
    assert ended == ["True none given 8"]
    assert [change.name for change in ledger.flow_run_states(run.id)][1:] == [
        "Running",
        "Paused",
        "Running",
        "Completed",
    ]
    assert ledger.find_flow_run(run.id).run_count == 1
    assert ledger.run_inputs(run.id)[0].answer == {"approved": True}


def test_an_input_that_does_not_fit_changes_nothing(home: Path, ledger: InProcessClient) -> None:
    @flow
    def asks() -> str:
        answer: str = pause_flow_run(Literal["yes", "no"])
        return answer

    with beside(asks) as ended:
        run = paused_run(ledger)
        with pytest.raises(InvalidParameters, match="maybe"):
            ledger.resume(run.id, "maybe")
        assert ledger.find_flow_run(run.id).state_type is PAUSED
        ledger.resume(run.id, "no")
    assert ended == ["no"]


def test_a_run_that_asks_for_nothing_takes_no_input(home: Path, ledger: InProcessClient) -> None:
    with beside(flow(lambda: pause_flow_run()).with_options(name="waits")) as ended:
        run = paused_run(ledger)
        with pytest.raises(InvalidParameters, match="no input"):
            ledger.resume(run.id, 3)
        ledger.resume(run.id)
    assert ended == [None]


def test_nobody_resumes_in_time(home: Path, ledger: InProcessClient) -> None:
    @flow
    def impatient() -> None:
        pause_flow_run(timeout_seconds=0.1)

    with pytest.raises(RunTimedOut, match=r"within 0\.1 seconds"):
        impatient()
    (run,) = ledger.flow_runs().items
    assert run.state_type is FAILED


def test_nothing_new_begins_while_a_run_is_paused_from_outside(as_flow: AsFlow, ledger: InProcessClient) -> None:
    go = Event()

    def body() -> int:
        go.wait(10)
        return double(21).result()

    with beside(as_flow(body)) as ended:
        run = until(ledger, lambda: [each for each in ledger.flow_runs().items if each.state_type is RUNNING])[0]
        ledger.pause(run.id)
        until(ledger, lambda: ledger.find_flow_run(run.id).state_type is PAUSED)
        go.set()
        (held,) = until(ledger, lambda: ledger.task_runs().items)
        assert held.start_time is None
        with pytest.raises(IllegalTransition, match="only a running"):
            ledger.pause(run.id)
        ledger.resume(run.id)
    assert ended == [42]
    (child,) = ledger.task_runs().items
    assert child.state_type is COMPLETED


def test_the_timeout_stands_still_while_a_run_is_paused(home: Path, ledger: InProcessClient) -> None:
    @flow(timeout_seconds=0.5)
    def timed() -> str:
        pause_flow_run()
        return "in time"

    with beside(timed) as ended:
        run = paused_run(ledger)
        Event().wait(0.7)
        ledger.resume(run.id)
    assert ended == ["in time"]


def test_a_paused_run_can_be_cancelled(as_flow: AsFlow, ledger: InProcessClient) -> None:
    with beside(as_flow(lambda: pause_flow_run())) as ended:
        run = paused_run(ledger)
        ledger.cancel(run.id)
    assert isinstance(ended[0], RunCancelled)
    assert ledger.find_flow_run(run.id).state_type is CANCELLED


def test_a_paused_subflow_leaves_its_parent_running(home: Path, ledger: InProcessClient) -> None:
    @flow
    def child() -> int:
        number: int = pause_flow_run(int)
        return number

    @flow
    def parent() -> int:
        return child() + 1

    with beside(parent) as ended:
        run = paused_run(ledger)
        assert run.flow_name == "child"
        assert run.parent_flow_run_id is not None
        assert ledger.find_flow_run(run.parent_flow_run_id).state_type is RUNNING
        with pytest.raises(IllegalTransition, match="subflow"):
            ledger.suspend(run.id)
        ledger.resume(run.id, 41)
    assert ended == [42]


def test_an_async_flow_awaits_its_input(home: Path, ledger: InProcessClient) -> None:
    @flow
    async def asks() -> int:
        number: int = await pause_flow_run(int)
        return number + await double(1)

    with beside(lambda: asyncio.run(asks())) as ended:
        run = paused_run(ledger)
        ledger.resume(run.id, 40)
    assert ended == [42]


def test_a_suspended_run_goes_on_as_its_next_attempt(home: Path, ledger: InProcessClient) -> None:
    computed = []

    @task
    def costly() -> int:
        computed.append(1)
        return 20

    @flow(retries=1)
    def in_two_parts() -> int:
        first = costly().result()
        answer = suspend_flow_run(Approval)
        return first + (22 if answer.approved else 0)

    with pytest.raises(RunPaused, match="armillary flow-run resume"):
        in_two_parts()
    (run,) = ledger.flow_runs().items
    assert (run.state_type, run.state_name) == (PAUSED, "Suspended")
    assert run.state_message is not None
    ledger.resume(run.id, {"approved": True})
    resumed = ledger.find_flow_run(run.id)
    assert (resumed.state_name, resumed.attempt) == ("Resuming", 1)
    granted = ledger.grant_attempt(run.id)
    (asked,) = ledger.run_inputs(run.id)
    assignment = Assignment(run.id, run.name, granted.attempt, 0, answers={asked.key: '{"approved":true}'})
    with assigned(assignment):
        assert in_two_parts() == 42
    assert computed == [1]
    assert ledger.find_flow_run(run.id).state_type is COMPLETED


def test_what_runs_ends_before_a_run_is_suspended_from_outside(
    home: Path, ledger: InProcessClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARMILLARY_LOGGING_LEVEL", "INFO")
    begun, go = Event(), Event()

    @task
    def long() -> int:
        begun.set()
        go.wait(10)
        return 1

    @flow
    def working() -> list[int]:
        return [long().result(), double(2).result()]

    with beside(lambda: working(return_state=True)) as ended:
        begun.wait(10)
        (run,) = until(ledger, lambda: ledger.flow_runs().items)
        ledger.suspend(run.id)
        until(ledger, lambda: any("Suspending" in line.message for line in ledger.logs(run.id)))
        go.set()
    assert (ended[0].type, ended[0].name) == (PAUSED, "Suspended")
    kept = ledger.find_flow_run(run.id)
    assert kept.state_name == "Suspended"
    assert all(each.state_type in (COMPLETED, CANCELLED) for each in ledger.task_runs().items)


def test_a_suspended_run_can_be_cancelled(home: Path, ledger: InProcessClient) -> None:
    flow(lambda: suspend_flow_run()).with_options(name="left")(return_state=True)
    (run,) = ledger.flow_runs().items
    ledger.cancel(run.id)
    assert ledger.find_flow_run(run.id).state_type is CANCELLED


def test_a_suspended_run_that_nobody_resumes_in_time_fails(home: Path, ledger: InProcessClient) -> None:
    flow(lambda: suspend_flow_run(timeout_seconds=0.01)).with_options(name="left")(return_state=True)

    def given_up() -> bool:
        ledger.serve_once()
        return ledger.flow_runs().items[0].state_name == "TimedOut"

    until(ledger, given_up)
    (run,) = ledger.flow_runs().items
    assert (run.state_type, run.state_message) == (FAILED, "Not resumed in time.")


@pytest.mark.parametrize("ask", [pause_flow_run, suspend_flow_run])
def test_only_a_flows_body_can_wait(home: Path, ask: Callable[[], Any]) -> None:
    with pytest.raises(OutsideRun, match="outside a flow run"):
        ask()

    @task
    def in_a_task() -> None:
        ask()

    with pytest.raises(OutsideRun, match="in the task run"):
        flow(lambda: in_a_task().result()).with_options(name="outer")()
