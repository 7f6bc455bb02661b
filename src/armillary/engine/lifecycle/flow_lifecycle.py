"""The steps of a flow run's life. Drivers call user code between them; nothing else decides a flow run's transitions.

create ─▶ begin ─▶ (user code, then every child ends) ─▶ finish ─▶ ended, or waiting for its next try
"""

from __future__ import annotations

from time import monotonic
from typing import Any

from armillary.clock import chance, now_us
from armillary.core.errors import RunCancelled, RunCrashed, RunFailed, RunTimedOut, UsageError
from armillary.core.rules.final_state import judge
from armillary.core.rules.ownership import SUSPENDED
from armillary.core.rules.retry import retry_in_seconds
from armillary.core.states import (
    CANCELLED,
    CANCELLING,
    COMPLETED,
    CRASHED,
    FAILED,
    PAUSED,
    RUNNING,
    SCHEDULED,
    TERMINAL,
    State,
    error_for,
)
from armillary.engine.handles.future import note_run
from armillary.engine.handles.upstreams import resolved
from armillary.engine.interrupts.guard import Cancelled, DeadlinePassed, Lost, Suspending, Terminated
from armillary.engine.lifecycle.cancellation import end_children_now
from armillary.engine.lifecycle.flow_ending import end_flow
from armillary.engine.lifecycle.fresh_arguments import copied
from armillary.engine.lifecycle.hooks import call_hooks
from armillary.engine.lifecycle.stopping import stop_body
from armillary.engine.lifecycle.task_lifecycle import RETRY_POLICY_RAISED, error_message
from armillary.engine.output.logs import INFO, WARNING, say, say_exception
from armillary.engine.output.tracebacks import strip_engine_frames
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.runner import TaskRunner
from armillary.engine.task_runners.concurrent import ConcurrentTaskRunner
from armillary.engine.waiting.timers import timers

UNSEEN_ADVICE = (
    'A failure was never read: read it (.result(), .wait(), .state), or declare @flow(unseen_failures="ignore").'
)


def begin_flow(run: FlowExecution) -> bool:
    """Start a try: the runner, the deadline, the hooks. False: the run has ended, or was cancelled, before its body."""
    if run.type in TERMINAL:
        return False
    if run.cancelling:
        end_flow(run, CANCELLED, "Cancelled", "Cancelled before it started.")
        return False
    again = run.run_count > 0
    if again:
        run.begin_try()
    elif run.parent is not None and run.parent.flow.resumable:
        from armillary.engine.results.flow_results import (
            find_stored,  # hashing and stores load with the first that needs them
        )

        found = find_stored(run)
        if found is not None:
            end_flow(run, COMPLETED, "Cached", found.message, found.value)
            return False
    if run.runner_session is None:
        runner = _runner(run)
        run.runner_session = runner.start()
        say(run, INFO, "Using task runner %r", runner.name)
    run.retry_in_seconds = None
    if run.spec.retry.retries:
        if run.again is not None:
            run.call, run.parameters = run.again
        run.again = copied([run.call, run.parameters]) if run.run_count < run.spec.retry.retries else None
    if not run.move(RUNNING, "Retrying" if again else "Running"):
        return False
    if run.started_at is None:
        run.started_at = run.at
    if run.spec.timeout_seconds is not None:
        arm_deadline(run, run.spec.timeout_seconds)
    if run.spec.on_running:
        call_hooks(run, run.spec.on_running)
    return True


def arm_deadline(run: FlowExecution, seconds: float) -> None:
    """Set the current try's deadline, from now."""
    this_try = run.run_count
    run.deadline = timers.after(seconds, lambda: _deadline_passed(run, this_try))


def hold_deadline(run: FlowExecution) -> float | None:
    """Stop the deadline of the current try; returns the seconds that were left."""
    deadline = run.deadline
    if deadline is None:
        return None
    deadline.cancel()
    run.deadline = None
    return max(0.0, deadline.due - monotonic())


def _runner(run: FlowExecution) -> TaskRunner:
    wanted = run.spec.task_runner
    if wanted is None:
        return ConcurrentTaskRunner()
    return wanted() if isinstance(wanted, type) else wanted


def finish_flow(run: FlowExecution, this_try: int, value: Any, error: BaseException | None) -> None:
    """What the body returned or raised, now that every child has ended, becomes the run's next state. Unless the deadline passed
    before it returned: that ends the children first, and a body may return because of them."""
    if run.deadline is not None:
        run.deadline.cancel()
        run.deadline = None
    with run.finishing:
        _finish(run, this_try, value, error)


def _finish(run: FlowExecution, this_try: int, value: Any, error: BaseException | None) -> None:
    if run.lost:  # whatever the body did
        error = Lost()
    if error is not None:
        _finish_with_error(run, this_try, error)
    elif run.type is CANCELLING:
        end_flow(run, CANCELLED, "Cancelled", "Cancelled while running.", during_try=this_try)
    else:
        _finish_with_value(run, this_try, value)


def _finish_with_error(run: FlowExecution, this_try: int, error: BaseException) -> None:
    strip_engine_frames(error)
    if isinstance(error, (Terminated, Lost)):
        message = error.reason
        end_flow(
            run,
            CRASHED,
            "Crashed",
            message,
            RunCrashed(message, subject=run.name),
            this_try,
        )
    elif run.type is CANCELLING or isinstance(error, (Cancelled, KeyboardInterrupt)):
        message = "Interrupted." if isinstance(error, KeyboardInterrupt) else "Cancelled while running."
        end_flow(
            run,
            CANCELLED,
            "Cancelled",
            message,
            RunCancelled(message, subject=run.name),
            this_try,
        )
    elif isinstance(error, DeadlinePassed):
        return  # the deadline has made the transition
    elif isinstance(error, Suspending):
        _suspend(run, this_try)
    elif isinstance(error, SystemExit):
        _finish_after_exit(run, this_try, error)
    else:
        say_exception(run, "Encountered exception during execution:", error)
        fail_or_retry(run, this_try, "Failed", error_message(error), error)


