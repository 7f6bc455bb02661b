"""Calling a flow: a root run, or a subflow of the calling run; blocking, awaited or submitted."""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Thread, current_thread, main_thread
from typing import Any

from armillary.core.errors import OutsideRun, RunPaused
from armillary.core.states import CANCELLED, COMPLETED, CRASHED, TERMINAL
from armillary.engine.calls.assignment import take_assignment, tell_begun
from armillary.engine.calls.flow_creation import (
    FlowCall,
    Parent,
    create_flow_run,
    end_not_ready,
    end_unbound,
    retake_parameters,
)
from armillary.engine.handles.future import Future, outcome_of, refuse_on_own_loop
from armillary.engine.handles.seeing import see, see_in_loop
from armillary.engine.interrupts.guard import Terminated, this_guard
from armillary.engine.lifecycle.breakdown import end_broken
from armillary.engine.lifecycle.commands import obey
from armillary.engine.lifecycle.flow_drivers import drive_flow, drive_flow_async
from armillary.engine.lifecycle.flow_ending import end_flow
from armillary.engine.lifecycle.signals import Signals
from armillary.engine.output.progress import ProgressLine
from armillary.engine.output.tracebacks import install_excepthook
from armillary.engine.runs.current import current_run
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.runner import spare_thread
from armillary.engine.runs.specs import FlowSpec
from armillary.engine.waiting.loops import engine_loop, start_on, wait_in_loop

Arguments = tuple[Any, ...]
Keywords = dict[str, Any]


def call_flow(
    spec: FlowSpec,
    arguments: Arguments,
    keywords: Keywords,
    return_state: bool,
    wait_for: Iterable[Any] | None,
) -> Any:
    """Run a sync flow to its end on this thread."""
    __tracebackhide__ = True
    parent = current_run.get()
    guard = this_guard()
    was_open = guard.shut()
    body = guard.current
    try:
        call = FlowCall(spec, parent, arguments, keywords, wait_for)
        for upstream in call.upstreams.runs if call.upstreams is not None else ():
            if not upstream.settled:
                refuse_on_own_loop(upstream)
                upstream.help_and_wait(None)
        if parent is None:
            run = _created_root(call)
            with _root_run(run):
                going_on = _driven(run)
        else:
            try:
                run = _create_ready(call)
                going_on = _driven(run)
            except BaseException as problem:
                _note_broken(call, problem)
                raise
    finally:
        guard.current = body
        guard.restore(was_open)
    return _answer(run, parent, return_state, going_on)


def _driven(run: FlowExecution) -> BaseException | None:
    """Drive it here. Only on the main thread can a system call be interrupted, so elsewhere a run with a deadline gets its own thread,
    which is abandoned if it is stuck."""
    if run.spec.timeout_seconds is None or current_thread() is main_thread():
        return drive_flow(run)
    going_on: list[BaseException | None] = []
    over = allocate_lock()
    over.acquire()

    def ring() -> None:
        with suppress(RuntimeError):  # already signalled
            over.release()

    def drive() -> None:
        try:
            going_on.append(drive_flow(run))
        except BaseException as problem:
            run.root.broken.append((run, problem))
        finally:
            ring()

    run.when_settled(lambda _run: ring() if run.type is CANCELLED or run.state_name == "TimedOut" else None)
    Thread(target=drive, name=f"armillary-flow-{run.name}", daemon=True).start()
    with spare_thread():
        over.acquire()  # what interrupts the caller's body ends this run too, then propagates to it
    return going_on[0] if going_on else None


def _created_root(call: FlowCall) -> FlowExecution:
    install_excepthook()
    run = create_flow_run(call, take_assignment())
    tell_begun(run)
    return run


def _note_broken(call: FlowCall, problem: BaseException) -> None:
    """See :mod:`armillary.engine.lifecycle.breakdown`. Its parent waits for the run, which no thread executes any more."""
    if call.run is not None and not call.run.settled:
        call.run.root.broken.append((call.run, problem))


@contextmanager
def _root_run(run: FlowExecution) -> Iterator[None]:
    """The context of a root run: signals, progress, commands, and closing its journal."""
    run.root.on_command = obey(run)
    run.root.mend = partial(end_broken, run.root)
    progress = ProgressLine(run)
    with Signals(run) as signals:
        try:
            yield
        except Exception as problem:
            run.root.broken.append((run, problem))
            raise
        finally:
            progress.stop()
            end_broken(run.root)
            _close(run)
    signals.pass_on()


def _create_ready(call: FlowCall) -> FlowExecution:
    """Create a subflow's run, whose upstreams have all ended."""
    _refuse_after_end(call)
    blocker = call.blocker()
    problem = call.resolve() if blocker is None else None
    run = create_flow_run(call, None)
    if blocker is not None:
        end_not_ready(run, blocker)
    elif problem is not None:
        end_unbound(run, problem)
    return run


