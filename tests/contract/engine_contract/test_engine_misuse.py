"""A future is not its value, whatever is done with it; and a usage error is final."""

from __future__ import annotations

import copy
import math
import operator
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from armillary import Future, flow, task
from armillary.core import errors
from armillary.core.errors import FutureMisuse, NotSerializable, UsageError

from .work import one

pytestmark = pytest.mark.usefixtures("home")

OPERATIONS: dict[str, Callable[[Any], object]] = {
    "str": str,
    "format": "{}".format,
    "f-string": lambda f: f"{f:>5}",
    "percent": lambda f: "%s" % f,  # noqa: UP031
    "print": print,
    "equal to a number": lambda f: f == 1,
    "a number equal to it": lambda f: 1 == f,  # noqa: SIM300
    "unequal to None": lambda f: f != None,  # noqa: E711
    "less": lambda f: f < 1,
    "greater the other way": lambda f: 1 > f,  # noqa: SIM300
    "sorted": lambda f: sorted([f, 1]),
    "in a list": lambda f: f in [1],
    "contains": lambda f: 1 in f,
    "attribute": lambda f: f.columns,
    "method": lambda f: f.append(1),
    "index": lambda f: f[0],
    "set item": lambda f: operator.setitem(f, 0, 1),
    "delete item": lambda f: operator.delitem(f, 0),
    "as an index": lambda f: [1, 2][f],
    "iterate": list,
    "unpack": lambda f: [*f],
    "next": next,
    "reversed": reversed,
    "len": len,
    "bool": bool,
    "int": int,
    "float": float,
    "complex": complex,
    "round": round,
    "floor": math.floor,
    "bytes": bytes,
    "call": lambda f: f(),
    "with": lambda f: f.__enter__(),
    "add": lambda f: f + 1,
    "add to text": lambda f: "a" + f,
    "add in place": lambda f: [1].__iadd__(f),
    "multiply": lambda f: 2 * f,
    "divmod": lambda f: divmod(f, 2),
    "power": lambda f: f**2,
    "shift": lambda f: 1 << f,
    "union": lambda f: {1: 2} | f,
    "invert": lambda f: ~f,
    "negate": lambda f: -f,
    "sum": lambda f: sum([f]),
}


@pytest.fixture(scope="module")
def future(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Future[int]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARMILLARY_HOME", str(tmp_path_factory.mktemp("home")))
        kept: list[Future[int]] = []

        @flow
        def above() -> int:
            kept.append(one())
            return 1

        above()
        yield kept[0]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_of_a_value_is_rejected_with_the_way_out(operation: str, future: Future[int]) -> None:
    with pytest.raises(FutureMisuse, match=r"one-0.*\.result\(\)"):
        OPERATIONS[operation](future)


def test_what_one_does_with_any_object_works_on_a_future(future: Future[int]) -> None:
    assert future in {future} and future in [future] and {future: 1}[future] == 1
    assert future == future and hash(future) == hash(future)
    assert repr(future) == "Future('one-0', Completed)"
    assert not hasattr(future, "columns") and getattr(future, "columns", None) is None
    with pytest.raises(NotSerializable, match="one-0"):
        copy.deepcopy(future)


def test_a_future_stands_in_a_run_name_by_the_name_of_its_run() -> None:
    @task(task_run_name="after {given}")
    def named(given: int) -> int:
        return given

    @flow
    def above() -> str:
        return named(one()).name

    assert above() == "after one-0"


def usage_errors(kind: type[UsageError] = UsageError) -> list[type[UsageError]]:
    return [kind, *(each for below in kind.__subclasses__() for each in usage_errors(below))]


def other_errors() -> list[type[BaseException]]:
    tree = [
        each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.ArmillaryError)
    ]
    return [ValueError, TypeError, *(each for each in tree if not issubclass(each, UsageError))]


def tries_of(error: Callable[[], BaseException]) -> tuple[int, int]:
    """How often a task and a flow that raise it are begun, with one retry each."""
    count = {"task": 0, "flow": 0}

    @task(retries=1)
    def failing() -> None:
        count["task"] += 1
        raise error()

    @flow(retries=1)
    def below() -> None:
        count["flow"] += 1
        raise error()

    @flow
    def above() -> None:
        failing().wait()
        below(return_state=True)

    above(return_state=True)
    return count["task"], count["flow"]


@pytest.mark.parametrize("kind", usage_errors())
def test_a_usage_error_is_never_retried(kind: type[UsageError]) -> None:
    assert tries_of(lambda: kind("wrong")) == (1, 1)


@pytest.mark.parametrize("kind", other_errors())
def test_every_other_error_is_retried(kind: type[BaseException]) -> None:
    assert tries_of(lambda: kind("wrong")) == (2, 2)
