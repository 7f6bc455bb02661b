"""Flows in flows."""

from __future__ import annotations

import asyncio
from _thread import allocate_lock
from collections.abc import Callable
from typing import Any

import pytest

from armillary import as_completed, flow, quote, tags
from armillary.client.in_process.client import InProcessClient
from armillary.core.filters import FlowRunFilter
from armillary.errors import WouldBlockLoop
from armillary.task_runners import SequentialTaskRunner

from .work import boom, one, same, slowly

pytestmark = pytest.mark.usefixtures("home")


@flow
def child(value: object) -> object:
    return [value, one().result()]


@flow
async def async_child(value: int) -> int:
    await asyncio.sleep(0)
    return value


def test_a_subflow_is_one_node_of_its_parent_and_a_run_of_its_own(ledger: InProcessClient) -> None:
    @flow
    def parent() -> None:
        same(child(5))

    parent()
    [run] = ledger.flow_runs(FlowRunFilter(flow_names=["child"])).items
    [above] = ledger.flow_runs(FlowRunFilter(flow_names=["parent"])).items
    nodes = {each.name: each for each in ledger.task_runs().items if each.flow_run_id == above.id}
    assert set(nodes) == {"child-0", "same-0"}
    assert nodes["child-0"].child_flow_run_id == run.id
    assert nodes["child-0"].state_name == "Completed"
    assert (run.parent_task_run_id, run.root_flow_run_id) == (nodes["child-0"].id, above.id)
    assert nodes["same-0"].upstreams == {"value": [nodes["child-0"].id]}


def test_submitted_subflows_run_beside_one_another() -> None:
    @flow
    def parent() -> list[object]:
        futures = [child.submit(one()), child.submit(2)]
        return [future.result() for future in futures]

    assert parent() == [[1, 1], [2, 1]]


def test_a_subflow_with_a_failed_upstream_is_not_ready(ledger: InProcessClient) -> None:
    @flow
    def parent() -> None:
        child.submit(boom()).wait()

    assert str(parent(return_state=True)) == "Failed('1/2 states failed.')"
    assert [run.state_name for run in ledger.flow_runs(FlowRunFilter(flow_names=["child"])).items] == ["NotReady"]


def test_async_and_sync_flows_nest_either_way() -> None:
    @flow
    async def above() -> tuple[object, object, object]:
        started = async_child.submit(1)
        return await started, await async_child(2), child(3)

    assert asyncio.run(above()) == (1, 2, [3, 1])


def test_an_async_flow_under_sequential_runs_one_task_after_the_other() -> None:
    from .work import slowly

    @flow(task_runner=SequentialTaskRunner)
    async def above() -> list[int]:
        futures = [slowly(number) for number in range(4)]
        done = [future.done() for future in futures]
        assert done == [False] * 4
        return [await future for future in futures]

    assert asyncio.run(above()) == [0, 1, 2, 3]


def test_a_subflow_state_draws_its_edge(ledger: InProcessClient) -> None:
    @flow
    def parent() -> None:
        same(child(1, return_state=True))

    parent()
    runs = {run.name: run for run in ledger.task_runs().items}
    assert runs["same-0"].upstreams == {"value": [runs["child-0"].id]}


def test_lineage_survives_result_and_elements_of_containers(ledger: InProcessClient) -> None:
    @flow
    def parent() -> None:
        pair = same([object, {"a": 1}]).result()
        same(pair)
        same(pair[1])  # type: ignore[index]
        same(5)

    parent()
    runs = {run.name: run for run in ledger.task_runs().items}
    producer = runs["same-0"].id
    assert [runs[f"same-{number}"].upstreams for number in (1, 2, 3)] == [
        {"value": [producer]},
        {"value": [producer]},
        {},
    ]


def test_tags_of_a_block_reach_every_run_in_it(ledger: InProcessClient) -> None:
    @flow(tags=["own"])
    def tagged() -> None:
        with tags("block"):
            one()

    with tags("outer"):
        tagged()
    assert ledger.flow_runs().items[0].tags == ["outer", "own"]
    assert ledger.task_runs().items[0].tags == ["block", "outer"]


@flow
def takes(value: object) -> object:
    return value


@flow
def passes_on(value: object) -> None:
    same(value)


def _in_a_sync_flow() -> object:
    return takes(slowly(1))


def _behind_another() -> object:
    return takes(same(slowly(1)))


def _a_subflow() -> object:
    return takes(doubles.submit(1))


def _as_they_come() -> object:
    return list(as_completed([slowly(1), slowly(2)]))


def _left_to_a_sync_flow() -> object:
    return passes_on(quote(slowly(1)))


