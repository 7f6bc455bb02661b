"""``@flow``: a function whose calls are runs, recorded and judged by the runs they start."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, TypeVar, cast, overload

from armillary.core.text.names import flow_name_from
from armillary.engine.parameters.signatures import shape_of
from armillary.engine.runs.specs import FlowSpec
from armillary.sdk import engine, late, loading_guard
from armillary.sdk import options as check
from armillary.sdk.functions import (
    checked_function,
    code_hash,
    documentation_of,
    entrypoint_of,
    is_coroutine_function,
    key_of,
    name_of,
    reduced,
)

if TYPE_CHECKING:
    from armillary.core.deployments.deployment import Deployment
    from armillary.core.states import State
    from armillary.engine.handles.future import Future
    from armillary.engine.runs.runner import TaskRunner

P = ParamSpec("P")
R = TypeVar("R")


def _runner(name: str, value: Any) -> TaskRunner | type[TaskRunner]:
    from armillary.engine.runs.runner import TaskRunner  # already loaded if one is given

    if isinstance(value, TaskRunner) or (isinstance(value, type) and issubclass(value, TaskRunner)):
        return value
    raise check.refuse(
        name,
        value,
        "a task runner from armillary.task_runners, for example SequentialTaskRunner()",
    )


def _name(name: str, value: Any) -> str:
    if "/" in check.title(name, value):
        raise check.refuse(name, value, "a name without a slash, which separates a flow from its deployment")
    return str(value)


CHECKS: dict[str, check.Check] = {
    "name": _name,
    "description": check.text,
    "version": check.text,
    "task_runner": _runner,
    "retries": check.count,
    "retry_delay_seconds": check.delay,
    "timeout_seconds": check.seconds,
    "validate_parameters": check.switch,
    "unseen_failures": check.choice("fail", "ignore"),
    "log_prints": check.switch,
    "persist_result": check.switch,
    "result_storage": check.anything,
    "result_serializer": check.anything,
    "flow_run_name": check.template,
    "tags": check.tag_set,
    "on_running": check.hooks,
    "on_completion": check.hooks,
    "on_failure": check.hooks,
    "on_crashed": check.hooks,
    "on_cancellation": check.hooks,
}


class Flow(Generic[P, R]):
    """A decorated function. Calling it runs it and returns its value; inside another flow the call is a subflow.

    ``fn`` is the plain function. See :func:`flow` for the options.
    """

    def __init__(self, fn: Callable[..., Any], options: dict[str, Any]) -> None:
        self.fn = checked_function("flow", fn)
        self._given = options
        given = check.checked("flow", CHECKS, options)
        if "persist_result" not in given and given.keys() & check.NAMES_A_STORE:
            given["persist_result"] = True
        retry = check.taken_retry(given)
        name = given.pop("name", None) or flow_name_from(name_of(fn))
        self._spec = FlowSpec(
            subject=self,
            fn=fn,
            name=name,
            key=key_of(name, fn),
            is_async=is_coroutine_function(fn),
            positional=shape_of(fn)[0],
            description=given.pop("description", None) or documentation_of(fn),
            version=given.pop("version", None) or code_hash(fn),
            entrypoint=entrypoint_of(fn),
            retry=retry,
            run_name=given.pop("flow_run_name", None),
            **given,
        )
        functools.update_wrapper(self, fn)

    @property
    def name(self) -> str:
        return self._spec.name

    @property
    def description(self) -> str | None:
        return self._spec.description

    @property
    def version(self) -> str | None:
        return self._spec.version

    @property
    def tags(self) -> frozenset[str]:
        return self._spec.tags

    @property
    def retries(self) -> int:
        return self._spec.retry.retries

    @property
    def timeout_seconds(self) -> float | None:
        return self._spec.timeout_seconds

    @property
    def entrypoint(self) -> str | None:
        """``/path/to/file.py:function``; None where no file can give the flow again."""
        return self._spec.entrypoint

    @overload
    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R: ...
    @overload
    def __call__(self, /, *args: Any, return_state: Literal[True], **kwargs: Any) -> State: ...
    @overload  # futures in place of values, wait_for
    def __call__(self, /, *args: Any, **kwargs: Any) -> R: ...
    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Run the flow and return its value; an ``async def`` flow returns a coroutine that does.

        A run that does not complete raises: the body's own exception, that of the first failed task, or
        :class:`~armillary.errors.RunError`. With ``return_state=True`` the call returns the :class:`State` instead and
        never raises for a failed run. ``wait_for=[...]`` (in a flow): futures that must complete first.
        """
        __tracebackhide__ = True
        if loading_guard.loading:
            loading_guard.pass_over(self.name)
            return loading_guard.nothing() if self._spec.is_async else None
        return_state = bool(kwargs.pop("return_state", False))
        wait_for = kwargs.pop("wait_for", None)
        if not self._spec.is_async:
            return engine.call_flow(self._spec, args, kwargs, return_state, wait_for)
        coroutine: Any = engine.call_flow_async(self._spec, args, kwargs, return_state, wait_for)
        coroutine.__qualname__ = self._spec.name  # shown by Python if it is never awaited
        return coroutine

    def submit(self, /, *args: Any, wait_for: Sequence[Any] | None = None, **kwargs: Any) -> Future[Any]:
        """Inside a flow: start this one beside the calling body and return its :class:`Future` at once."""
        return engine.submit_flow(self._spec, args, kwargs, wait_for)

    def deploy(self, name: str, **options: Any) -> Deployment | None:
        """Create a deployment of this flow, or replace the one of that name: its project is stored, and agents run it.
        The options are those of :class:`~armillary.deployments.DeploymentSpec`. While a file is being loaded for a deployment, the call
        only defines it, as ``DeploymentSpec`` does, and returns None.

            nightly.deploy("nightly", schedule=CronSchedule("0 2 * * *"), parameters={"rows": 1000})
        """
        if loading_guard.loading:
            late.late("DeploymentSpec")(name=name, flow=self, **options)
            return None
        return cast("Deployment", late.late("deploy")(self, name, options))

    def serve(self, name: str, *, limit: int = 10, **options: Any) -> None:
        """Create a deployment of this flow and execute its due runs in this process, ``limit`` at once, without an agent, until
        Ctrl-C or SIGTERM. Then no run starts and running ones may finish; a second signal stops them. The options are those of
        :class:`~armillary.deployments.DeploymentSpec`.

            if __name__ == "__main__":
                nightly.serve("nightly", schedule=CronSchedule("0 2 * * *"))
        """
        if loading_guard.loading:
            loading_guard.pass_over(self.name)
            return
        late.serve(self, name, limit, options)

    def with_options(self, **changes: Any) -> Flow[P, R]:
        """A copy with some options changed; what is not named stays. ``None`` puts an option back to its default."""
        return Flow(self.fn, {**self._given, **changes})

    def __get__(self, instance: Any, owner: type | None = None) -> Flow[P, R]:
        if instance is None:
            return self
        bound = Flow[P, R](self.fn.__get__(instance, owner), self._given)
        bound._spec = bound._spec._replace(key=self._spec.key)
        return bound

    def __reduce__(self) -> tuple[Any, ...]:
        return reduced(self, self._given)

    def __repr__(self) -> str:
        return f"Flow({self.name!r})"


