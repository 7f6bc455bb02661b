"""Limits on tags: never more at once than there are slots, on every task runner, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from armillary import flow, tags, task
from armillary.client.in_process.client import InProcessClient
from armillary.core.states import COMPLETED, FAILED, PENDING
from armillary.task_runners import ConcurrentTaskRunner

from .conftest import AsFlow
from .work import crowded, crowded_async, fails_once_crowded, inner_of_a_holder


@pytest.fixture
def one_slot(home: Path, ledger: InProcessClient) -> InProcessClient:
    ledger.set_concurrency_limit("crowd", 1)
    return ledger


def names(ledger: InProcessClient, task_run_id: str) -> list[str]:
    return [change.name for change in ledger.task_run_states(task_run_id)]


def test_no_more_than_the_slots_run_at_once(as_flow: AsFlow, one_slot: InProcessClient, tmp_path: Path) -> None:
    most = as_flow(lambda: max(crowded.map([str(tmp_path / "inside")] * 5).result()))()
    assert most == 1
    assert one_slot.concurrency_limit("crowd").active_slots == []


def test_who_waits_for_a_slot_says_so_and_holds_no_thread(
    home: Path, one_slot: InProcessClient, tmp_path: Path
) -> None:
    @flow(task_runner=ConcurrentTaskRunner(max_workers=2))
    def parallel() -> list[int]:
        crowd = crowded.map([str(tmp_path / "inside")] * 4)
        free = [plain(number) for number in range(4)]
        return [*crowd.result(), *(each.result() for each in free)]

    parallel()
    runs = [run for run in one_slot.task_runs().items if run.task_name == "crowded"]
    waited = [run for run in runs if "AwaitingSlot" in names(one_slot, run.id)]
    assert waited
    told = [each for each in one_slot.task_run_states(waited[0].id) if each.name == "AwaitingSlot"]
    assert (told[0].type, told[0].message) == (PENDING, "All slots of 'crowd' are taken.")


@task
def plain(number: int) -> int:
    return number


def test_async_tasks_wait_in_the_same_line(home: Path, one_slot: InProcessClient, tmp_path: Path) -> None:
    @flow
    async def parallel() -> list[int]:
        futures: list[Any] = [crowded_async(str(tmp_path / "inside")) for _ in range(4)]
        return [await future for future in futures]

    assert max(asyncio.run(parallel())) == 1


def test_a_slot_is_free_while_its_run_waits_for_a_retry(
    as_flow: AsFlow, one_slot: InProcessClient, tmp_path: Path
) -> None:
    as_flow(lambda: fails_once_crowded(str(tmp_path / "failed")).result())()
    (run,) = one_slot.task_runs().items
    assert (run.state_type, run.run_count) == (COMPLETED, 2)
    assert one_slot.concurrency_limit("crowd").active_slots == []


def test_a_task_in_a_holder_needs_no_slot_of_its_own(as_flow: AsFlow, one_slot: InProcessClient) -> None:
    assert as_flow(lambda: inner_of_a_holder(3).result())() == 3


def test_a_limit_of_none_lets_none_begin_and_cancelling_ends_the_wait(home: Path, ledger: InProcessClient) -> None:
    ledger.set_concurrency_limit("closed", 0)

    @flow(timeout_seconds=1)
    def waits() -> None:
        with tags("closed"):
            plain(1).result()

    assert waits(return_state=True).type is FAILED
    (run,) = ledger.task_runs().items
    assert run.run_count == 0
    assert run.state_type not in (PENDING, COMPLETED)


def test_tags_without_a_limit_cost_no_slot(as_flow: AsFlow, ledger: InProcessClient, tmp_path: Path) -> None:
    ledger.set_concurrency_limit("other", 0)
    assert as_flow(lambda: len(crowded.map([str(tmp_path / "inside")] * 2).result()))() == 2


def test_a_slot_of_a_process_that_died_is_taken_over(home: Path, one_slot: InProcessClient, tmp_path: Path) -> None:
    pid = os.fork()
    if pid == 0:

        @flow
        def dies() -> None:
            kills_itself().result()

        dies()
        os._exit(1)
    os.waitpid(pid, 0)
    assert len(one_slot.concurrency_limit("crowd").active_slots) <= 1

    @flow
    def goes_on() -> int:
        return crowded(str(tmp_path / "inside")).result()

    assert goes_on() == 1


@task(tags=["crowd"])
def kills_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