def _refuse_after_end(call: FlowCall) -> None:
    parent = call.parent
    if parent is not None and parent.flow.settled:
        raise OutsideRun(
            f"Flow {call.spec.name!r} was called after its parent {parent.flow.name!r} had ended.",
            subject=call.spec.name,
            advice="A thread or callback outlived the flow: wait for it before the flow returns.",
        )


def _close(run: FlowExecution) -> None:
    """Close the root run. If the engine itself failed, the run crashes rather than staying open."""
    if run.type not in TERMINAL and not run.is_suspended:
        end_flow(
            run,
            CRASHED,
            "Crashed",
            "Engine error; see the traceback in the process's output.",
        )
    if run.type is COMPLETED and run.root.resume_stores:
        from armillary.engine.results.results import forget_resume_results  # already loaded if results were stored

        forget_resume_results(run)
    run.root.close(run.state_name)


def _answer(run: FlowExecution, parent: Parent | None, return_state: bool, going_on: BaseException | None) -> Any:
    """What a finished run returns to its caller; marks its outcome as seen."""
    __tracebackhide__ = True
    if run.is_async and not return_state:
        see_in_loop(run)
    else:
        see(run)
    if going_on is not None and not (parent is None and isinstance(going_on, Terminated)):
        raise going_on
    if not return_state:
        if run.is_suspended:
            raise RunPaused(
                f"Flow run {run.name!r} is suspended.",
                subject=run.name,
                advice=f"Resume it: armillary flow-run resume {run.name}",
            )
        return outcome_of(run, True)
    state = run.state
    if parent is not None:
        parent.flow.lineage.enter(state, run.node_id)
    return state


async def call_flow_async(
    spec: FlowSpec,
    arguments: Arguments,
    keywords: Keywords,
    return_state: bool,
    wait_for: Iterable[Any] | None,
) -> Any:
    """Run an async flow to its end on this event loop."""
    __tracebackhide__ = True
    parent = current_run.get()
    call = FlowCall(spec, parent, arguments, keywords, wait_for)
    for upstream in call.upstreams.runs if call.upstreams is not None else ():
        if not upstream.settled:
            await wait_in_loop(upstream)
    if parent is None:
        run = _created_root(call)
        with _root_run(run):
            going_on = await drive_flow_async(run)
    else:
        try:
            run = _create_ready(call)
            going_on = await drive_flow_async(run)
        except BaseException as problem:
            _note_broken(call, problem)
            raise
    return _answer(run, parent, return_state, going_on)


def submit_flow(
    spec: FlowSpec,
    arguments: Arguments,
    keywords: Keywords,
    wait_for: Iterable[Any] | None,
) -> Future[Any]:
    """Start a subflow beside the body that calls it."""
    parent = current_run.get()
    if parent is None:
        raise OutsideRun(
            f"Flow {spec.name!r} was submitted outside a flow.",
            subject=spec.name,
            advice=f"Submit it inside another flow, or run it with {spec.name}(...).",
        )
    guard = this_guard()
    was_open = guard.shut()
    call = None
    try:
        call = FlowCall(spec, parent, arguments, keywords, wait_for)
        _refuse_after_end(call)
        run = _Submission(call).run
    except BaseException as problem:
        if call is not None:
            _note_broken(call, problem)
        raise
    finally:
        guard.restore(was_open)
    return Future(run)


class _Submission:
    """A submitted subflow: it starts when the last of its upstreams has ended. ``_tokens`` as in a task run's
    ``waiting_for``."""

    def __init__(self, call: FlowCall) -> None:
        self._call = call
        self._tokens = [True]
        waiting = [each for each in call.upstreams.runs if not each.settled] if call.upstreams is not None else []
        self._ready = not waiting
        self.run = _create_ready(call) if self._ready else create_flow_run(call, None)
        for upstream in waiting:
            self._tokens.append(False)
            upstream.when_settled(self._arrive)
        self._arrive()

    def _arrive(self, _upstream: Execution | None = None) -> None:
        if not self._tokens.pop() or self.run.settled:
            return
        try:
            self._start()
        except Exception as problem:  # no thread, no stack, a closed loop
            _note_broken(self._call, problem)

    def _start(self) -> None:
        if self.run.is_async:
            parent = self._call.parent
            loop = parent.flow.loop if parent is not None else None
            start_on(loop or engine_loop.get(), self._drive_async, lambda _task: None)
        else:
            Thread(
                target=self._drive,
                name=f"armillary-subflow-{self.run.name}",
                daemon=True,
            ).start()

    def _prepare(self) -> None:
        if self._ready:
            return
        blocker = self._call.blocker()
        if blocker is not None:
            end_not_ready(self.run, blocker)
        else:
            retake_parameters(self.run, self._call)

    def _drive(self) -> None:
        try:
            self._prepare()
            drive_flow(self.run)
        except Exception as problem:
            _note_broken(self._call, problem)

    async def _drive_async(self) -> None:
        try:
            self._prepare()
            await drive_flow_async(self.run)
        except BaseException as problem:
            _note_broken(self._call, problem)
            raise
