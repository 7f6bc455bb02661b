"""How flow runs end."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Protocol

import pytest

from armillary import State, flow, task
from armillary.client.in_process.client import InProcessClient
from armillary.errors import InvalidParameters, OutsideRun, RunTimedOut
from armillary.states import Failed

from .work import boom, one, same

pytestmark = pytest.mark.usefixtures("home")


def test_a_failing_upstream_fails_the_flow_with_the_original_exception(ledger: InProcessClient) -> None:
    @flow
    def chain() -> None:
        same(boom())
        one()

    with pytest.raises(ValueError, match="no") as caught:
        chain()
    assert caught.value.__notes__ == ["Raised by task run 'boom-0'."]
    [run] = ledger.flow_runs().items
    assert run.state_type == "FAILED"
    assert str(run.state_message).startswith("1/3 states failed. Task run 'same-0' ended as NotReady")
    assert {task_run.name: task_run.state_name for task_run in ledger.task_runs().items} == {
        "boom-0": "Failed",
        "same-0": "NotReady",
        "one-0": "Completed",
    }


def test_returned_futures_alone_are_judged() -> None:
    @flow
    def forgiving() -> object:
        boom().wait()
        return [one(), one()]

    assert str(forgiving(return_state=True)) == "Completed('All states completed.')"
    assert forgiving() == [1, 1]


def test_a_returned_state_is_judged() -> None:
    @flow
    def says_so() -> State:
        return Failed("not today")

    assert says_so(return_state=True).type == "FAILED"


def test_an_exception_in_the_body_still_lets_every_task_end(ledger: InProcessClient) -> None:
    @flow
    def hasty() -> None:
        for _ in range(5):
            one()
        raise KeyError("gone")

    with pytest.raises(KeyError):
        hasty()
    assert {run.state_name for run in ledger.task_runs().items} == {"Completed"}
    assert ledger.flow_runs().items[0].state_message == "KeyError: 'gone'"


def test_parameters_that_do_not_validate_make_a_failed_run(ledger: InProcessClient) -> None:
    entered = []

    @flow
    def typed(count: int) -> None:
        entered.append(count)

    with pytest.raises(InvalidParameters, match="'count' got 'many'"):
        typed("many")
    assert entered == []
    [run] = ledger.flow_runs().items
    assert run.state_type == "FAILED"
    assert "count" in str(run.state_message)


def test_a_default_stays_what_it_is_and_what_is_given_is_converted() -> None:
    @flow
    def dated(
        day: date = None,  # type: ignore[assignment]  # noqa: RUF013  as many write it
        *,
        rows: int = None,  # type: ignore[assignment]  # noqa: RUF013
    ) -> tuple[object, object]:
        return day, rows

    assert dated() == (None, None)
    assert dated(None, rows=None) == (None, None)
    assert dated("2026-01-01", rows="5") == (date(2026, 1, 1), 5)
    with pytest.raises(InvalidParameters, match="'rows' got 'many'"):
        dated(rows="many")


class Sized(Protocol):
    def size(self) -> int: ...


def test_what_cannot_be_checked_is_taken_as_it_is() -> None:
    @flow
    def takes(given: Sized, self: int = 1) -> object:
        return given, self

    thing = object()
    assert takes(given=thing, self="2") == (thing, 2)


def test_a_flow_is_tried_again_and_finished_tasks_are_not(ledger: InProcessClient) -> None:
    worked = []

    @task
    def work(step: int) -> int:
        worked.append(step)
        return step

    @flow(retries=1)
    def stumbling() -> int:
        done = [work(step).result() for step in (1, 2, 2)]
        if len(worked) == 3 and not stumbled:
            stumbled.append(True)
            raise RuntimeError("once")
        return sum(done)

    stumbled: list[bool] = []
    assert stumbling() == 5
    assert worked == [1, 2, 2]
    again = [run for run in ledger.task_runs().items if (run.attempt, run.flow_run_count) == (1, 2)]
    assert [run.state_name for run in again] == ["Cached"] * 3
    assert all(run.cached_from for run in again)


def test_a_flow_past_its_deadline_is_timed_out_with_its_tasks(ledger: InProcessClient) -> None:
    @task
    def spin() -> None:
        while True:
            pass

    @flow(timeout_seconds=0.2)
    def endless() -> None:
        spin().result()

    with pytest.raises(RunTimedOut):
        endless()
    assert ledger.flow_runs().items[0].state_name == "TimedOut"
    assert [run.state_type for run in ledger.task_runs().items] == ["CANCELLED"]


def test_hooks_hear_of_transitions_and_cannot_break_them() -> None:
    heard: list[str] = []

    def tell(subject: object, run: object, state: State) -> None:
        heard.append(f"{subject} {state.name}")

    def faulty(*_: object) -> None:
        raise RuntimeError("hook")

    def leaving(*_: object) -> None:
        sys.exit(3)

    @task(on_completion=[faulty, leaving, tell], on_rollback=tell)
    def step() -> None: ...

    @flow(on_running=tell, on_failure=[faulty, leaving, tell])
    def failing() -> None:
        step().result()
        raise ValueError

    assert failing(return_state=True).type == "FAILED"
    assert heard == [
        "Flow('failing') Running",
        "Task('step') Completed",
        "Task('step') Completed",
        "Flow('failing') Failed",
    ]


def test_a_task_outside_a_flow_is_refused_with_the_way_out() -> None:
    with pytest.raises(OutsideRun, match=r"one\.fn"):
        one()


def test_the_home_is_not_touched_before_a_flow_runs(home: Path) -> None:
    @flow
    def idle() -> None: ...

    assert not home.exists()
    idle()
    assert home.exists()
