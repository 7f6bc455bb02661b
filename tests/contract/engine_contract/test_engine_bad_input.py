"""What people get wrong, and the sentence they get for it."""

from __future__ import annotations

import contextvars
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import BaseModel, field_validator

from armillary import flow, task, wait
from armillary.client.in_process.client import InProcessClient
from armillary.errors import (
    HomeNotWritable,
    InvalidOption,
    InvalidParameters,
    InvalidSetting,
    NotSerializable,
    OutsideRun,
    RunFailed,
    UnknownOption,
)
from armillary.task_runners import ConcurrentTaskRunner, ProcessTaskRunner

from .work import returns_futures, unrepeatable

pytestmark = pytest.mark.usefixtures("home")


@task
def same(value: Any) -> Any:
    return value


@task
def lock() -> Any:
    return threading.Lock()


@pytest.mark.parametrize(
    ("decorate", "error", "says"),
    [
        (lambda: task(retrys=3)(print), UnknownOption, "retries"),
        (lambda: flow(nmae="x")(print), UnknownOption, "name"),
        (lambda: task(retries=-1)(print), InvalidOption, "retries"),
        (lambda: task(retries="3")(print), InvalidOption, "retries"),
        (lambda: flow(timeout_seconds=0)(print), InvalidOption, "timeout_seconds"),
        (lambda: flow(name="")(print), InvalidOption, "name"),
        (lambda: flow(name="extract/load")(print), InvalidOption, "slash"),
        (lambda: task(cache_expiration=5)(print), InvalidOption, "cache_expiration"),
        (lambda: flow(cast(Any, 7)), InvalidOption, "function"),
        (lambda: task(max), InvalidOption, "Wrap it"),
    ],
)
def test_a_decorator_refuses_what_it_does_not_know_when_the_module_is_imported(
    decorate: Any, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        decorate()


def test_an_argument_that_cannot_go_to_another_process_is_named_and_fails_its_task_alone(
    ledger: InProcessClient,
) -> None:
    @flow(task_runner=ProcessTaskRunner(max_workers=1))
    def processes() -> Any:
        wrong = same(threading.Lock())
        right = same(7)
        return right.result(), wrong

    state = processes(return_state=True)
    assert state.type == "FAILED"
    wrong, right = sorted(ledger.task_runs().items, key=lambda run: run.name)
    assert (wrong.state_type, right.state_type) == ("FAILED", "COMPLETED")
    assert "lock" in (wrong.state_message or "")


def test_a_result_that_cannot_come_back_from_another_process_is_named() -> None:
    @flow(task_runner=ProcessTaskRunner(max_workers=1))
    def processes() -> Any:
        return lock().result()

    with pytest.raises(NotSerializable, match="lock"):
        processes()


def test_an_exception_that_cannot_be_made_again_comes_back_as_what_it_said() -> None:
    @flow(task_runner=ProcessTaskRunner(max_workers=1))
    def elsewhere() -> None:
        unrepeatable().result()

    with pytest.raises(RunFailed) as raised:
        elsewhere()
    assert str(raised.value) == "Unrepeatable: said once"
    told = "\n".join(raised.value.__notes__)
    assert "in unrepeatable" in told
    assert "armillary/engine" not in told


def test_futures_do_not_come_back_from_another_process_and_the_way_out_is_told() -> None:
    @flow(task_runner=ProcessTaskRunner(max_workers=1))
    def elsewhere() -> None:
        returns_futures().result()

    with pytest.raises(NotSerializable, match=r"return its \.result\(\)"):
        elsewhere()


def test_arguments_that_do_not_fit_a_flow_are_named_before_its_body_starts() -> None:
    @flow
    def typed(many: int, name: str = "x") -> None:
        raise AssertionError("the body must not start")

    loosely: Any = typed
    calls: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: loosely("several"), "many"),
        (lambda: loosely(), "many"),
        (lambda: loosely(1, nmae="y"), "nmae"),
        (lambda: loosely(1, "y", 3), "typed"),
    )
    for call, says in calls:
        with pytest.raises(InvalidParameters, match=says):
            call()


class Picky(BaseModel):
    rows: int

    @field_validator("rows")
    @classmethod
    def refuses(cls, rows: int) -> int:
        raise KeyError("whatever a user's validator raises")


@dataclass
class Guarded:
    rows: object

    def __post_init__(self) -> None:
        if isinstance(self.rows, int) and self.rows == 1:
            raise RuntimeError("one is too few")


@flow
def takes_picky(given: Picky) -> None: ...


@flow
def takes_anything(given: Any) -> None: ...


