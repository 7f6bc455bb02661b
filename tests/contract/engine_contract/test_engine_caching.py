"""Results that outlive their run: cached, kept for resuming, persisted."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from armillary import flow, task
from armillary.cache import FLOW_PARAMETERS, INPUTS, RUN_ID, TASK_SOURCE, task_input_hash
from armillary.client.in_process.client import InProcessClient
from armillary.errors import InvalidCacheKey, NotSerializable
from armillary.results import read_result
from armillary.stores.opening import open_store

pytestmark = pytest.mark.usefixtures("home")


CALLS: list[object] = []


def counted(**options: Any) -> tuple[Any, list[object]]:
    """A task that writes down each of its executions. Not in a closure: what that holds is part of a task's source."""
    CALLS.clear()

    @task(**options)
    def work(value: object, rest: object = None) -> object:
        CALLS.append(value)
        return {"value": value}

    return work, CALLS


def test_equal_inputs_are_computed_once_over_all_runs(ledger: InProcessClient) -> None:
    work, calls = counted(cache_key_fn=task_input_hash)

    @flow
    def cached(value: int) -> object:
        return work(value).result()

    assert cached(1) == cached(1) == {"value": 1}
    assert cached(2) == {"value": 2}
    assert calls == [1, 2]
    first, second, third = ledger.task_runs().items
    assert [run.state_name for run in (first, second, third)] == ["Completed", "Cached", "Completed"]
    assert (second.cached_from, second.state_type, first.cached_from) == (first.id, "COMPLETED", None)


def test_many_at_once_with_one_key_compute_once() -> None:
    began = threading.Event()
    calls: list[int] = []

    @task(cache_key_fn=lambda _context, _parameters: "one")
    def slow(number: int) -> int:
        calls.append(number)
        began.wait(0.05)
        return number

    @flow
    def together() -> set[int]:
        return {future.result() for future in slow.map(range(20))}

    assert len(together()) == 1
    assert len(calls) == 1


PROCESS = """
import os, sys, time
from armillary import flow, task
from armillary.cache import INPUTS

@task(cache_policy=INPUTS)
def slow(value):
    with open(sys.argv[1], "a") as file:
        file.write("x")
    time.sleep(0.2)
    return value

@flow
def cached():
    return slow(1).result()

cached()
"""


def test_processes_with_one_key_compute_once(tmp_path: Path) -> None:
    script = tmp_path / "cached.py"
    script.write_text(PROCESS)
    marks = tmp_path / "marks"
    processes = [subprocess.Popen([sys.executable, str(script), str(marks)]) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0] * 4
    assert marks.read_text() == "x"


def test_a_cached_result_expires() -> None:
    work, calls = counted(cache_key_fn=lambda _context, _parameters: "k", cache_expiration=timedelta(microseconds=1))

    @flow
    def cached() -> None:
        work(1).result()

    cached()
    cached()
    assert calls == [1, 1]


def test_refreshing_computes_and_keeps_what_it_computed() -> None:
    work, calls = counted(cache_key_fn=lambda _context, _parameters: "k")

    @flow
    def cached(value: int, refresh: bool) -> object:
        return work.with_options(refresh_cache=refresh)(value).result()

    assert [cached(1, False), cached(2, True), cached(3, False)] == [{"value": 1}, {"value": 2}, {"value": 2}]
    assert calls == [1, 2]


@pytest.mark.parametrize(
    ("policy", "executions"),
    [(INPUTS, 2), (INPUTS - "rest", 1), (INPUTS + RUN_ID, 4), (TASK_SOURCE, 1), (FLOW_PARAMETERS, 2)],
    ids=["inputs", "inputs but one", "inputs in this run", "source", "flow parameters"],
)
def test_policies_say_what_counts_as_equal(policy: Any, executions: int) -> None:
    work, calls = counted(cache_policy=policy)

    @flow
    def cached(rest: int) -> None:
        work(1, rest).result()

    for rest in (1, 2, 1, 2):
        cached(rest)
    assert len(calls) == executions


