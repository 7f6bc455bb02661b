"""The worker's side: ``python -m armillary.engine.worker_processes.worker READ WRITE LIFELINE`` (numbers of inherited pipes).

It runs one body at a time. Tasks that a body calls run here too, on threads, and their events go to the owner with the log
lines. It ends when the owner closes the pipe, and at once when the owner dies (the lifeline reaches its end).
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sys
from contextvars import copy_context
from functools import partial
from threading import Lock
from time import perf_counter
from traceback import format_exception
from typing import Any, BinaryIO

import cloudpickle

from armillary.core.errors import NotSerializable, RunFailed, WorkerDied
from armillary.engine.interrupts.forks import give_back_in_children
from armillary.engine.interrupts.guard import Terminated, this_guard
from armillary.engine.lifecycle.breakdown import end_broken
from armillary.engine.lifecycle.task_drivers import await_body, call_body
from armillary.engine.lifecycle.task_lifecycle import error_message
from armillary.engine.output.logs import configure
from armillary.engine.output.tracebacks import strip_engine_frames
from armillary.engine.runs.current import current_tags
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.root import HOUSEKEEPING_SECONDS
from armillary.engine.runs.task_execution import TaskExecution
from armillary.engine.runs.unseen import Unseen
from armillary.engine.worker_processes.lifeline import end_with
from armillary.engine.worker_processes.main_module import stand_for, take_in
from armillary.engine.worker_processes.run_proxies import RemoteRoot, flow_shell, task_shell
from armillary.engine.worker_processes.wire import BodyOutcome, BodyRequest, EventReport, WorkerSetup, receive, send
from armillary.journal.format.events import AnyEvent


def main(reading: int, writing: int, lifeline: int) -> None:
    """Serve the owner until it closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner handles Ctrl-C
    signal.signal(signal.SIGTERM, lambda *_: this_guard().signal(Terminated))
    give_back_in_children(partial(_release_in_child, (reading, writing, lifeline)))
    end_with(lifeline)
    with os.fdopen(reading, "rb") as orders, os.fdopen(writing, "wb") as answers:
        setup = receive(orders)
        if isinstance(setup, WorkerSetup):
            _serve(setup, orders, answers)


def _release_in_child(pipes: tuple[int, ...]) -> None:
    """A child that a body forked is not a worker, and must not hold the pipes of a dead one open."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for pipe in pipes:
        os.close(pipe)


def _serve(setup: WorkerSetup, orders: BinaryIO, answers: BinaryIO) -> None:
    sys.path[:] = setup.path
    stand_for(setup.main_name, setup.main_file)
    configure()
    one_at_a_time = Lock()

    def report(event: AnyEvent, is_log: bool) -> None:
        with one_at_a_time:
            send(answers, EventReport(event, is_log))

    flow = flow_shell(setup, RemoteRoot(report))
    while isinstance(order := receive(orders), BodyRequest):
        began = perf_counter()
        flow.unseen = Unseen()
        try:
            value = _run(flow, order)
            took = perf_counter() - began
            dropped = flow.unseen.verdict()
            done = BodyOutcome(_pickled(value), None, took, None if dropped is None else dropped._replace(run=None))
        except BaseException as error:
            done = BodyOutcome(None, _pickled_error(error), perf_counter() - began)
        with one_at_a_time:
            send(answers, done)


def _run(flow: FlowExecution, order: BodyRequest) -> Any:
    task, arguments, keywords = _loaded(order)
    take_in((task.fn, *arguments, *keywords.values()))
    current_tags.set(order.tags)
    run = task_shell(flow, task, order)
    try:
        if run.is_async:
            return asyncio.run(await_body(run, run.spec.fn, arguments, keywords))
        return call_body(run, run.spec.fn, arguments, keywords, copy_context())
    finally:
        _await_children(flow, run)


def _loaded(order: BodyRequest) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """The task and its arguments. Loading them imports the user's modules, and may raise whatever those raise."""
    try:
        return pickle.loads(order.body)  # type: ignore[no-any-return]  # noqa: S301  from our own owner
    except Exception as problem:
        problem.add_note(f"Raised while the worker process imported what {order.task_run.name!r} needs.")
        raise
    except BaseException as problem:
        raise WorkerDied(
            f"A module that {order.task_run.name!r} needs ended the worker process that imported it: {problem!r}.",
            subject=order.task_run.name,
            advice='A module must not exit when it is imported; put such code below `if __name__ == "__main__":`.',
        ) from problem


def _await_children(flow: FlowExecution, run: TaskExecution) -> None:
    while (child := flow.unfinished()) is not None:
        end_broken(flow.root)
        child.wait(HOUSEKEEPING_SECONDS)


def _pickled(value: Any) -> bytes:
    try:
        return cloudpickle.dumps(value)  # type: ignore[no-any-return]
    except Exception as problem:
        raise NotSerializable(
            f"The task's result of type {type(value).__name__!r} cannot be sent back from its worker process: {problem}",
            subject=type(value).__name__,
            advice="Return something that can be pickled, or use another task runner.",
        ) from None


def _pickled_error(error: BaseException) -> bytes:
    strip_engine_frames(error)
    where = "".join(format_exception(error)).rstrip()
    error.add_note(f"In its worker process:\n{where}")
    try:
        data: bytes = cloudpickle.dumps(error)
        pickle.loads(data)  # noqa: S301  some exceptions can be pickled but not unpickled
        return data
    except Exception:
        stands_for_it = RunFailed(error_message(error))
        stands_for_it.add_note(f"In its worker process:\n{where}")
        return pickle.dumps(stands_for_it)


if __name__ == "__main__":
    from armillary.engine.worker_processes import worker

    worker.main(*map(int, sys.argv[1:4]))
