"""What people get wrong, and the sentence they get for it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from armillary import flow, task
from armillary.client.in_process import InProcessClient
from armillary.errors import (
    HomeNotWritable,
    InvalidOption,
    InvalidParameters,
    NotSerializable,
    OutsideRun,
    UnknownOption,
)
from armillary.task_runners import ProcessTaskRunner

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
        (lambda: task(cache_expiration=5)(print), InvalidOption, "cache_expiration"),
        (lambda: flow(cast(Any, 7)), InvalidOption, "function"),
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


def test_a_task_outside_a_flow_says_what_to_do() -> None:
    with pytest.raises(OutsideRun, match=r"\.fn"):
        same(1)


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
