"""The steps of a task run's life. Drivers call user code between them; nothing else decides a task run's transitions.

begin ─▶ (user code) ─▶ finish ─▶ ended, or waiting for its next try
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

from armillary import settings
from armillary.clock import chance, now_us
from armillary.core.errors import (
    ArmillaryError,
    RunCancelled,
    RunCrashed,
    RunFailed,
    RunTimedOut,
    UsageError,
    WorkerDied,
)
from armillary.core.rules.retry import retry_in_seconds
from armillary.core.states import (
    CANCELLED,
    CANCELLING,
    COMPLETED,
    CRASHED,
    FAILED,
    RUNNING,
    SCHEDULED,
    State,
    StateType,
)
from armillary.core.text.long_text import LONGEST_REASON, cut
from armillary.engine.handles.upstreams import failed_state, resolved_call
from armillary.engine.interrupts.guard import Cancelled, DeadlinePassed, Interrupt, Terminated, this_guard
from armillary.engine.lifecycle.fresh_arguments import copied
from armillary.engine.lifecycle.hooks import call_hooks
from armillary.engine.lifecycle.slot_queue import slot_queue
from armillary.engine.lifecycle.stopping import stop_body
from armillary.engine.output.logs import ERROR, INFO, say, say_exception
from armillary.engine.output.tracebacks import strip_engine_frames
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.result_reuse import Waits
from armillary.engine.runs.task_execution import TaskExecution
from armillary.engine.waiting.loops import run_coroutine
from armillary.engine.waiting.timers import timers

RETRY_POLICY_RAISED = "The retry policy raised, so the run is not retried:"


def begin(run: TaskExecution) -> bool:
    """Everything before the user's code. True: call it now; False: the run has ended or is waiting."""
    if run.settled or run.flow.cancelling:
        end(run, CANCELLED, "Cancelled", "Cancelled before it started.")
        return False
    pause = run.flow.pause
    if pause is not None and pause.holds(run):
        if pause.final:
            end(run, CANCELLED, "Cancelled", "Its flow run was suspended.")
        return False
    if run.required is not None or run.states is not None:
        blocker = _blocker(run)
        if blocker is not None:
            end(run, CANCELLED, "NotReady", blocker)
            return False
        run.required = run.states = None
    if run.resolves:
        run.arguments, run.keywords = resolved_call(
            run.spec.positional, run.arguments, run.keywords, lambda: _interrupt_resolving(run)
        )
        run.resolves = False
    if run.reuse is not None:
        began = perf_counter()
        found = run.reuse.find(run)
        run.lookup_seconds += perf_counter() - began
        if isinstance(found, Waits):
            return False
        if found is not None:
            run.flow.lineage.remember(found.value, run.id)
            end(
                run,
                COMPLETED,
                "Cached",
                found.message,
                found.value,
                cached_from=found.producer,
            )
            return False
    if run.tags and not slot_queue.admit(run):
        return False
    run.interrupt = None
    if run.spec.retry.retries:
        if run.again is not None:
            run.arguments, run.keywords = run.again
        run.again = copied([run.arguments, run.keywords]) if run.run_count < run.spec.retry.retries else None
    if not run.move(RUNNING, "Running" if run.run_count == 0 else "Retrying"):
        return False
    if run.started_at is None:
        run.started_at = run.at
    if run.spec.timeout_seconds is not None:
        this_try = run.run_count
        run.deadline = timers.after(run.spec.timeout_seconds, lambda: _deadline_passed(run, this_try))
    return True


def _blocker(run: TaskExecution) -> str | None:
    for upstream in run.required or ():
        if upstream.type is not COMPLETED:
            return f"Upstream {upstream.name!r} did not complete: it is {upstream.state_name}."
    state = failed_state(run.states or [])
    return None if state is None else f"A state passed as an argument did not complete: it is {state.name}."


def _interrupt_resolving(run: TaskExecution) -> None:
    """Raise what arrived while futures in large arguments are replaced: a signal, or the run's own end."""
    this_guard().raise_signal()
    if run.settled:
        raise Cancelled


def fail_before_start(run: TaskExecution, problem: BaseException) -> None:
    """A step before the body raised: a cache key function, a store, an argument that cannot be rebuilt. Or it was interrupted."""
    if isinstance(problem, (Interrupt, KeyboardInterrupt)):
        end(run, CANCELLED, "Cancelled", "Cancelled before it started.")
        return
    strip_engine_frames(problem)
    say_exception(run, "Could not start:", problem)
    end(run, FAILED, "Failed", error_message(problem), problem)


def finish(run: TaskExecution, this_try: int, value: Any, error: BaseException | None) -> None:
    """What the user's code returned or raised becomes the run's next state. A try that is already over changes nothing."""
    if run.deadline is not None:
        run.deadline.cancel()
        run.deadline = None
    if error is None:
        if type(value) is State:
            _finish_as_state(run, this_try, value)
        elif run.type is CANCELLING:
            end(
                run,
                CANCELLED,
                "Cancelled",
                "Cancelled while running.",
                during_try=this_try,
            )
        else:
            _complete(run, this_try, value)
        return
    strip_engine_frames(error)
    if run.type is CANCELLING or isinstance(error, (Cancelled, KeyboardInterrupt)):
        end(run, CANCELLED, "Cancelled", "Cancelled while running.", during_try=this_try)
    elif isinstance(error, Terminated):
        end(
            run,
            CRASHED,
            "Crashed",
            error.reason,
            RunCrashed(error.reason),
            this_try,
        )
    elif isinstance(error, WorkerDied):
        say(run, ERROR, "%s", error)
        _fail_or_retry(run, this_try, "Crashed", error.message, error)
    elif not isinstance(error, DeadlinePassed):
        _fail(run, this_try, error)


