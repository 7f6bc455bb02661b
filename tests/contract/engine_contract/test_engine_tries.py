"""Every try of a run gets the arguments of the first."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from typing import Any

import pytest

from armillary import flow, task
from armillary.task_runners import TaskRunner

from .work import one

pytestmark = pytest.mark.usefixtures("home")

SEEN: list[Any] = []


def changes(values: list[Any], table: dict[str, Any], *, others: Any = None) -> None:
    """Notes what it was given, changes it and fails, but for the third time."""
    SEEN.append(repr((values, table, others)))
    values.append("changed")
    table.setdefault("rows", []).append("changed")
    if others is not None:
        others[0].append("changed")
    if len(SEEN) < 3:
        raise ValueError("again")


def given() -> tuple[Any, ...]:
    SEEN.clear()
    return [1, [2]], defaultdict(list, rows=[1]), ([3], {4}, deque([5]))


def test_a_task_gets_what_the_first_try_was_given() -> None:
    tried = task(retries=2)(changes)

    @flow
    def above() -> int:
        values, table, others = given()
        tried(values, table, others=others).result()
        assert values[-1] == "changed"  # the first try gets the very objects of the call
        return 1

    above()
    assert len(SEEN) == 3 and len(set(SEEN)) == 1


def test_a_flow_and_an_async_task_get_what_the_first_try_was_given() -> None:
    @task(retries=2)
    async def tried(values: list[Any], table: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        changes(values, table)

    @flow
    async def above() -> int:
        values, table, _ = given()
        outcome: Any = tried(values, table)
        await outcome
        return 1

    asyncio.run(above())
    assert len(SEEN) == 3 and len(set(SEEN)) == 1
    values, table, others = given()
    again: Any = flow(retries=2)(changes)
    again(values, table, others=others)
    assert len(SEEN) == 3 and len(set(SEEN)) == 1


def test_values_of_futures_are_the_same_in_every_try(runner: TaskRunner) -> None:
    @task(retries=2)
    def tried(values: list[Any]) -> list[Any]:
        from armillary.context import get_run_context

        before = list(values)
        values.append("changed")
        if get_run_context().task_run.run_count < 3:  # type: ignore[union-attr]
            raise ValueError("again")
        return before

    @flow(task_runner=runner)
    def above() -> list[Any]:
        return tried([one(), [0]]).result()

    assert above() == [1, [0]]


def test_what_was_shared_is_shared_and_other_objects_are_the_same_in_every_try() -> None:
    class Counter:
        tries = 0

    @task(retries=2)
    def tried(counter: Counter, left: list[Any], right: list[Any]) -> int:
        assert left[0] is right[0] and left[1] is counter
        counter.tries += 1
        if counter.tries < 3:
            raise ValueError("again")
        return int(counter.tries)

    @flow
    def above() -> int:
        counter, shared = Counter(), [1]
        done: Any = tried(counter, [shared, counter], [shared]).result()
        return int(done)

    assert above() == 3
