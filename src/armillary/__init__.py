"""Armillary orchestrates Python workflows: decorate functions with ``@flow`` and ``@task`` and call them.

    from armillary import flow, task

    @task(retries=2)
    def fetch(page: int) -> list[str]: ...

    @flow
    def collect(pages: int = 3):
        return fetch.map(range(pages))

Names are loaded when they are first used, so that importing the package is fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from armillary.core.version import VERSION as __version__  # noqa: N811  the name the field expects

if TYPE_CHECKING:
    from armillary import artifacts as artifacts
    from armillary import cache as cache
    from armillary import client as client
    from armillary import context as context
    from armillary import deployments as deployments
    from armillary import errors as errors
    from armillary import flow_runners as flow_runners
    from armillary import futures as futures
    from armillary import notifications as notifications
    from armillary import results as results
    from armillary import runtime as runtime
    from armillary import schedules as schedules
    from armillary import states as states
    from armillary import storage as storage
    from armillary import task_runners as task_runners
    from armillary import testing as testing
    from armillary import variables as variables
    from armillary.core.retries import exponential_backoff
    from armillary.core.secret import Secret
    from armillary.core.states import State, StateType
    from armillary.engine.handles.contexts import get_run_context
    from armillary.engine.handles.future import Future, FutureList, as_completed, wait
    from armillary.engine.handles.upstreams import allow_failure, quote, unmapped
    from armillary.engine.lifecycle.pausing import pause_flow_run, suspend_flow_run
    from armillary.engine.output.logs import get_run_logger
    from armillary.sdk.flow import Flow, flow
    from armillary.sdk.flow_runs import resume_flow_run
    from armillary.sdk.tags import tags
    from armillary.sdk.task import Task, task

_HOMES = {
    "Flow": "armillary.sdk.flow",
    "Future": "armillary.engine.handles.future",
    "FutureList": "armillary.engine.handles.future",
    "Secret": "armillary.core.secret",
    "State": "armillary.core.states",
    "StateType": "armillary.core.states",
    "Task": "armillary.sdk.task",
    "allow_failure": "armillary.engine.handles.upstreams",
    "as_completed": "armillary.engine.handles.future",
    "exponential_backoff": "armillary.core.retries",
    "flow": "armillary.sdk.flow",
    "get_run_context": "armillary.engine.handles.contexts",
    "get_run_logger": "armillary.engine.output.logs",
    "pause_flow_run": "armillary.engine.lifecycle.pausing",
    "quote": "armillary.engine.handles.upstreams",
    "resume_flow_run": "armillary.sdk.flow_runs",
    "suspend_flow_run": "armillary.engine.lifecycle.pausing",
    "tags": "armillary.sdk.tags",
    "task": "armillary.sdk.task",
    "unmapped": "armillary.engine.handles.upstreams",
    "wait": "armillary.engine.handles.future",
}

_MODULES = (
    "artifacts",
    "cache",
    "client",
    "context",
    "deployments",
    "errors",
    "flow_runners",
    "futures",
    "notifications",
    "results",
    "runtime",
    "schedules",
    "states",
    "storage",
    "task_runners",
    "testing",
    "variables",
)
"""The public modules: each is an attribute of the package, imported when it is first read."""

__all__ = [
    "Flow",
    "Future",
    "FutureList",
    "Secret",
    "State",
    "StateType",
    "Task",
    "__version__",
    "allow_failure",
    "as_completed",
    "exponential_backoff",
    "flow",
    "get_run_context",
    "get_run_logger",
    "pause_flow_run",
    "quote",
    "resume_flow_run",
    "suspend_flow_run",
    "tags",
    "task",
    "unmapped",
    "wait",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        if name in _MODULES:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    if home.startswith("armillary.sdk."):
        import_module("armillary.sdk.late").serve = _serve  # type: ignore[attr-defined]
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES})


def _serve(*arguments: Any) -> None:
    """The agent lies above the sdk; this package lies above both."""
    import_module("armillary.agent.serving").serve(*arguments)
