"""Calling user code: a thin sync driver and a thin async driver around the same steps.

These are the only places where user bodies are called and where their exceptions are caught.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextvars import Context
from threading import current_thread, main_thread
from time import perf_counter
from typing import TYPE_CHECKING, Any

from armillary.core.states import State
from armillary.engine.handles.future import Future
from armillary.engine.interrupts.forks import end_fork
from armillary.engine.interrupts.guard import Cancelled, Interrupt, Terminated, this_guard
from armillary.engine.lifecycle.task_lifecycle import begin, fail_before_start, finish
from armillary.engine.output.prints import capture_prints, release_prints
from armillary.engine.runs.current import current_run
from armillary.engine.runs.open_states import run_of
from armillary.engine.waiting.loops import wait_in_loop

if TYPE_CHECKING:
    from armillary.engine.runs.flow_execution import FlowExecution
    from armillary.engine.runs.task_execution import TaskExecution


def _stops_all(error: BaseException | None) -> bool:
    """Whether it ends the whole root run, and so propagates through the body that waited for this one. Signals arrive on the
    main thread; exceptions of user code elsewhere are the outcome of its run, and must not end a worker or a loop."""
    return isinstance(error, (KeyboardInterrupt, Terminated)) and current_thread() is main_thread()


def drive_task(run: TaskExecution) -> None:
    """One try of a sync task on this thread."""
    error: BaseException | None = None
    try:
        try:
            if not begin(run):
                return
        except BaseException as problem:  # caching and arguments may run user code
            fail_before_start(run, problem)
            if _stops_all(problem):
                raise
            return
        this_try = run.run_count
        value: Any = None
        began = perf_counter()
        try:
            value = call_body(run, run.spec.fn, run.arguments, run.keywords, _context_of(run))
        except BaseException as caught:
            error = caught
        run.body_seconds += perf_counter() - began
        finish(run, this_try, value, error)
    except Exception as problem:  # no stack, no memory
        run.flow.root.broken.append((run, problem))
        return
    if error is not None and _stops_all(error):
        raise error


async def drive_task_async(run: TaskExecution) -> None:
    """One try of an async task on this event loop."""
    error: BaseException | None = None
    try:
        try:
            if not begin(run):
                return
        except BaseException as problem:  # caching and arguments may run user code
            fail_before_start(run, problem)
            if _stops_all(problem):
                raise
            return
        this_try = run.run_count
        value: Any = None
        began = perf_counter()
        try:
            value = await await_body(run, run.spec.fn, run.arguments, run.keywords)
        except BaseException as caught:
            error = caught
        run.body_seconds += perf_counter() - began
        finish(run, this_try, value, as_interrupt(run, error))
    except Exception as problem:  # no stack, no memory
        run.flow.root.broken.append((run, problem))
        return
    if error is not None and _stops_all(error):
        raise error


def _context_of(run: TaskExecution) -> Context:
    """The caller's context variables; a later try gets a copy, since an abandoned try may still be inside the first."""
    return run.context if run.run_count == 1 else run.context.copy()


def call_body(
    run: FlowExecution | TaskExecution,
    fn: Callable[..., Any],
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    context: Context,
) -> Any:
    """Call a sync body with interrupts allowed. A future that a task returns is waited for: its value is the body's. So is the
    run whose unfinished state it returns."""
    guard = this_guard()
    prints = run.log_prints
    if prints:
        capture_prints()
    outer = guard.enter(run)
    try:
        guard.open()
        value = context.run(_in_run, run, fn, arguments, keywords)
        if not run.flow.root.is_owner:
            end_fork(None)
        kind = type(value)
        if kind is Future and run.letter == "t":
            value = value.result()
        elif kind is State and run.letter == "t" and (reading := run_of(value)) is not None:
            Future(reading).wait()
            value = reading.state
        return value
    except BaseException as error:
        if not run.flow.root.is_owner:
            end_fork(error)
        if isinstance(error, Interrupt):
            guard.took()
        raise
    finally:
        guard.leave(run, outer)
        if prints:
            release_prints(run)


def _in_run(
    run: Any,
    fn: Callable[..., Any],
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
) -> Any:
    current_run.set(run)
    return fn(*arguments, **keywords)


async def await_body(
    run: FlowExecution | TaskExecution,
    fn: Callable[..., Coroutine[Any, Any, Any]],
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
) -> Any:
    """Await an async body. It is interrupted by cancelling its asyncio task, never by the guard."""
    before = current_run.set(run)
    prints = run.log_prints
    if prints:
        capture_prints()
    try:
        value = await fn(*arguments, **keywords)
        if not run.flow.root.is_owner:
            end_fork(None)
        kind = type(value)
        if kind is Future and run.letter == "t":
            value = await value
        elif kind is State and run.letter == "t" and (reading := run_of(value)) is not None:
            await wait_in_loop(reading)
            value = reading.state
        return value
    except BaseException as error:
        if not run.flow.root.is_owner:
            end_fork(error)
        raise
    finally:
        current_run.reset(before)
        if prints:
            release_prints(run)


def as_interrupt(run: FlowExecution | TaskExecution, error: BaseException | None) -> BaseException | None:
    """Classifies asyncio's CancelledError: ours has its cause in ``run.interrupt``; any other is a cancellation."""
    from asyncio import CancelledError  # an async body has run, so it is loaded

    if not isinstance(error, CancelledError):
        return error
    kind = run.interrupt or Cancelled
    run.interrupt = None
    return kind()
