"""``@task``: a function whose calls inside a flow are task runs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from armillary.core.errors import InvalidOption
from armillary.engine.parameters.signatures import shape_of
from armillary.engine.runs.specs import TaskSpec
from armillary.sdk import engine
from armillary.sdk import options as check
from armillary.sdk.functions import (
    checked_function,
    code_hash,
    documentation_of,
    is_coroutine_function,
    key_of,
    name_of,
    reduced,
)

if TYPE_CHECKING:
    from armillary.engine.handles.future import Future, FutureList

P = ParamSpec("P")
R = TypeVar("R")

CHECKS: dict[str, check.Check] = {
    "name": check.title,
    "description": check.text,
    "tags": check.tag_set,
    "version": check.text,
    "retries": check.count,
    "retry_delay_seconds": check.delay,
    "retry_jitter_factor": check.factor,
    "retry_condition_fn": check.function,
    "timeout_seconds": check.seconds,
    "cache_key_fn": check.function,
    "cache_expiration": check.duration,
    "cache_policy": check.anything,
    "refresh_cache": check.switch,
    "persist_result": check.switch,
    "result_storage": check.anything,
    "result_storage_key": check.text,
    "result_serializer": check.anything,
    "log_prints": check.switch,
    "task_run_name": check.template,
    "on_completion": check.hooks,
    "on_failure": check.hooks,
    "on_rollback": check.hooks,
}


STORING_OPTIONS = {"cache_key_fn", "cache_policy", "persist_result", "result_storage_key"}
"""The options that make a task run look up an earlier result, or store its own."""


class Task(Generic[P, R]):
    """A decorated function. Inside a flow or task, a call creates a task run and returns its :class:`Future` at once.

    ``fn`` is the plain function. See :func:`task` for the options.
    """

    def __init__(self, fn: Callable[..., Any], options: dict[str, Any]) -> None:
        self.fn = checked_function("task", fn)
        self._given = options
        given = check.checked("task", CHECKS, options)
        if "cache_key_fn" in given and "cache_policy" in given:
            raise InvalidOption(
                "cache_key_fn and cache_policy were both given.",
                subject="cache_policy",
                advice="Give one of them.",
            )
        if not given.keys() & STORING_OPTIONS and given.keys() & check.NAMES_A_STORE:
            given["persist_result"] = True
        retry = check.taken_retry(given)
        name = given.pop("name", None) or name_of(fn)
        positional, required, simple = shape_of(fn)
        self._spec = TaskSpec(
            subject=self,
            fn=fn,
            name=name,
            key=key_of(name, fn),
            is_async=is_coroutine_function(fn),
            positional=positional,
            required=required,
            simple=simple,
            description=given.pop("description", None) or documentation_of(fn),
            version=given.pop("version", None) or code_hash(fn),
            tags=given.pop("tags", frozenset()),
            retry=retry,
            retry_condition=given.pop("retry_condition_fn", None),
            run_name=given.pop("task_run_name", None),
            stores_result=bool(given.keys() & STORING_OPTIONS),
            **given,
        )
        functools.update_wrapper(self, fn)

    @property
    def name(self) -> str:
        return self._spec.name

    @property
    def task_key(self) -> str:
        """Distinguishes this task from others of its name; equal in every process."""
        return self._spec.key

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

    @overload
    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> Future[R]: ...
    @overload  # futures in place of values, wait_for
    def __call__(self, /, *args: Any, **kwargs: Any) -> Future[R]: ...
    def __call__(self, /, *args: Any, **kwargs: Any) -> Future[R]:
        """Create a task run. Futures among the arguments, at any depth, are waited for and replaced by their values;
        ``wait_for=[...]`` adds upstreams whose values are not needed.

        Raises :class:`~armillary.errors.OutsideRun` outside a flow and :class:`~armillary.errors.InvalidParameters` when
        the arguments do not match; exceptions of the function are raised by ``future.result()``.
        """
        wait_for = kwargs.pop("wait_for", None) if kwargs else None
        return engine.call_task(self._spec, args, kwargs, wait_for)

    submit = __call__

    def map(self, /, *args: Any, wait_for: Sequence[Any] | None = None, **kwargs: Any) -> FutureList[R]:
        """One task run per element of the iterables, which must be equally long.

        :class:`unmapped` values, text and bytes go to every call as they are.

            total.map([1, 2, 3], unmapped(10))
        """
        return engine.map_task(self._spec, args, kwargs, wait_for)

    def with_options(self, **changes: Any) -> Task[P, R]:
        """A copy with some options changed; what is not named stays. ``None`` puts an option back to its default."""
        return Task(self.fn, {**self._given, **changes})

    def __get__(self, instance: Any, owner: type | None = None) -> Task[P, R]:
        if instance is None:
            return self
        bound = Task[P, R](self.fn.__get__(instance, owner), self._given)
        bound._spec = bound._spec._replace(key=self._spec.key)
        return bound

    def __reduce__(self) -> tuple[Any, ...]:
        return reduced(self, self._given)

    def __repr__(self) -> str:
        return f"Task({self.name!r})"


@overload
def task(fn: Callable[P, Coroutine[Any, Any, R]], /) -> Task[P, R]: ...
@overload
def task(fn: Callable[P, R], /) -> Task[P, R]: ...
@overload
def task(**options: Any) -> Callable[[Callable[P, R]], Task[P, R]]: ...
def task(fn: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Turn a function into a task. Usable bare or with options, on ``def`` and ``async def``, functions and methods.

    ``name`` (default: the function's), ``description`` (its docstring), ``version`` (a hash of its code), ``tags``.

    ``retries``: how many tries may follow a failed one. ``retry_delay_seconds``: a number, a list (one per retry, the
    last repeats) or a function of the retry's number such as :func:`~armillary.exponential_backoff`;
    ``retry_jitter_factor`` spreads it. ``retry_condition_fn(task, task_run, state) -> bool`` says whether to retry.

    ``timeout_seconds``: the run is FAILED ``TimedOut`` when a try takes longer.

    ``cache_key_fn(context, parameters) -> str | None`` or ``cache_policy`` (see :mod:`armillary.cache`): reuse the result
    of an earlier run with the same key, for ``cache_expiration`` (a timedelta; default: no expiry); ``refresh_cache=True``
    computes it again and replaces it.

    ``persist_result``, ``result_storage`` (a folder or fsspec URL), ``result_storage_key``, ``result_serializer``: where and
    how its result is stored beyond the run (see :mod:`armillary.results`). Naming a storage or a serializer stores the result,
    unless ``persist_result=False``.

    ``log_prints``: what it prints becomes log lines; unset: as its flow says. ``task_run_name``: a template such as
    ``"load {path}"`` or a function that returns the name.

    ``on_completion``, ``on_failure``, ``on_rollback``: functions called with (task, task run, state) after the run ended, the
    last one when the flow run fails after this task completed.

        @task(retries=2, retry_delay_seconds=[1, 10])
        def fetch(url: str) -> bytes: ...

    Raises :class:`~armillary.errors.UnknownOption` or :class:`~armillary.errors.InvalidOption` at decoration.
    """
    if fn is None:
        check.checked("task", CHECKS, options)
        return lambda given: Task(given, options)
    return Task(fn, options)
