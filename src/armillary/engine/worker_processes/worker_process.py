"""The owner's side of one worker process."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from functools import partial
from typing import Any, BinaryIO

import cloudpickle

from armillary import settings
from armillary.core.errors import NotSerializable, WorkerDied
from armillary.core.states import TERMINAL, StateType
from armillary.engine.lifecycle.task_lifecycle import begin, fail_before_start, finish
from armillary.engine.output.logs import DEBUG, say
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.task_execution import TaskExecution
from armillary.engine.waiting.timers import timers
from armillary.engine.worker_processes.wire import BodyOutcome, BodyRequest, EventReport, WorkerSetup, receive, send
from armillary.journal.format.events import StateChanged

TERMINATE_SECONDS = 2.0
"""How long a terminated worker may take before it is killed."""


class WorkerProcess:
    """Executes runs in a worker process, one after the other; starts one when there is none."""

    def __init__(self) -> None:
        self._worker: _PipedProcess | None = None

    def execute(self, run: TaskExecution) -> None:
        """One try of ``run``, unless another thread has claimed it."""
        if not run.claim():
            return
        try:
            if not begin(run):
                return
        except BaseException as problem:
            fail_before_start(run, problem)
            return
        this_try = run.run_count
        value: Any = None
        error: BaseException | None = None
        try:
            done = self._work(run)
            if done is not None:
                run.body_seconds += done.body_seconds
                value, error = done.outcome()
                if done.dropped is not None:
                    run.flow.drop_reported(done.dropped, run)
        except BaseException as caught:
            error = caught
        finish(run, this_try, value, error)

    def close(self) -> None:
        """No more runs follow."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def _work(self, run: TaskExecution) -> BodyOutcome | None:
        order = BodyRequest(_pickled_body(run), run.as_record(), run.tags, run.log_prints)
        worker = self._worker
        if worker is None or worker.process.poll() is not None:
            worker = self._worker = _PipedProcess(run.flow)
        run.stop_remotely = worker.terminate
        if run.type in TERMINAL:  # it was stopped while the worker started
            return None
        try:
            done = worker.ask(order, run.flow)
        finally:
            run.stop_remotely = None
        if done is None:
            self._worker = None
            code = worker.end()
            raise WorkerDied(
                f"The worker process of {run.name!r} ended with {_exit_text(code)} before it returned a result.",
                subject=run.name,
                advice=_likely_cause(code),
            )
        return done


class _PipedProcess:
    """One process and the pipes to it. ``lifeline`` is never written to: its end signals the worker that the owner has died."""

    def __init__(self, flow: FlowExecution) -> None:
        order_end, self_orders = os.pipe()
        self_answers, answer_end = os.pipe()
        life_end, self._lifeline = os.pipe()
        theirs = (order_end, answer_end, life_end)
        try:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "armillary.engine.worker_processes.worker",
                    *map(str, theirs),
                ],
                pass_fds=theirs,
                stdin=subprocess.DEVNULL,
                env=settings.for_processes(),
            )
        finally:
            for end in theirs:
                os.close(end)
        self._orders: BinaryIO = os.fdopen(self_orders, "wb")
        self._answers: BinaryIO = os.fdopen(self_answers, "rb")
        send(
            self._orders,
            WorkerSetup(list(sys.path), *_main_module(), _pickled_flow(flow), flow.as_record(), flow.log_prints),
        )

    def ask(self, order: BodyRequest, flow: FlowExecution) -> BodyOutcome | None:
        """Send a body and record what the worker reports until it is done; None if the worker died."""
        try:
            send(self._orders, order)
            while not isinstance(message := receive(self._answers), BodyOutcome):
                if message is None:
                    return None
                _record(message, flow)
            return message
        except (OSError, EOFError, pickle.UnpicklingError):
            return None

    def terminate(self) -> None:
        """Its run was cancelled or passed its deadline: user code gets a moment to clean up."""
        self.process.terminate()
        timers.after(TERMINATE_SECONDS, partial(_kill, self.process))

    def end(self) -> int:
        """Close the pipes, wait for the process; its exit code."""
        for pipe in (self._orders, self._answers):
            try:
                pipe.close()
            except OSError:
                continue
        os.close(self._lifeline)
        try:
            return self.process.wait(TERMINATE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()


def _record(report: EventReport, flow: FlowExecution) -> None:
    event = report.event
    if report.is_log:
        flow.root.log(event)
        return
    flow.record(event)
    if isinstance(event, StateChanged) and event.type in TERMINAL:
        flow.count(StateType(event.type))


def _pickled_body(run: TaskExecution) -> bytes:
    subject = run.spec.subject
    try:
        return cloudpickle.dumps((subject, run.arguments, run.keywords))  # type: ignore[no-any-return]
    except Exception as problem:
        culprit, value = _culprit(run)
        raise NotSerializable(
            f"Task run {run.name!r} cannot be sent to a worker process: {culprit} of type {type(value).__name__!r} cannot be "
            f"pickled ({problem}).",
            subject=culprit,
            advice="Pass something picklable, such as a path or an id, or use ConcurrentTaskRunner.",
        ) from None


def _culprit(run: TaskExecution) -> tuple[str, Any]:
    named = [
        *zip(run.spec.positional, run.arguments, strict=False),
        *run.keywords.items(),
    ]
    for name, value in named:
        try:
            cloudpickle.dumps(value)
        except Exception:
            return f"the argument {name!r}", value
    return "the task itself", run.spec.subject


def _pickled_flow(flow: FlowExecution) -> bytes:
    attempts: list[tuple[Any, dict[str, Any]]] = [(flow.spec.subject, flow.parameters), (flow.spec.subject, {})]
    for what in attempts:
        try:
            return cloudpickle.dumps(what)  # type: ignore[no-any-return]
        except Exception as problem:
            say(
                flow,
                DEBUG,
                "Not sent to worker processes, because it cannot be pickled: %s",
                problem,
            )
    return pickle.dumps((None, {}))


def _exit_text(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _likely_cause(code: int) -> str:
    if code == -signal.SIGKILL:
        return "The kernel kills processes this way when memory runs out; check its log: journalctl -k, or dmesg."
    if code < 0:
        return "A crash of native code is a common cause; run it with PYTHONFAULTHANDLER=1 to see where."
    return "Its own code ended the process, for example by os._exit(); see its stderr."


def _main_module() -> tuple[str | None, str | None]:
    """The name (``python -m name``) and the file of the main module, where it has them."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    file = getattr(main, "__file__", None)
    return getattr(spec, "name", None), os.path.abspath(file) if file is not None else None