def test_an_argument_that_cannot_be_hashed_is_named_and_the_task_runs(caplog: pytest.LogCaptureFixture) -> None:
    work, calls = counted(cache_policy=INPUTS)

    @flow
    def cached() -> None:
        work(threading.Lock()).result()

    with caplog.at_level(logging.WARNING):
        cached()
    assert len(calls) == 1
    assert "It is not cached" in caplog.text and "lock" in caplog.text


@pytest.mark.parametrize(
    ("key_fn", "says"),
    [(lambda _c, _p: 7, "returned 7 of type 'int'"), (lambda _c, _p: 1 / 0, "raised ZeroDivisionError")],
)
def test_a_cache_key_function_that_is_wrong_fails_the_task_and_is_named(key_fn: Any, says: str) -> None:
    work, calls = counted(cache_key_fn=key_fn)

    @flow
    def cached() -> object:
        return work(1).result()

    with pytest.raises(InvalidCacheKey, match=says):
        cached()
    assert not calls


def test_a_persisted_result_that_cannot_be_serialised_fails_its_task_by_name() -> None:
    @task(persist_result=True)
    def lock() -> object:
        return threading.Lock()

    @flow
    def persisted() -> object:
        return lock().result()

    with pytest.raises(NotSerializable, match="lock"):
        persisted()


def test_a_persisted_result_is_read_back_by_anybody(ledger: InProcessClient) -> None:
    work, _calls = counted(persist_result=True, result_serializer="compressed/json")

    @flow
    def persisted() -> None:
        work(7).result()

    persisted()
    [run] = ledger.task_runs().items
    stored = ledger.stored_result(run.id)
    assert stored is not None
    kept = read_result(open_store(stored.storage), stored.key)
    assert kept is not None
    assert kept.value == {"value": 7}
    assert (kept.header.producer, stored.serializer) == (run.id, "compressed/json")


def test_what_another_run_wrote_over_a_persisted_result_is_not_taken_over(ledger: InProcessClient) -> None:
    work, calls = counted(persist_result=True, result_storage_key="latest")

    @flow(retries=1)
    def resumed() -> object:
        answer = work(1).result()
        if len(calls) == 1:
            other()
            raise ValueError("first try")
        return answer

    @flow
    def other() -> None:
        work(2).result()

    assert resumed() == {"value": 1}
    assert calls == [1, 2, 1]


def test_a_damaged_result_is_computed_again_and_said(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    work, calls = counted(cache_key_fn=lambda _context, _parameters: "k")

    @flow
    def cached() -> object:
        return work(1).result()

    cached()
    [file] = (each for each in (home / "results" / "cache").rglob("*") if each.is_file() and each.stat().st_size)
    file.write_bytes(file.read_bytes()[:-3] + b"xxx")
    with caplog.at_level(logging.WARNING):
        assert cached() == {"value": 1}
    assert calls == [1, 1]
    assert "cannot be used" in caplog.text


def test_what_was_kept_only_for_resuming_goes_when_the_run_completes(home: Path) -> None:
    tries: list[int] = []
    work, calls = counted()

    @flow(retries=1)
    def resumed() -> None:
        work(1).result()
        tries.append(1)
        if len(tries) == 1:
            assert list((home / "results").rglob("*"))
            raise ValueError("first try")

    resumed()
    assert calls == [1]
    assert not [each for each in (home / "results" / "runs").rglob("*") if each.is_file()]


@pytest.mark.parametrize("options", [{}, {"result_serializer": "json"}], ids=["storage alone", "and a serializer"])
@pytest.mark.parametrize("decorate", [task, flow], ids=["task", "flow"])
def test_naming_a_storage_keeps_the_result_there(
    tmp_path: Path, ledger: InProcessClient, decorate: Any, options: dict[str, str]
) -> None:
    place = tmp_path / "named"
    work = decorate(result_storage=str(place), name="work", **options)(lambda: {"value": 1})
    flow(name="caller")(lambda: work().result() if decorate is task else work())()
    assert [path for path in place.rglob("*") if path.is_file()]


def test_what_is_not_to_be_kept_is_not_kept_though_a_storage_is_named(tmp_path: Path) -> None:
    place = tmp_path / "named"
    work = task(result_storage=str(place), persist_result=False)(lambda: 1)
    assert flow(name="caller")(lambda: work().result())() == 1
    assert not [path for path in place.rglob("*") if path.is_file()]
