"""What the engine needs of a flow or a task: the function and its validated options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from armillary.core.rules.retry import NEVER, RetryPolicy

if TYPE_CHECKING:
    from armillary.engine.runs.runner import TaskRunner

Hook = Callable[[Any, Any, Any], Any]
"""Called with (flow or task, its run's record, its state). An async hook is run to its end."""


class TaskSpec(NamedTuple):
    """``subject`` is the user's Task object, passed to hooks and shown in the run context. ``positional`` are the names
    arguments bind to by position, the first ``required`` of them without a default; ``simple`` is true where that is all
    the signature has. ``stores_result``: its options ask for caching or persisting. ``cache_policy`` is a
    :class:`~armillary.engine.results.cache_policies.CachePolicy`."""

    subject: Any
    fn: Callable[..., Any]
    name: str
    key: str
    is_async: bool
    positional: tuple[str, ...]
    required: int
    simple: bool
    description: str | None = None
    version: str | None = None
    tags: frozenset[str] = frozenset()
    retry: RetryPolicy = NEVER
    retry_condition: Callable[[Any, Any, Any], bool] | None = None
    timeout_seconds: float | None = None
    cache_key_fn: Callable[[Any, dict[str, Any]], str | None] | None = None
    cache_expiration: timedelta | None = None
    cache_policy: Any = None
    refresh_cache: bool = False
    persist_result: bool | None = None
    result_storage: str | None = None
    result_storage_key: str | None = None
    result_serializer: str | None = None
    log_prints: bool | None = None
    run_name: str | Callable[..., str] | None = None
    on_completion: Sequence[Hook] = ()
    on_failure: Sequence[Hook] = ()
    on_rollback: Sequence[Hook] = ()
    stores_result: bool = False


class FlowSpec(NamedTuple):
    """``key`` distinguishes flows of the same name. ``entrypoint`` is ``path/to/file.py:function``, None if it cannot be started again from a file."""

    subject: Any
    fn: Callable[..., Any]
    name: str
    key: str
    is_async: bool
    positional: tuple[str, ...] = ()
    description: str | None = None
    version: str | None = None
    entrypoint: str | None = None
    tags: frozenset[str] = frozenset()
    task_runner: TaskRunner | type[TaskRunner] | None = None
    retry: RetryPolicy = NEVER
    timeout_seconds: float | None = None
    validate_parameters: bool = True
    unseen_failures: str = "fail"
    log_prints: bool | None = None
    persist_result: bool | None = None
    result_storage: str | None = None
    result_serializer: str | None = None
    run_name: str | Callable[..., str] | None = None
    on_running: Sequence[Hook] = ()
    on_completion: Sequence[Hook] = ()
    on_failure: Sequence[Hook] = ()
    on_crashed: Sequence[Hook] = ()
    on_cancellation: Sequence[Hook] = ()

    @property
    def task_runner_name(self) -> str | None:
        """As requested; None: the default."""
        wanted = self.task_runner
        if wanted is None:
            return None
        return wanted.__name__ if isinstance(wanted, type) else type(wanted).__name__
