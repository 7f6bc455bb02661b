"""Calling a task in a run: a task run is created and, once its upstreams have ended, submitted for execution."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextvars import copy_context
from threading import current_thread, main_thread
from time import perf_counter
from typing import Any

from armillary.clock import new_id, now_us
from armillary.core.errors import InvalidParameters, OutsideRun
from armillary.core.states import State
from armillary.engine.handles.future import Future, FutureList
from armillary.engine.handles.upstreams import Upstreams, allow_failure, quote, unmapped
from armillary.engine.interrupts.guard import this_guard
from armillary.engine.lifecycle.task_drivers import drive_task, drive_task_async
from armillary.engine.output.logs import INFO, say
from armillary.engine.parameters.signatures import names_of
from armillary.engine.results.result_options import reuse_of
from armillary.engine.runs.current import current_run, current_tags
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.lineage import ATOMS
from armillary.engine.runs.specs import TaskSpec
from armillary.engine.runs.task_execution import TaskExecution
from armillary.journal.format.events import TaskRunCreated

_IN_A_THREAD = (
    " A thread that a flow starts is inside it with Thread(target=contextvars.copy_context().run, args=(work,))."
)


def call_task(
    spec: TaskSpec,
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    wait_for: Iterable[Any] | None = None,
) -> Future[Any]:
    """Create a run of the task in the current run and return its future."""
    parent = current_run.get()
    if parent is None:
        raise OutsideRun(
            f"Task {spec.name!r} was called outside a flow.",
            subject=spec.name,
            advice=f"Call it inside a function decorated with @flow, or run its plain function with {spec.name}.fn(...)."
            + ("" if current_thread() is main_thread() else _IN_A_THREAD),
        )
    guard = this_guard()
    was_open = guard.shut()
    try:
        run = _create(spec, parent, arguments, keywords, wait_for)
    finally:
        guard.restore(was_open)
    return Future(run)


def _create(
    spec: TaskSpec,
    parent: FlowExecution | TaskExecution,
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    wait_for: Iterable[Any] | None,
) -> TaskExecution:
    began = perf_counter()
    flow = parent.flow
    if flow.settled:
        raise OutsideRun(
            f"Task {spec.name!r} was called after its flow run {flow.name!r} had ended.",
            subject=spec.name,
            advice="A thread or callback outlived the flow: wait for it before the flow returns.",
        )
    names = names_of(spec, arguments, keywords)
    upstreams = _upstreams(parent, names, arguments, keywords, wait_for)
    if not flow.root.journal.has_room:
        flow.root.journal.wait_for_room()
    name, index = flow.name_call(spec)
    tags = current_tags.get()
    at = now_us()
    run = TaskExecution(
        new_id(),
        name,
        at,
        spec,
        flow,
        parent,
        index,
        arguments,
        keywords,
        spec.tags | tags if tags else spec.tags,
        copy_context(),
        drive_task_async if spec.is_async else drive_task,
    )
    if spec.run_name is not None:
        from armillary.engine.calls.run_names import chosen_name  # most runs have their own names

        given = {**dict(zip(spec.positional, arguments, strict=False)), **keywords}
        name = run.name = chosen_name(run, spec.run_name, given, (arguments, keywords))
    if upstreams is not None:
        run.upstreams = upstreams.edges
        run.required = upstreams.required or None
        run.states = upstreams.states or None
        run.resolves = upstreams.has_handles
    run.reuse = reuse_of(run)
    flow.adopt(run)
    try:
        run.record(
            TaskRunCreated(
                at,
                run.id,
                flow.id,
                name,
                spec.name,
                spec.key,
                index,
                run.upstreams,
                tuple(sorted(run.tags)) if run.tags else (),
                spec.retry.retries,
                parent.id if parent is not flow else None,
                None,
                flow.run_count,
            )
        )
        say(flow, INFO, "Created task run %r for task %r", name, spec.name)
        run.creation_seconds = perf_counter() - began
        _hand_over(run, parent, upstreams.runs if upstreams is not None else [])
    except Exception as problem:  # the flow run would wait for it
        flow.root.broken.append((run, problem))
        raise
    return run


def _upstreams(
    parent: FlowExecution | TaskExecution,
    names: tuple[str, ...],
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    wait_for: Iterable[Any] | None,
) -> Upstreams | None:
    found: Upstreams | None = None
    for position, argument in enumerate(arguments):
        if type(argument) not in ATOMS:
            found = found or Upstreams(parent.flow.lineage, parent)
            found.look(names[min(position, len(names) - 1)], argument)
    for name, argument in keywords.items():
        if type(argument) not in ATOMS:
            found = found or Upstreams(parent.flow.lineage, parent)
            found.look(name, argument)
    if wait_for is not None:
        found = found or Upstreams(parent.flow.lineage, parent)
        found.look_at_awaited(wait_for)
    return found


def _hand_over(
    run: TaskExecution,
    parent: FlowExecution | TaskExecution,
    upstreams: list[Execution],
) -> None:
    session = run.flow.runner_session
    if session is not None and session.in_caller:
        if not parent.is_async:
            for upstream in upstreams:
                upstream.help_and_wait(None)
            run.arrive()
            run.wait()
            return
        latest = run.flow.latest_calls.get(parent.id)
        run.flow.latest_calls[parent.id] = run
        if latest is not None:
            upstreams = [*upstreams, latest]
    for upstream in upstreams:
        if not upstream.settled:
            run.waiting_for.append(False)
            upstream.when_settled(run.arrive)
    run.arrive()


def map_task(
    spec: TaskSpec,
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    wait_for: Iterable[Any] | None = None,
) -> FutureList[Any]:
    """One run per element of the iterables given; :class:`unmapped` values, text and bytes are passed unchanged to every run."""
    positional = [_column(spec, f"argument {place}", value) for place, value in enumerate(arguments, 1)]
    named = {name: _column(spec, repr(name), value) for name, value in keywords.items()}
    lengths = {
        name: len(column)
        for name, column in [
            *((f"argument {place}", c) for place, c in enumerate(positional, 1)),
            *named.items(),
        ]
        if not isinstance(column, _Same)
    }
    if not lengths:
        raise InvalidParameters(
            f"{spec.name}.map got nothing to iterate over.",
            subject=spec.name,
            advice="Pass at least one list or other iterable, or call the task directly.",
        )
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name}: {length}" for name, length in lengths.items())
        raise InvalidParameters(
            f"{spec.name}.map got iterables of different lengths ({shown}).",
            subject=spec.name,
            advice="Make them the same length, or wrap what every call shares in unmapped().",
        )
    futures: FutureList[Any] = FutureList()
    for row in range(next(iter(lengths.values()))):
        row_arguments = tuple([column[row] for column in positional])
        futures.append(
            call_task(
                spec,
                row_arguments,
                {name: column[row] for name, column in named.items()},
                wait_for,
            )
        )
    return futures


class _Same:
    """A column of one value."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __getitem__(self, _row: int) -> Any:
        return self._value


def _column(spec: TaskSpec, name: str, value: Any) -> Any:
    if isinstance(value, unmapped):
        return _Same(value.value)
    if isinstance(value, (str, bytes, quote)):
        return _Same(value)
    if isinstance(value, allow_failure):
        column = _column(spec, name, value.value)
        if isinstance(column, _Same):
            return _Same(allow_failure(column[0]))
        return [allow_failure(each) for each in column]
    if isinstance(value, (Future, State)):
        value = value.result()
    if isinstance(value, Mapping):
        raise InvalidParameters(
            f"{spec.name}.map got a mapping as {name}.",
            subject=spec.name,
            advice="Pass list(mapping) or list(mapping.values()) to iterate over it, or unmapped(mapping).",
        )
    if isinstance(value, (list, tuple)):
        return value
    return list(value) if isinstance(value, Iterable) else _Same(value)
