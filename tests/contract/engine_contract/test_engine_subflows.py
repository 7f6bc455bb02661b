"""Flows in flows."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from armillary import flow, tags
from armillary.client.in_process import InProcessClient
from armillary.core.filters import FlowRunFilter
from armillary.task_runners import SequentialTaskRunner

from .work import boom, one, same

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


def test_python_names_the_flow_that_nobody_awaits() -> None:
    @flow
    async def forgotten() -> None: ...

    coroutine: Any = forgotten()
    assert coroutine.__qualname__ == "forgotten"
    coroutine.close()
