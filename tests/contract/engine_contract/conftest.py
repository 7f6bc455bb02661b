"""Each task runner, and flows that run under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from armillary import Flow, flow
from armillary.task_runners import ConcurrentTaskRunner, ProcessTaskRunner, SequentialTaskRunner, TaskRunner

RUNNERS: dict[str, Callable[[], TaskRunner]] = {
    "concurrent": ConcurrentTaskRunner,
    "one thread": lambda: ConcurrentTaskRunner(max_workers=1),
    "sequential": SequentialTaskRunner,
    "processes": lambda: ProcessTaskRunner(max_workers=2),
}

AsFlow = Callable[[Callable[[], Any]], Flow[[], Any]]


@pytest.fixture(params=RUNNERS)
def runner(request: pytest.FixtureRequest) -> TaskRunner:
    return RUNNERS[request.param]()


@pytest.fixture
def as_flow(home: object, runner: TaskRunner) -> AsFlow:
    """Makes a body a flow under the runner."""
    return lambda body: flow(task_runner=runner)(body)