def _suspend(run: FlowExecution, this_try: int) -> None:
    """Not an end: the run is left unchanged for the attempt that resumes it."""
    question = None if run.pause is None else run.pause.question
    if question is not None:
        run.record(question.asked(run.id, now_us()))
    if run.move(PAUSED, SUSPENDED, "Waiting to be resumed in another process.", during_try=this_try):
        say(run, INFO, "Suspended. Resume with: armillary flow-run resume %s", run.name)
        if run.runner_session is not None:
            run.runner_session.stop()


def _finish_after_exit(run: FlowExecution, this_try: int, error: SystemExit) -> None:
    if error.code in (None, 0) and (dropped := run.dropped()) is not None and dropped.kind is FAILED:
        fail_or_retry(run, this_try, "Failed", dropped.text, _exception_of(dropped.run, dropped.text, run))
    elif error.code in (None, 0):
        end_flow(
            run,
            COMPLETED,
            "Completed",
            "The flow called sys.exit().",
            during_try=this_try,
        )
    else:
        end_flow(
            run,
            FAILED,
            "Failed",
            f"The flow called sys.exit({error.code!r}).",
            error,
            this_try,
        )


def _finish_with_value(run: FlowExecution, this_try: int, value: Any) -> None:
    returned, dropped = run.returned, run.dropped()
    kind, message, culprit = COMPLETED, None, None
    if returned is not None:
        kind, message = judge(returned.tally())
        culprit = returned.culprit()
    elif value is None and run.tally.total:
        kind, message = judge(run.tally)
        culprit = run.first_failure
        if dropped is not None:
            message = f"{message} {dropped.text}"
    if dropped is not None and (kind is COMPLETED or (kind is CANCELLED and dropped.kind is FAILED)):
        kind, message, culprit = dropped.kind, dropped.text, dropped.run
        say(run, WARNING, UNSEEN_ADVICE)
    if kind is FAILED:
        fail_or_retry(run, this_try, "Failed", message or "", _exception_of(culprit, message or "", run))
    elif kind is COMPLETED:
        _complete(run, this_try, message, value if returned is None else resolved(value))
    else:
        end_flow(
            run,
            kind,
            "Cancelled",
            message,
            RunCancelled(message or "", subject=run.name),
            this_try,
        )


def _complete(run: FlowExecution, this_try: int, message: str | None, value: Any) -> None:
    try:
        if run.resume_key is not None:
            from armillary.engine.results.flow_results import store_for_resume

            store_for_resume(run, run.resume_key, value)
        if run.spec.persist_result:
            from armillary.engine.results.results import (
                store_flow_result,  # stores and serializers load when something is stored
            )

            store_flow_result(run, value)
    except Exception as problem:
        say_exception(run, "Its result could not be stored:", problem)
        fail_or_retry(run, this_try, "Failed", error_message(problem), problem)
        return
    end_flow(run, COMPLETED, "Completed", message, value, this_try)


def _exception_of(culprit: Execution | State | None, message: str, run: FlowExecution) -> BaseException:
    if culprit is None or culprit.type not in TERMINAL:
        return RunFailed(message, subject=run.name)
    if isinstance(culprit, State):
        return culprit.data if isinstance(culprit.data, BaseException) else error_for(culprit)
    error = culprit.outcome
    if not isinstance(error, BaseException):
        error = error_for(culprit.state, culprit.name)
    note_run(error, culprit)
    return error


def fail_or_retry(run: FlowExecution, this_try: int, name: str, message: str, error: BaseException) -> bool:
    """Move on from a failed try; False if another thread already has. The driver waits ``run.retry_in_seconds``."""
    retry = run.spec.retry
    wanted = not isinstance(error, UsageError)  # a retry would fail the same way
    seconds = None
    if not run.cancelling:
        try:
            seconds = retry_in_seconds(retry, this_try, wanted, chance())
        except BaseException as problem:  # the user's function
            say_exception(run, RETRY_POLICY_RAISED, problem)
    if seconds is None:
        return end_flow(run, FAILED, name, message, error, this_try)
    due = now_us() + int(seconds * 1_000_000)
    if not run.move(SCHEDULED, "AwaitingRetry", message, scheduled=due, during_try=this_try):
        return False
    run.retry_in_seconds = seconds
    say(
        run,
        INFO,
        "Retry %s/%s will start in %s seconds.",
        this_try,
        retry.retries,
        round(seconds, 3),
    )
    return True


def _deadline_passed(run: FlowExecution, this_try: int) -> None:
    """On the timer thread: the state is right on time, whatever the body does."""
    if not run.finishing.acquire(blocking=False):
        return  # the body returned in time
    try:
        if run.type is not RUNNING or run.run_count != this_try:
            return
        seconds = run.spec.timeout_seconds
        error = RunTimedOut(
            f"Flow run {run.name!r} exceeded its timeout of {seconds} seconds.",
            subject=run.name,
        )
        end_children_now(run, "Its flow run timed out.")
        if fail_or_retry(run, this_try, "TimedOut", error.message, error):
            stop_body(run, DeadlinePassed)
    finally:
        run.finishing.release()
