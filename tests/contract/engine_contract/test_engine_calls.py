"""Calling tasks, on every task runner."""

from __future__ import annotations

import os
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from armillary import Future, allow_failure, as_completed, quote, unmapped, wait
from armillary.client.in_process.client import InProcessClient
from armillary.errors import FutureMisuse, InvalidParameters
from armillary.task_runners import ProcessTaskRunner, SequentialTaskRunner, TaskRunner

from .conftest import AsFlow
from .work import (
    Pair,
    Point,
    Settings,
    add,
    boom,
    countdown,
    doubled_inside,
    exits_below,
    interrupts,
    interrupts_async,
    never_ready,
    never_ready_async,
    one,
    same,
    slowly,
    third_time,
    total,
    where,
)


def test_a_call_returns_a_future_whose_result_is_the_value(as_flow: AsFlow) -> None:
    def body() -> int:
        future = add(1, right=2)
        assert isinstance(future, Future)
        return future.result()

    assert as_flow(body)() == 3


def test_futures_are_replaced_at_any_depth_of_containers_and_dataclasses(as_flow: AsFlow) -> None:
    def body() -> tuple[object, int]:
        nested = same({"a": [one(), (one(), {"b": one()})]}).result()
        return nested, total(Pair(one(), [add(1), add(2)])).result()  # type: ignore[arg-type, list-item]

    assert as_flow(body)() == ({"a": [1, (1, {"b": 1})]}, 24)


def test_a_container_of_a_class_of_its_own_keeps_it(as_flow: AsFlow) -> None:
    def given(value: Any) -> list[Any]:
        return [
            defaultdict(list, {"a": value}),
            OrderedDict({"a": value}),
            deque([0, value], maxlen=2),
            Point(1, value),
            Settings(rows=value),
        ]

    assert as_flow(lambda: same(given(one())).result())() == given(1)


def test_map_runs_once_per_element_and_keeps_the_order(as_flow: AsFlow) -> None:
    def body() -> list[int]:
        return add.map([1, one(), 3], unmapped(100)).result()

    assert as_flow(body)() == [101, 101, 103]


def test_a_mapped_list_passed_on_is_the_list_of_values(as_flow: AsFlow) -> None:
    assert as_flow(lambda: same(add.map(range(3))).result())() == [10, 11, 12]


def test_async_tasks_and_sync_tasks_mix(as_flow: AsFlow) -> None:
    assert as_flow(lambda: add(slowly(4), slowly(5)).result())() == 9


def test_tasks_call_tasks(as_flow: AsFlow) -> None:
    assert as_flow(lambda: doubled_inside(21).result())() == 42


def test_tasks_in_tasks_never_exhaust_the_pool(as_flow: AsFlow) -> None:
    assert as_flow(lambda: sum(countdown.map([12, 12, 12]).result()))() == 36


def test_what_waits_for_a_failure_is_not_ready_and_names_it(as_flow: AsFlow) -> None:
    def body() -> tuple[str, str | None]:
        state = same(boom())
        state.wait()
        return state.state.name, state.state.message

    name, message = as_flow(body)()
    assert name == "NotReady"
    assert "boom-0" in str(message)


def test_allow_failure_passes_the_exception(as_flow: AsFlow) -> None:
    def body() -> str:
        return repr(same(allow_failure(boom("ouch"))).result())

    assert as_flow(body)() == "ValueError('ouch')"


def test_wait_for_adds_an_upstream_without_its_value(as_flow: AsFlow, ledger: InProcessClient) -> None:
    def body() -> None:
        add(1, wait_for=[one()])

    as_flow(body)()
    runs = {run.name: run for run in ledger.task_runs().items}
    assert runs["add-0"].upstreams == {"wait_for": [runs["one-0"].id]}


def test_retries_run_the_body_again(as_flow: AsFlow, tmp_path: Path, ledger: InProcessClient) -> None:
    assert as_flow(lambda: third_time(str(tmp_path / "marks")).result())() == 3
    assert [run.run_count for run in ledger.task_runs().items] == [3]


@pytest.mark.parametrize(
    ("task_that", "state"),
    [(interrupts, "CANCELLED"), (interrupts_async, "CANCELLED"), (exits_below, "FAILED")],
    ids=lambda each: str(each),
)
def test_a_task_that_raises_what_ends_threads_and_loops_ends_alone(
    as_flow: AsFlow, task_that: Any, state: str, runner: TaskRunner
) -> None:
    if isinstance(runner, SequentialTaskRunner) and task_that is interrupts:
        pytest.skip("it runs on the main thread, where Ctrl-C is meant for everything")

    def body() -> list[object]:
        first = task_that()
        first.wait()
        after = [one(), slowly(2)]
        wait(after, timeout=120)
        return [first.state.type, *(each.state.type for each in after)]

    assert as_flow(body)() == [state, "COMPLETED", "COMPLETED"]


def test_a_deadline_ends_a_run_as_timed_out(as_flow: AsFlow, ledger: InProcessClient) -> None:
    def body() -> None:
        wait([never_ready(), never_ready_async()])

    with pytest.raises(TimeoutError):
        as_flow(body)()
    assert [run.state_name for run in ledger.task_runs().items] == ["TimedOut", "TimedOut"]


def test_the_run_context_knows_the_run(as_flow: AsFlow, runner: TaskRunner) -> None:
    pid, told = as_flow(lambda: where().result())()
    assert told.endswith(" where-0")
    assert (pid == os.getpid()) is not isinstance(runner, ProcessTaskRunner)


def test_as_completed_yields_every_future(as_flow: AsFlow) -> None:
    assert sorted(as_flow(lambda: [future.result() for future in as_completed(add.map(range(5)))])()) == [
        10,
        11,
        12,
        13,
        14,
    ]


def test_a_future_is_not_its_value(as_flow: AsFlow) -> None:
    def body() -> None:
        future = one()
        misuses: list[Callable[[], object]] = [
            lambda: bool(future),
            lambda: future + 1,
            lambda: future[0],
            lambda: list(future),
        ]
        for misuse in misuses:
            with pytest.raises(FutureMisuse, match=r"\.result\(\)"):
                misuse()

    as_flow(body)()


def test_arguments_that_do_not_fit_are_refused_at_the_call(as_flow: AsFlow) -> None:
    def body() -> None:
        with pytest.raises(InvalidParameters, match="add"):
            add()
        with pytest.raises(InvalidParameters, match="lengths"):
            add.map([1, 2], [1, 2, 3])

    as_flow(body)()


def test_quote_passes_a_container_unseen(as_flow: AsFlow, ledger: InProcessClient) -> None:
    assert as_flow(lambda: same(quote([1, 2])).result())() == [1, 2]
    assert ledger.task_runs().items[0].upstreams == {}