@flow
async def doubles(value: int) -> int:
    await asyncio.sleep(0.01)
    return value * 2


@pytest.mark.parametrize(
    "waits",
    [_in_a_sync_flow, _behind_another, _a_subflow, _as_they_come, _left_to_a_sync_flow],
    ids=lambda each: each.__name__,
)
def test_a_wait_that_holds_up_the_loop_it_waits_for_is_refused(waits: Callable[[], object]) -> None:
    @flow
    async def above() -> object:
        return waits()

    with pytest.raises(WouldBlockLoop, match="await"):
        asyncio.run(asyncio.wait_for(above(), 20))


def test_a_sync_flow_may_wait_for_what_needs_no_loop_and_async_code_for_all() -> None:
    @flow
    async def above() -> list[object]:
        found: list[object] = [takes(one()), takes(await slowly(2))]
        found += [await each for each in asyncio.as_completed([slowly(3), slowly(4)])]
        return sorted(found)  # type: ignore[type-var]

    assert asyncio.run(above()) == [1, 2, 3, 4]


def test_what_waits_behind_a_long_ladder_is_looked_through_once() -> None:
    """Two on each rung wait for both below: ways through it double with every rung."""

    @flow
    async def above() -> object:
        rung: list[Any] = [slowly(1), slowly(2)]
        for _ in range(1_500):
            rung = [same(rung), same(rung)]
        return takes(rung[0])

    with pytest.raises(WouldBlockLoop, match="await"):
        asyncio.run(asyncio.wait_for(above(), 60))


def test_python_names_the_flow_that_nobody_awaits() -> None:
    @flow
    async def forgotten() -> None: ...

    coroutine: Any = forgotten()
    assert coroutine.__qualname__ == "forgotten"
    coroutine.close()


ran: list[object] = []


@flow
def told_once(value: object) -> object:
    ran.append(value)
    same(value).wait()
    return [value, len(ran)]


@flow
async def told_once_async(value: object) -> object:
    ran.append(value)
    return [value, len(ran)]


@flow
def told_to_fail(value: object) -> object:
    ran.append(value)
    if ran.count(value) == 1:
        raise ValueError("the first time")
    return value


@flow
def told_with_what_cannot_be_kept() -> object:
    ran.append("lock")
    return allocate_lock()


@flow
def grandparent_of_one(value: object) -> object:
    return told_once(value)


RETRIED: dict[str, tuple[Callable[[], object], list[object]]] = {
    "a call": (lambda: told_once(1), [1]),
    "equal calls": (lambda: [told_once(1), told_once(1)], [1, 1]),
    "different calls": (lambda: [told_once(1), told_once(2)], [1, 2]),
    "with a future": (lambda: told_once(same(1)), [1]),
    "submitted": (lambda: told_once.submit(1).result(), [1]),
    "submitted with a future": (lambda: told_once.submit(same(1)).result(), [1]),
    "submitted, async": (lambda: told_once_async.submit(1).result(), [1]),
    "its state": (lambda: told_once(1, return_state=True).result(), [1]),
    "below another": (lambda: grandparent_of_one(1), [1]),
    "one that failed": (lambda: told_to_fail(1, return_state=True).result(raise_on_failure=False), [1, 1]),
    "a value that cannot be kept": (lambda: bool(told_with_what_cannot_be_kept()), ["lock", "lock"]),
}


@pytest.mark.parametrize("case", RETRIED)
def test_a_retried_parent_does_not_run_a_completed_subflow_again(case: str, ledger: InProcessClient) -> None:
    call, expected = RETRIED[case]
    ran.clear()
    answers: list[object] = []

    @flow(retries=1)
    def parent() -> list[object]:
        answers.append(call())
        if len(answers) == 1:
            raise RuntimeError("once")
        return answers

    first, second = parent()
    assert ran == expected
    if "failed" not in case:
        assert first == second


def test_a_subflow_that_is_not_run_again_says_so(ledger: InProcessClient) -> None:
    ran.clear()
    tries: list[int] = []

    @flow(retries=1)
    async def parent() -> None:
        await told_once_async(1)
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("once")

    asyncio.run(parent())
    assert ran == [1]
    runs = ledger.flow_runs(FlowRunFilter(flow_names=["told-once-async"])).items
    assert sorted(run.state_name for run in runs) == ["Cached", "Completed"]


def test_a_parent_without_retries_runs_every_call() -> None:
    ran.clear()

    @flow
    def parent() -> list[object]:
        return [told_once(1), told_once(1)]

    assert parent() == [[1, 1], [1, 2]]
