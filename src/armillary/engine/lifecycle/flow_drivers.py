"""Running a flow's body, all its tries: a thin sync driver and a thin async driver around the same steps.

These are the only places where flow bodies are called and where their exceptions are caught. Each returns the exception
that must propagate through the caller, if there is one: Ctrl-C, SIGTERM, ``sys.exit``, a cancellation of the asyncio task.
"""

from __future__ import annotations

from typing import Any

from armillary.core.errors import RunCancelled, RunCrashed, WouldBlockLoop
from armillary.core.states import CANCELLED, CRASHED, FAILED
from armillary.engine.handles.future import refuse_on_own_loop
from armillary.engine.handles.returned import returned_in
from armillary.engine.interrupts.forks import end_fork
from armillary.engine.interrupts.guard import (
    DeadlinePassed,
    Guard,
    Interrupt,
    Suspending,
    Terminated,
    this_guard,
)
from armillary.engine.lifecycle.cancellation import cancel_children, end_children_now
from armillary.engine.lifecycle.flow_ending import end_flow
from armillary.engine.lifecycle.flow_lifecycle import begin_flow, finish_flow
from armillary.engine.lifecycle.pausing import hold_start, hold_start_in_loop
from armillary.engine.lifecycle.task_drivers import as_interrupt, await_body
from armillary.engine.lifecycle.task_lifecycle import error_message
from armillary.engine.output.logs import INFO, say, say_exception
from armillary.engine.output.prints import capture_prints, release_prints
from armillary.engine.output.tracebacks import strip_engine_frames
from armillary.engine.runs.current import current_run
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.pause import Pause
from armillary.engine.waiting.loops import running_loop, wait_in_loop

_GOES_ON = (KeyboardInterrupt, Terminated, SystemExit)


def drive_flow(run: FlowExecution) -> BaseException | None:
    """All tries of a sync flow, on this thread."""
    while _begun(run):
        this_try = run.run_count
        value, error = _one_try(run)
        finish_flow(run, this_try, value, error)
        if isinstance(error, _GOES_ON):
            return error
        if run.settled or run.retry_in_seconds is None:
            return None
        try:
            run.wait(run.retry_in_seconds)
        except (KeyboardInterrupt, Terminated) as interrupt:
            _end_between_tries(run, interrupt)
            return interrupt
    return None


def _begun(run: FlowExecution) -> bool:
    try:
        if run.parent is not None and not run.is_async:
            hold_start(run)
        return begin_flow(run)
    except Exception as problem:
        strip_engine_frames(problem)
        say_exception(run, "Could not start:", problem)
        end_flow(run, FAILED, "Failed", error_message(problem), problem)
        return False


def _end_between_tries(run: FlowExecution, interrupt: BaseException | None) -> None:
    if isinstance(interrupt, Terminated):
        end_flow(run, CRASHED, "Crashed", interrupt.reason, RunCrashed(interrupt.reason, subject=run.name))
    else:
        end_flow(run, CANCELLED, "Cancelled", "Interrupted.", RunCancelled("Interrupted.", subject=run.name))


def _one_try(run: FlowExecution) -> tuple[Any, BaseException | None]:
    guard = this_guard()
    value: Any = None
    error: BaseException | None = None
    if run.log_prints:
        capture_prints()
    outer = guard.enter(run)
    try:
        try:
            guard.open()
            value = run.context.copy().run(_in_run, run)
        finally:
            guard.shut()
    except BaseException as caught:
        if isinstance(caught, Interrupt):
            guard.took()
        guard.shut()
        error = caught
    if not run.root.is_owner:
        end_fork(error)
    try:
        error = _await_children(run, error)
    finally:
        _leave(guard, run, outer)
    return value, error


def _leave(guard: Guard, run: FlowExecution, outer: Any) -> None:
    guard.leave(run, outer)
    if run.log_prints:
        release_prints(run)


def _in_run(run: FlowExecution) -> Any:
    current_run.set(run)
    arguments, keywords = run.call
    value = run.spec.fn(*arguments, **keywords)
    run.returned = returned_in(value, run)
    return value