def test_a_validator_may_raise_anything_also_in_a_subflow_that_waits_for_its_upstream(ledger: InProcessClient) -> None:
    @flow
    def above() -> list[str]:
        submitted = [takes_picky.submit(same({"rows": 1})), takes_anything.submit(Guarded(same(1)))]
        wait(submitted, timeout=120)
        return [each.state.message or "" for each in submitted]

    with pytest.raises(InvalidParameters, match=r"'given'.*KeyError"):
        takes_picky(cast(Any, {"rows": 1}))
    picky, guarded = above()
    assert "'given'" in picky and "KeyError" in picky
    assert guarded == "RuntimeError: one is too few"
    assert {run.state_type for run in ledger.flow_runs().items if "takes" in run.flow_name} == {"FAILED"}


def _raises() -> str:
    raise RuntimeError("no name today")


@pytest.mark.parametrize(("name", "says"), [("run of {rwos}", "rows"), (_raises, "no name today")])
def test_a_run_whose_name_cannot_be_made_fails_and_says_so(ledger: InProcessClient, name: Any, says: str) -> None:
    @flow(flow_run_name=name)
    def named(rows: int) -> None:
        raise AssertionError("the body must not start")

    with pytest.raises((InvalidOption, RuntimeError), match=says):
        named(1)
    with pytest.raises(InvalidParameters, match="'rows'"):
        named(cast(Any, "many"))
    runs = ledger.flow_runs().items
    assert [run.state_type for run in runs] == ["FAILED", "FAILED"]
    assert says in (runs[1].state_message or "")


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even that")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (Unspeakable(), "Unspeakable: message unavailable: its __str__ raised"),
        (ValueError("caf\udce9"), r"ValueError: caf\udce9"),
        (ValueError("x" * 100_000_000), f"ValueError: {'x' * 10_000} … (99,990,000 more characters are not recorded)"),
    ],
    ids=["raises", "a lone surrogate", "huge"],
)
def test_an_exception_fails_its_run_whatever_its_text_holds(
    ledger: InProcessClient, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    monkeypatch.setenv("ARMILLARY_LOGGING_LEVEL", "CRITICAL")  # pytest cannot carry such output

    @task
    def raises() -> None:
        raise error

    @flow
    def fails() -> None:
        raises().result()

    with pytest.raises(type(error)):
        fails()
    assert [run.state_message for run in ledger.flow_runs().items] == [message]
    assert [run.state_message for run in ledger.task_runs().items] == [message]


def test_a_cache_key_or_retry_condition_that_leaves_fails_its_run_alone() -> None:
    def leave(*_: object) -> str:
        sys.exit(3)

    @task(cache_key_fn=leave)
    def keyed() -> None: ...

    @task(retries=2, retry_condition_fn=leave)
    def conditional() -> None:
        raise ValueError("again?")

    @flow(task_runner=ConcurrentTaskRunner(max_workers=1))
    def outlives() -> list[object]:
        futures = [keyed(), conditional(), same(1)]
        wait(futures, timeout=120)
        return [each.state.type for each in futures]

    assert outlives() == ["FAILED", "FAILED", "COMPLETED"]


def test_a_task_outside_a_flow_says_what_to_do() -> None:
    with pytest.raises(OutsideRun, match=r"\.fn"):
        same(1)


def test_a_task_in_a_thread_of_its_own_says_how_it_gets_into_the_flow() -> None:
    said: list[str] = []

    def work() -> None:
        with pytest.raises(OutsideRun) as refused:
            same(1)
        said.append(str(refused.value))

    @flow
    def starts_one() -> int:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        values: list[int] = []
        inside = threading.Thread(
            target=contextvars.copy_context().run, args=(lambda: values.append(same(2).result()),)
        )
        inside.start()
        inside.join()
        return values[0]

    assert starts_one() == 2
    assert "copy_context" in said[0]


def test_a_home_that_cannot_be_made_is_named_before_the_body_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ARMILLARY_HOME", os.fspath(tmp_path / "file" / "home"))

    @flow
    def never() -> None:
        raise AssertionError("the body must not start")

    with pytest.raises(HomeNotWritable, match="file/home"):
        never()


def test_a_server_whose_address_is_none_is_refused_before_anything_is_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARMILLARY_API_URL", "server:4200/api")

    @flow
    def never() -> None:
        raise AssertionError("the body must not start")

    with pytest.raises(InvalidSetting, match="whole address"):
        never()
    assert not home.exists()


def test_a_line_too_long_to_be_recorded_is_cut_with_a_word_and_fails_nothing(
    ledger: InProcessClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARMILLARY_LOGGING_LEVEL", "INFO")

    @flow(log_prints=True)
    def floods() -> int:
        print("x" * 70_000_000)
        print("after")
        return 1

    assert floods() == 1
    [run] = ledger.flow_runs().items
    told = [line.message for line in ledger.logs(run.id, limit=10)]
    long, after = (text for text in told if text.startswith("x") or text == "after")
    assert len(long) < 1_100_000 and long.endswith("68,951,424 more characters are not recorded)")
    assert after == "after"