@overload
def flow(fn: Callable[P, R], /) -> Flow[P, R]: ...
@overload
def flow(**options: Any) -> Callable[[Callable[P, R]], Flow[P, R]]: ...
def flow(fn: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Turn a function into a flow. Usable bare or with options, on ``def`` and ``async def``, functions and methods.

    ``name`` (default: the function's, ``_`` as ``-``), ``description`` (its docstring), ``version`` (a hash of its code),
    ``tags``, ``flow_run_name`` (a template such as ``"train {model}"`` or a function; default two random words).

    ``task_runner``: how its tasks are executed (see :mod:`armillary.task_runners`).

    ``retries`` and ``retry_delay_seconds``: run the body again when the run fails; tasks and subflows that finished
    are not run again.
    ``timeout_seconds``: the run is FAILED ``TimedOut`` when a try takes longer.

    ``validate_parameters`` (default True): check and convert arguments by the function's annotations.

    ``log_prints``, ``persist_result``, ``result_storage``, ``result_serializer``: as for :func:`task`.

    ``on_running``, ``on_completion``, ``on_failure``, ``on_crashed``, ``on_cancellation``: functions called with (flow, flow
    run, state) after the run took such a state.

        @flow(retries=1, log_prints=True)
        def nightly(day: date) -> int: ...

    The run ends when every task and subflow it started has ended. An exception makes it FAILED; returned futures or states
    are judged; None is judged over all its tasks and subflows; any other value makes it COMPLETED. Whatever the body returned, the
    run is FAILED when a task or subflow failed and its outcome was neither read nor passed on nor returned;
    ``unseen_failures="ignore"`` (default ``"fail"``) lets such failures pass.

    Raises :class:`~armillary.errors.UnknownOption` or :class:`~armillary.errors.InvalidOption` at decoration.
    """
    if fn is None:
        check.checked("flow", CHECKS, options)
        return lambda given: Flow(given, options)
    return Flow(fn, options)
