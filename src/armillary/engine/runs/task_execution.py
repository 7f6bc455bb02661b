"""One task run that this process owns."""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import TYPE_CHECKING, Any

from armillary.clock import to_datetime
from armillary.core.states import State
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.runner import spare_thread
from armillary.engine.runs.specs import TaskSpec
from armillary.engine.waiting.loops import engine_loop, start_on
from armillary.engine.waiting.timers import Timer
from armillary.journal.format.events import AnyEvent

if TYPE_CHECKING:
    from asyncio import Task as AsyncioTask

    from armillary.core.runs.task_run import TaskRun
    from armillary.engine.runs.result_reuse import Reuse


class TaskExecution(Execution):
    """Also the node that represents a subflow in its parent, which has no body (``spec.fn`` is the flow's).

    ``arguments`` and ``parameters`` are released once the body has ended; ``again`` are the (arguments, keywords) of the next try. ``waiting_for`` holds a token per upstream
    that has not ended, on top of the caller's own: the one that takes the last token submits the run. ``reuse`` says
    how its result may come from an earlier run and where it is stored; None: neither. ``carry`` drives one try, on a thread
    or (async tasks) as a coroutine.
    ``body_seconds`` were spent in the user's code, ``lookup_seconds`` and ``store_seconds`` with stored results, ``creation_seconds`` in its call.
    """

    __slots__ = (
        "_claim",
        "again",
        "arguments",
        "asyncio_task",
        "body_seconds",
        "carry",
        "child_flow_run_id",
        "context",
        "created_at",
        "creation_seconds",
        "deadline",
        "flow",
        "index",
        "keywords",
        "log_prints",
        "lookup_seconds",
        "parent",
        "parent_try",
        "required",
        "resolves",
        "retry_in_seconds",
        "reuse",
        "spec",
        "started_at",
        "states",
        "store_seconds",
        "tags",
        "upstreams",
        "waiting_for",
    )

    kind_of_run = "task run"
    letter = "t"

    def __init__(
        self,
        run_id: str,
        name: str,
        at: int,
        spec: TaskSpec,
        flow: FlowExecution,
        parent: FlowExecution | TaskExecution,
        index: int,
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        tags: frozenset[str],
        context: Context,
        carry: Callable[[TaskExecution], Any],
    ) -> None:
        super().__init__(run_id, name, at)
        self.spec = spec
        self.flow = flow
        self.parent = parent
        self.parent_try = parent.run_count
        self.index = index
        self.arguments = arguments
        self.keywords = keywords
        self.tags = tags
        self.context = context
        self.carry = carry
        self.created_at = at
        self.started_at: int | None = None
        self.child_flow_run_id: str | None = None
        self.upstreams: dict[str, list[str]] | None = None
        self.required: list[Execution] | None = None
        self.states: list[State] | None = None
        self.resolves = False
        self.waiting_for: list[bool] = [True]
        self.deadline: Timer | None = None
        self.again: list[Any] | None = None
        self.asyncio_task: AsyncioTask[Any] | None = None
        self.retry_in_seconds: float | None = None
        self.reuse: Reuse[TaskExecution] | None = None
        self.body_seconds = 0.0
        self.lookup_seconds = 0.0
        self.store_seconds = 0.0
        self.creation_seconds = 0.0
        self.log_prints: bool = spec.log_prints if spec.log_prints is not None else parent.log_prints
        self._claim = allocate_lock()

    @property
    def is_async(self) -> bool:  # type: ignore[override]
        return self.spec.is_async

    def record(self, event: AnyEvent) -> None:
        self.flow.root.record(event)

    @property
    def starter(self) -> FlowExecution:
        return self.flow

    def runs_on(self, loop: Any) -> bool:
        return self.is_async and self.flow.loop is loop

    @property
    def awaited(self) -> Sequence[Execution]:
        return self.required or ()

    def asyncio_home(self) -> tuple[Any, Any]:
        task = self.asyncio_task
        return (None, None) if task is None else (task.get_loop(), task)

    def arrive(self, _upstream: Execution | None = None) -> None:
        """One of those it waited for has ended. The last one submits it."""
        if self.waiting_for.pop():
            self.submit()

    def submit(self) -> None:
        """Submit this run to its loop or its flow's runner session: all its upstreams have ended."""
        session = self.flow.runner_session
        if session is None:
            return
        try:
            if not self.is_async or session.carries_async:
                session.submit(self)
            else:
                start_on(self.flow.loop or engine_loop.get(), self.work_async, self._set_asyncio_task)
        except Exception as problem:  # no thread, no stack, a closed loop
            self.flow.root.broken.append((self, problem))

    def _set_asyncio_task(self, task: AsyncioTask[Any]) -> None:
        self.asyncio_task = task

    def claim(self) -> bool:
        """True for the one thread that may do this try's work."""
        return self._claim.acquire(False)

    def offer_again(self) -> None:
        """The next try's work may be claimed: its time has come."""
        self._claim = allocate_lock()

    def try_again(self) -> None:
        """Submit the next try, or the next lookup of a result that another run was computing."""
        self.offer_again()
        self.submit()

    def work(self) -> None:
        """Do this try's work on this thread, unless another thread has claimed it."""
        if self.claim():
            try:
                self.carry(self)
            except Exception as problem:
                self.flow.root.broken.append((self, problem))

    async def work_async(self) -> None:
        """The same on this event loop."""
        if self.claim():
            await self.carry(self)

    def help_and_wait(self, timeout_seconds: float | None) -> bool:
        if self.settled:
            return True
        session = self.flow.runner_session
        if (
            timeout_seconds is None
            and session is not None
            and session.helped_by_waiters
            and not self.is_async
            and self.spec.timeout_seconds
            is None  # at its deadline this thread must continue, and could be stuck in its body
            and not self.waiting_for
            and self.claim()
        ):
            try:
                self.carry(self)
            except Exception as problem:
                self.flow.root.broken.append((self, problem))
            if self.settled:
                return True
        with spare_thread():
            return self.wait(timeout_seconds)

    def as_record(self) -> TaskRun:
        """The run as a separate record."""
        from armillary.core.runs.task_run import (
            TaskRun,
        )  # needed by hooks and contexts, not by a plain start

        return TaskRun(
            id=self.id,
            flow_run_id=self.flow.id,
            name=self.name,
            task_name=self.spec.name,
            task_key=self.spec.key,
            dynamic_key=self.index,
            created=to_datetime(self.created_at),
            tags=sorted(self.tags),
            upstreams=dict(self.upstreams or {}),
            state_type=self.type,
            state_name=self.state_name,
            state_message=self.message,
            state_timestamp=to_datetime(self.at),
            start_time=None if self.started_at is None else to_datetime(self.started_at),
            run_count=self.run_count,
            attempt=self.flow.attempt,
            flow_run_count=self.flow.run_count,
            max_retries=self.spec.retry.retries,
            parent_task_run_id=self.parent.id if isinstance(self.parent, TaskExecution) else None,
            child_flow_run_id=self.child_flow_run_id,
        )