def _complete(run: TaskExecution, this_try: int, value: Any) -> None:
    if run.reuse is not None:
        began = perf_counter()
        try:
            run.reuse.store(run, value)
        except ArmillaryError as problem:
            _fail(run, this_try, problem)
            return
        finally:
            run.store_seconds += perf_counter() - began
    run.flow.lineage.remember(value, run.id)
    end(run, COMPLETED, "Completed", None, value, this_try)


def _finish_as_state(run: TaskExecution, this_try: int, state: State) -> None:
    if state.type is FAILED:
        error = state.data if isinstance(state.data, BaseException) else RunFailed(state.message or "Failed.")
        _fail(run, this_try, error)
    elif not state.is_final():
        _fail(run, this_try, RunFailed(f"It returned a state that is not final: {state}.", subject=run.name))
    else:
        end(run, state.type, state.name, state.message, state.data, this_try)


def _fail(run: TaskExecution, this_try: int, error: BaseException) -> None:
    if isinstance(error, SystemExit):
        error = RunFailed(f"The task called sys.exit({error.code!r}).", subject=run.name)
    else:
        say_exception(run, "Encountered exception during execution:", error)
    _fail_or_retry(run, this_try, "Failed", error_message(error), error)


def error_message(error: BaseException) -> str:
    """An exception as a state's message."""
    kind = type(error).__name__
    try:
        text = cut(str(error), LONGEST_REASON)
    except Exception:
        text = "message unavailable: its __str__ raised"
    return f"{kind}: {text}" if text else kind


def _fail_or_retry(run: TaskExecution, this_try: int, name: str, message: str, error: BaseException) -> bool:
    """Move on from a failed try; False if another thread already has."""
    seconds = None
    if not run.flow.cancelling:
        try:
            wanted = this_try <= run.spec.retry.retries and _wants_retry(run, error)
            seconds = retry_in_seconds(run.spec.retry, this_try, wanted, chance())
        except BaseException as problem:
            say_exception(run, RETRY_POLICY_RAISED, problem)
    if seconds is None:
        return end(
            run,
            CRASHED if name == "Crashed" else FAILED,
            name,
            message,
            error,
            this_try,
        )
    due = now_us() + int(seconds * 1_000_000)
    if not run.move(SCHEDULED, "AwaitingRetry", message, scheduled=due, during_try=this_try):
        return False
    if run.tags:
        slot_queue.release(run)
    say(
        run,
        INFO,
        "Retry %s/%s will start in %s seconds.",
        this_try,
        run.spec.retry.retries,
        round(seconds, 3),
    )
    session = run.flow.runner_session
    if session is not None:
        if run.is_async and not session.carries_async:
            timers.after(seconds, run.try_again)
        else:
            session.later(run, seconds)
    return True


def _wants_retry(run: TaskExecution, error: BaseException) -> bool:
    if isinstance(error, UsageError):
        return False  # a retry would fail the same way
    condition = run.spec.retry_condition
    if condition is None:
        return True
    failed = State(FAILED, "Failed", error_message(error), data=error)
    answer = condition(run.spec.subject, run.as_record(), failed)
    return bool(run_coroutine(answer) if hasattr(answer, "__await__") else answer)


def _deadline_passed(run: TaskExecution, this_try: int) -> None:
    """On the timer thread: the state is right on time, whatever the body does."""
    seconds = run.spec.timeout_seconds
    error = RunTimedOut(
        f"Task run {run.name!r} exceeded its timeout of {seconds} seconds.",
        subject=run.name,
    )
    if _fail_or_retry(run, this_try, "TimedOut", error.message, error):
        stop_body(run, DeadlinePassed)


def end(
    run: TaskExecution,
    kind: StateType,
    name: str,
    message: str | None,
    outcome: Any = None,
    during_try: int | None = None,
    cached_from: str | None = None,
) -> bool:
    """Make the terminal transition, notify the flow run, call hooks, wake waiters. False if the run had already ended."""
    if not run.move(
        kind,
        name,
        message,
        outcome=outcome,
        during_try=during_try,
        cached_from=cached_from,
    ):
        return False
    run.arguments = ()
    run.keywords = {}
    run.again = None
    if run.reuse is not None:
        run.reuse.release()
    if run.tags:
        slot_queue.release(run)
    spec = run.spec
    if kind is COMPLETED:
        say(run, INFO, "Finished in state %s", LazyState(run))
        if spec.on_rollback:
            run.flow.rollbacks.append(run)
        if spec.on_completion:
            call_hooks(run, spec.on_completion)
    else:
        say(
            run,
            ERROR if kind is FAILED or kind is CRASHED else INFO,
            "Finished in state %s",
            LazyState(run),
        )
        if kind is FAILED and spec.on_failure:
            call_hooks(run, spec.on_failure)
    run.flow.child_ended(run)
    run.settle()
    return True


def cancel(run: TaskExecution, message: str) -> None:
    """Not started: cancelled now. Running: its body is interrupted."""
    if run.type is RUNNING:
        if run.move(CANCELLING, "Cancelling", message):
            stop_body(
                run,
                Cancelled,
                settings.get("CANCEL_GRACE_SECONDS"),
                lambda: give_up(run, message),
            )
    elif run.type is not CANCELLING:
        give_up(run, message)


def give_up(run: TaskExecution, message: str) -> None:
    """CANCELLED now, whatever its body does."""
    end(run, CANCELLED, "Cancelled", message, RunCancelled(message, subject=run.name))


class LazyState:
    """A run's state, formatted only if the log line is written."""

    __slots__ = ("_run",)

    def __init__(self, run: Execution) -> None:
        self._run = run

    def __str__(self) -> str:
        return str(self._run.state)
