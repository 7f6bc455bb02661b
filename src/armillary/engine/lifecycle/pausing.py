"""Pausing, suspending and resuming flow runs.

A *paused* run waits in its process: runs below it finish, no new one starts, and its deadline stops.
A *suspended* run ends its process and resumes as its next attempt, from the top of its body; stored results are not computed
again. Both may request a typed value. An answer belongs to the run: a later attempt does not ask again.
"""

from __future__ import annotations

from typing import Any

from armillary.clock import now_us
from armillary.core.errors import IllegalTransition, InvalidOption, InvalidParameters, OutsideRun, RunTimedOut
from armillary.core.states import CANCELLED, PAUSED, RUNNING, StateType
from armillary.engine.interrupts.guard import Cancelled, Suspending, this_guard
from armillary.engine.lifecycle.flow_ending import end_flow
from armillary.engine.lifecycle.flow_lifecycle import arm_deadline, hold_deadline
from armillary.engine.lifecycle.stopping import stop_body
from armillary.engine.output.logs import INFO, WARNING, say
from armillary.engine.runs.current import current_run
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.pause import End, Pause
from armillary.engine.runs.question import Question
from armillary.engine.waiting.timers import timers
from armillary.journal.format.events import InputAnswered

HOUR_SECONDS = 3600.0
DAY_SECONDS = 24 * HOUR_SECONDS
NOT_PAUSED = "too late: the run is not paused"


def pause_flow_run(
    wait_for_input: Any = None, *, timeout_seconds: float | None = HOUR_SECONDS, key: str | None = None
) -> Any:
    """Wait until the current flow run is resumed, and return the input.

    ``wait_for_input`` is the type of the requested value, a pydantic model for a form: it is shown to whoever resumes the run and
    checked before the run resumes. ``timeout_seconds`` is how long to wait (None: forever); then
    :class:`~armillary.errors.RunTimedOut` is raised. ``key`` names the question; default: its position among those of the body.
    In an ``async def`` flow, await the answer.

        class Approval(BaseModel):
            approved: bool
            reason: str = ""

        if not pause_flow_run(Approval).approved: ...

    Raises OutsideRun outside a flow's body.
    """
    run = _flow_of_caller("pause_flow_run")
    question = Question(_key(run, key, "pause"), wait_for_input, timeout_seconds)
    if question.key in run.answers:
        return _at_hand(run, question)
    if run.is_async:
        return _pause_in_loop(run, question)
    guard = this_guard()
    was_open = guard.shut()
    try:
        while run.pause is not None:
            run.pause.wait()
        pause = _begin(run, question)
        pause.wait()
        return _outcome(run, pause)
    finally:
        guard.restore(was_open)


def suspend_flow_run(
    wait_for_input: Any = None, *, timeout_seconds: float | None = DAY_SECONDS, key: str | None = None
) -> Any:
    """End this process until the run is resumed; then its body starts over, and this call returns the input.

    Arguments as for :func:`pause_flow_run`. Only a root run can be suspended. Running tasks finish first. Results
    of tasks are reused if they are stored: ``@flow(retries=...)``, or a deployment with ``crash_retries``, which is the default.

    Raises OutsideRun outside the body of a root flow run.
    """
    run = _flow_of_caller("suspend_flow_run")
    if run.parent is not None:
        raise OutsideRun(
            f"suspend_flow_run() was called in the subflow run {run.name!r}.",
            subject="suspend_flow_run",
            advice="Only a root run can be suspended: call it in the outermost flow, or use pause_flow_run().",
        )
    question = Question(_key(run, key, "suspend"), wait_for_input, timeout_seconds)
    if question.key in run.answers:
        return _at_hand(run, question)
    run.pause = Pause(question, final=True)
    _warn_of_lost_results(run)
    raise Suspending


def resume(run: FlowExecution, answer: str | None) -> str:
    """Resume a paused run; returns the reply to the command."""
    pause = run.pause
    if pause is None or pause.final:
        return NOT_PAUSED
    try:
        value = None if pause.question is None else pause.question.read(answer)
    except InvalidParameters as problem:
        return "refused: " + problem.message
    return "applied" if _end(run, pause, End.RESUMED, answer, value) else NOT_PAUSED


def pause_from_outside(run: FlowExecution) -> str:
    """Pause a run and every flow run below it; returns the reply to the command."""
    if run.type is not RUNNING or run.cancelling:
        return f"refused: the run is {run.state_name}"
    if run.pause is None:
        run.pause = pause = Pause()
        _hold(run, pause, "Paused by a command.")
    for child in list(run.children.values()):
        if isinstance(child, FlowExecution):
            pause_from_outside(child)
    return "applied"