def _await_children(run: FlowExecution, error: BaseException | None) -> BaseException | None:
    """Wait until every child has ended. An interrupt cancels them, a second one ends them immediately."""
    if _interrupts(error):
        _cancel_below(run, error)
    while (holds := _holds(run, error)) is not None:
        try:
            if isinstance(holds, Pause):
                holds.wait()
            else:
                refuse_on_own_loop(holds)
                holds.help_and_wait(None)
        except WouldBlockLoop as caught:
            error = error or caught
            cancel_children(run, "It waits for the event loop that its own flow blocks.")
        except (KeyboardInterrupt, Interrupt) as caught:
            if _interrupts(error):
                end_children_now(run, "Interrupted twice.")
            else:
                error = caught
                _cancel_below(run, caught)
    return error


def _holds(run: FlowExecution, error: BaseException | None) -> Execution | Pause | None:
    """What must end before the try does: what it started, what it returned, a pause."""
    child = run.unfinished()
    if child is None and error is None and run.returned is not None:
        child = run.returned.unfinished(run)
    return child or _held(run, error)


def _held(run: FlowExecution, error: BaseException | None) -> Pause | None:
    """A paused run does not end before it is resumed, unless it is interrupted."""
    pause = run.pause
    return None if pause is None or pause.final or isinstance(error, (KeyboardInterrupt, Interrupt)) else pause


def _interrupts(error: BaseException | None) -> bool:
    return isinstance(error, (KeyboardInterrupt, Interrupt)) and not isinstance(error, Suspending)


def _cancel_below(run: FlowExecution, error: BaseException | None) -> None:
    if isinstance(error, (DeadlinePassed, Suspending)):
        return  # the deadline has ended them; runs below a run to be suspended end first
    run.cancelling = True
    cancel_children(run, "Its flow run was interrupted.")
    if isinstance(error, KeyboardInterrupt) and run.parent is None and run.unfinished() is not None:
        say(run, INFO, "Interrupted: stopping its task runs. Press Ctrl-C again to end them at once.")


async def drive_flow_async(run: FlowExecution) -> BaseException | None:
    """All tries of an async flow, each as a separate asyncio task on this loop."""
    import asyncio  # an event loop runs, so it is loaded

    run.loop = running_loop()
    assert run.loop is not None
    while await _begun_in_loop(run):
        this_try = run.run_count
        task = run.asyncio_task = run.loop.create_task(_one_try_async(run), context=run.context.copy())
        outcome: tuple[Any, BaseException | None, BaseException | None] = await task
        value, error, outside = outcome
        finish_flow(run, this_try, value, error)
        if outside is not None:
            return outside
        if isinstance(error, _GOES_ON):
            return error
        if run.settled or run.retry_in_seconds is None:
            return None
        waiting = asyncio.wait_for(wait_in_loop(run), run.retry_in_seconds)
        run.asyncio_task = run.loop.create_task(waiting)  # SIGTERM cancels it, as it does a body
        try:
            await run.asyncio_task
        except TimeoutError:
            pass
        except asyncio.CancelledError as cancelled:
            error, outside = _told_apart(run, cancelled)
            _end_between_tries(run, error)
            return outside or error
    return None


async def _begun_in_loop(run: FlowExecution) -> bool:
    await hold_start_in_loop(run)
    return _begun(run)


async def _one_try_async(
    run: FlowExecution,
) -> tuple[Any, BaseException | None, BaseException | None]:
    """The value, the error, and the cancellation that came from outside, which must also reach the caller's task."""
    value: Any = None
    error: BaseException | None = None
    outside: BaseException | None = None
    arguments, keywords = run.call
    try:
        value = await await_body(run, run.spec.fn, arguments, keywords)
        run.returned = returned_in(value, run)
    except BaseException as caught:
        error, outside = _told_apart(run, caught)
    if _interrupts(error):
        _cancel_below(run, error)
    while (holds := _holds(run, error)) is not None:
        try:
            await (holds.wait_in_loop() if isinstance(holds, Pause) else wait_in_loop(holds))
        except BaseException as caught:
            if _interrupts(error):
                end_children_now(run, "Interrupted twice.")
                continue
            error, outside = _told_apart(run, caught)
            _cancel_below(run, error)
    return value, error, outside


def _told_apart(run: FlowExecution, caught: BaseException) -> tuple[BaseException | None, BaseException | None]:
    """(what ended the body, and the exception to raise in the caller if it was not requested here)."""
    asked_here = run.interrupt is not None
    error = as_interrupt(run, caught)
    return error, None if error is caught or asked_here else caught
