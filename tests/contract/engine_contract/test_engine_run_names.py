"""Names that users choose for runs: templates over all parameters, and functions that see the run they name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from armillary import flow, get_run_context, runtime, task
from armillary.client.in_process.client import InProcessClient
from armillary.errors import InvalidOption


class Model:
    kind = "linear"

    def __init__(self) -> None:
        self.name = "m1"

    @task(task_run_name="{self.name}-{rows}")
    def fit(self, rows: int = 3) -> str:
        return str(runtime.task_run.name)

    @flow(flow_run_name="{self.name}-{self.kind}-{rows}")
    def train(self, rows: int = 3) -> str:
        return str(runtime.flow_run.name)

    @classmethod
    @task(task_run_name="{cls.kind}")
    def load(cls) -> str:
        return str(runtime.task_run.name)


def named(template: str, call: Callable[[Any], Any]) -> str:
    """What a task run is called that is called like that."""

    @task(task_run_name=template)
    def work(a: int, b: int = 2, *rest: int, c: str = "x", **more: int) -> str:
        return str(runtime.task_run.name)

    return str(flow(name="naming")(lambda: call(work).result())())


CALLS: list[tuple[str, Callable[[Any], Any], str]] = [
    ("{a}-{b}", lambda t: t(1), "1-2"),
    ("{a}-{b}", lambda t: t(b=5, a=1), "1-5"),
    ("{a}-{c}", lambda t: t(1), "1-x"),
    ("{a}-{c:>3}", lambda t: t(1, c="y"), "1-  y"),
    ("{a}-{rest}", lambda t: t(1, 2, 3, 4), "1-(3, 4)"),
    ("{a}-{z}", lambda t: t(1, z=9), "1-9"),
]


@pytest.mark.parametrize(("template", "call", "name"), CALLS, ids=[f"{t} {n}" for t, _, n in CALLS])
def test_a_template_may_name_every_parameter(
    home: object, template: str, call: Callable[[Any], Any], name: str
) -> None:
    assert named(template, call) == name


def test_a_method_may_name_what_its_object_has(home: object) -> None:
    model = Model()

    @flow
    def outer() -> tuple[Any, ...]:
        return model.fit().result(), model.fit(5).result(), Model.load().result(), model.train(), model.train(7)

    assert outer() == ("m1-3", "m1-5", "linear", "m1-linear-3", "m1-linear-7")


def test_what_is_not_a_parameter_is_named_with_those_there_are(home: object) -> None:
    with pytest.raises(InvalidOption, match=r"'rowz', which is not a parameter .*a.*"):
        named("{a}-{rowz}", lambda t: t(1))


def by_context() -> str:
    context: Any = get_run_context()
    return f"n={context.parameters['n']}"


def by_runtime() -> str:
    return f"n={runtime.task_run.task_name if runtime.task_run else runtime.parameters['n']}"


async def by_coroutine() -> str:
    return f"async {runtime.flow_run.flow_name}"


@pytest.mark.parametrize("function", [by_context, by_runtime, by_coroutine], ids=lambda each: each.__name__)
def test_a_function_sees_the_run_that_it_names(home: object, function: Callable[[], Any]) -> None:
    @task(task_run_name=function)
    def inner(n: int) -> str:
        return str(runtime.task_run.name)

    @flow(flow_run_name=function)
    def below(n: int) -> str:
        return str(runtime.flow_run.name)

    @flow(flow_run_name=function)
    def above(n: int) -> tuple[str, ...]:
        return str(runtime.flow_run.name), below(n + 1), inner(n + 2).result(), str(runtime.flow_run.name)

    expected = {
        "by_context": ("n=1", "n=2", "n=3", "n=1"),
        "by_runtime": ("n=1", "n=2", "n=inner", "n=1"),
        "by_coroutine": ("async above", "async below", "async above", "async above"),
    }
    assert above(1) == expected[function.__name__]


@pytest.mark.parametrize("wrong", [lambda: 3, lambda: " ", lambda: None])
def test_a_function_that_makes_no_name_is_said(ledger: InProcessClient, wrong: Callable[[], Any]) -> None:
    with pytest.raises(InvalidOption, match="name"):
        flow(name="naming")(lambda: task(task_run_name=wrong)(lambda: 1)().result())()