def suspend_from_outside(run: FlowExecution) -> str:
    """Suspend a root run; returns the reply to the command."""
    if run.parent is not None:
        return "refused: only a root run can be suspended"
    if run.type not in (RUNNING, PAUSED) or run.cancelling:
        return f"refused: the run is {run.state_name}"
    before = run.pause
    asked = None if before is None else before.question  # it still requests the same input
    run.pause = Pause(asked or Question(f"command-{now_us()}", None, None), final=True)
    say(run, INFO, "Suspending by a command: runs below it finish first.")
    _warn_of_lost_results(run)
    stop_body(run, Suspending)
    if before is not None:
        before.is_over(End.LIFTED)
    return "applied"


def hold_start(run: FlowExecution) -> None:
    """Wait before a subflow's run begins while its parent is held. May end it."""
    while (pause := _above(run)) is not None and not _ended_by(run, pause):
        pause.wait()


async def hold_start_in_loop(run: FlowExecution) -> None:
    """The same on the running event loop."""
    while (pause := _above(run)) is not None and not _ended_by(run, pause):
        await pause.wait_in_loop()


def _flow_of_caller(name: str) -> FlowExecution:
    run = current_run.get()
    if run is None or not isinstance(run, FlowExecution):
        raise OutsideRun(
            f"{name}() was called {'outside a flow run' if run is None else f'in the task run {run.name!r}'}.",
            subject=name,
            advice="Call it in the body of a flow.",
        )
    return run


def _key(run: FlowExecution, given: str | None, verb: str) -> str:
    if given is not None:
        if not given or len(given) > 200:
            raise InvalidOption(f"key={given[:40]!r}: a key has 1 to 200 characters.", subject="key")
        return given
    run.pauses += 1
    return f"{verb}-{run.pauses - 1}"


def _at_hand(run: FlowExecution, question: Question) -> Any:
    """The answer an earlier attempt received. One that is no longer valid fails with a clear error."""
    value = question.read(run.answers[question.key])
    return _given(value) if run.is_async else value


async def _given(value: Any) -> Any:
    return value


async def _pause_in_loop(run: FlowExecution, question: Question) -> Any:
    while run.pause is not None:
        await run.pause.wait_in_loop()
    pause = _begin(run, question)
    await pause.wait_in_loop()
    return _outcome(run, pause)


def _begin(run: FlowExecution, question: Question) -> Pause:
    run.pause = pause = Pause(question)
    run.record(question.asked(run.id, now_us()))
    message = "Waiting to be resumed." if question.schema is None else "Waiting to be resumed with an input."
    _hold(run, pause, message)
    if question.timeout_seconds is not None:
        pause.expiry = timers.after(question.timeout_seconds, lambda: _expire(run, pause))
    return pause


def _hold(run: FlowExecution, pause: Pause, message: str) -> None:
    pause.left_seconds = hold_deadline(run)
    if _moved(run, PAUSED, "Paused", message):
        say(run, INFO, "Paused. Resume with: armillary flow-run resume %s", run.name)
    else:
        run.pause = None
        pause.is_over(End.LIFTED)


def _expire(run: FlowExecution, pause: Pause) -> None:
    _end(run, pause, End.EXPIRED)


def _end(run: FlowExecution, pause: Pause, end: End, answer: str | None = None, value: Any = None) -> bool:
    if run.pause is not pause or pause.end is not None:
        return False
    if end is End.RESUMED and pause.question is not None:
        run.answers[pause.question.key] = answer
        run.record(InputAnswered(now_us(), run.id, pause.question.key, answer))
    run.pause = None
    message = "Resumed." if end is End.RESUMED else "Not resumed in time."
    if not _moved(run, RUNNING, "Running", message):
        end = End.LIFTED
    elif pause.left_seconds is not None:
        arm_deadline(run, pause.left_seconds)
    say(run, INFO, message)
    pause.is_over(end, value)
    for child in list(run.children.values()):
        if isinstance(child, FlowExecution) and child.pause is not None and child.pause.question is None:
            _end(child, child.pause, end)
    return True


def _outcome(run: FlowExecution, pause: Pause) -> Any:
    if pause.end is End.EXPIRED and pause.question is not None:
        seconds = pause.question.timeout_seconds
        raise RunTimedOut(f"Flow run {run.name!r} was not resumed within {seconds} seconds.", subject=run.name)
    if pause.end is not End.RESUMED:
        raise Suspending if run.pause is not None and run.pause.final else Cancelled
    return pause.value


def _moved(run: FlowExecution, kind: StateType, name: str, message: str) -> bool:
    try:
        return run.move(kind, name, message)
    except IllegalTransition:  # it is being cancelled; its body is interrupted
        return False


def _above(run: FlowExecution) -> Pause | None:
    return None if run.parent is None else run.parent.flow.pause


def _ended_by(run: FlowExecution, pause: Pause) -> bool:
    if pause.final:
        end_flow(run, CANCELLED, "Cancelled", "Its flow run was suspended.")
    return pause.final


def _warn_of_lost_results(run: FlowExecution) -> None:
    if run.tally.total and not run.stores_results:
        say(
            run,
            WARNING,
            "Results of its tasks are not stored, so they run again on resume; @flow(retries=1) stores them.",
        )
