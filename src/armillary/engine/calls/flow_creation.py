"""Creates flow runs: parameters, name, and place below a parent or as a root."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from armillary.clock import chance, new_id, now_us
from armillary.core.errors import InvalidParameters, UpstreamNotCompleted
from armillary.core.ids import flow_id
from armillary.core.states import CANCELLED, COMPLETED, FAILED, PENDING
from armillary.core.text.names import run_name
from armillary.engine.calls.assignment import Assignment
from armillary.engine.calls.recorded_parameters import describe, hashes_of
from armillary.engine.handles.upstreams import Upstreams, failed_state, resolved_call
from armillary.engine.lifecycle.flow_ending import end_flow
from armillary.engine.lifecycle.task_lifecycle import error_message
from armillary.engine.output.logs import INFO, configure, engine_logger, say, say_exception
from armillary.engine.output.tracebacks import strip_engine_frames
from armillary.engine.parameters.parameters import bind
from armillary.engine.runs.current import current_tags
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.runs.root import Root
from armillary.engine.runs.specs import FlowSpec
from armillary.engine.runs.subflow_node import Node
from armillary.engine.runs.task_execution import TaskExecution
from armillary.engine.task_runners.concurrent import ConcurrentTaskRunner
from armillary.journal.format.events import FlowDeclared, FlowRunCreated, TaskRunCreated

Parent = FlowExecution | TaskExecution
INVALID = "Validation of the flow's parameters failed:"


class FlowCall:
    """A call of a flow with its arguments, handles included. ``run`` is set once its parent waits for it."""

    __slots__ = ("arguments", "keywords", "parent", "run", "spec", "upstreams")

    def __init__(
        self,
        spec: FlowSpec,
        parent: Parent | None,
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        wait_for: Iterable[Any] | None,
    ) -> None:
        self.spec = spec
        self.parent = parent
        self.arguments = arguments
        self.keywords = keywords
        self.run: FlowExecution | None = None
        self.upstreams: Upstreams | None = None
        if parent is not None:
            self.upstreams = Upstreams(parent.flow.lineage, parent)
            names = spec.positional
            for place, argument in enumerate(arguments):
                self.upstreams.look(names[place] if place < len(names) else "arguments", argument)
            for name, argument in keywords.items():
                self.upstreams.look(name, argument)
            if wait_for is not None:
                self.upstreams.look_at_awaited(wait_for)

    def blocker(self) -> str | None:
        """Why the flow cannot start, once all upstreams have ended."""
        if self.upstreams is None:
            return None
        for upstream in self.upstreams.required:
            if upstream.type is not COMPLETED:
                return f"Upstream {upstream.name!r} did not complete: it is {upstream.state_name}."
        state = failed_state(self.upstreams.states)
        return None if state is None else f"A state passed as an argument did not complete: it is {state.name}."

    def resolve(self) -> Exception | None:
        """Replace the handles by their values; every upstream has ended. Returns the exception if a user class
        raises while it is rebuilt around a value."""
        if self.upstreams is not None and self.upstreams.has_handles:
            try:
                self.arguments, self.keywords = resolved_call(self.spec.positional, self.arguments, self.keywords)
                self.upstreams.has_handles = False
            except Exception as problem:
                return problem
        return None


def create_flow_run(call: FlowCall, assignment: Assignment | None) -> FlowExecution:
    """Record a new run, PENDING; below a parent also its node. Raises :class:`HomeNotWritable` for a root run."""
    spec, parent = call.spec, call.parent
    at = now_us()
    run_id = assignment.flow_run_id if assignment is not None else new_id()
    attempt = assignment.attempt if assignment is not None else 1
    if parent is None:
        configure()
        root = Root(run_id, attempt, engine_logger().error)
    else:
        root = parent.flow.root
        attempt = parent.flow.attempt
    given = current_tags.get() | (assignment.tags if assignment is not None else frozenset())
    run = FlowExecution(
        run_id,
        assignment.flow_run_name if assignment is not None else "",
        at,
        spec,
        (call.arguments, call.keywords),
        {},
        spec.tags | given,
        root,
        parent,
        assignment.expected_start_us if assignment is not None else at,
        attempt,
    )
    if assignment is not None and assignment.resumable:
        run.resumable = run.stores_results = True
    if assignment is not None:
        run.answers = dict(assignment.answers)
        root.fresh_since_us = assignment.fresh_since_us
        root.result_secret, root.result_prefix = assignment.result_secret, assignment.result_prefix
    if parent is None:
        root.flow = run
    handles_left = call.upstreams is not None and call.upstreams.has_handles
    problem = _take_parameters(run, converts=not handles_left)
    trouble = INVALID
    if not run.name:
        run.name = run_name(chance)
        if problem is None and (problem := _take_name(run)) is not None:
            trouble = "Its name could not be generated:"
    _record_creation(run, call, assignment)
    if problem is not None:
        end_unbound(run, problem, trouble)
    return run


def _take_parameters(run: FlowExecution, converts: bool = True) -> Exception | None:
    """Bind the call. If its values include futures, it is bound again with their values."""
    try:
        bound = bind(run.spec, *run.call, converts)
    except InvalidParameters as problem:
        return problem
    run.call = (bound.arguments, bound.keywords)
    run.parameters = bound.parameters
    return None


def _take_name(run: FlowExecution) -> Exception | None:
    """The run's name from its template or the user's function; either may fail."""
    if run.spec.run_name is not None:
        from armillary.engine.calls.run_names import chosen_name  # most runs have their own names

        try:
            run.name = chosen_name(run, run.spec.run_name, run.parameters, run.call)
        except Exception as problem:
            return problem
    return None


def retake_parameters(run: FlowExecution, call: FlowCall) -> None:
    """The values of a submitted subflow's handles have arrived."""
    problem = call.resolve()
    if problem is None:
        run.call = (call.arguments, call.keywords)
        problem = _take_parameters(run)
    if problem is not None:
        end_unbound(run, problem)


def end_unbound(run: FlowExecution, problem: Exception, trouble: str = INVALID) -> None:
    """Its function cannot be called with these arguments."""
    strip_engine_frames(problem)
    say_exception(run, trouble, problem)
    end_flow(run, FAILED, "Failed", error_message(problem), problem)


def end_not_ready(run: FlowExecution, reason: str) -> None:
    """An upstream did not complete."""
    end_flow(
        run,
        CANCELLED,
        "NotReady",
        reason,
        UpstreamNotCompleted(reason, subject=run.name),
    )


def _record_creation(run: FlowExecution, call: FlowCall, assignment: Assignment | None) -> None:
    spec, parent, root = run.spec, run.parent, run.root
    identity = flow_id(spec.name)
    run.record(
        FlowDeclared(
            run.created_at,
            identity,
            spec.name,
            spec.description,
            tuple(sorted(spec.tags)),
        )
    )
    if parent is not None:
        name, index = parent.flow.name_call(spec)
        upstreams = call.upstreams.edges if call.upstreams is not None else None
        run.path = f"{parent.flow.path}/{spec.key}-{index}"
        run.node = Node(new_id(), name)
        run.record(
            TaskRunCreated(
                run.created_at,
                run.node.id,
                parent.flow.id,
                name,
                spec.name,
                spec.key,
                index,
                upstreams,
                tuple(sorted(run.tags)),
                0,
                parent.id if parent.letter == "t" else None,
                run.id,
                parent.flow.run_count,
            )
        )
        call.run = run
        parent.flow.adopt(run)
    run.record(
        FlowRunCreated(
            run.created_at,
            run.id,
            identity,
            run.name,
            describe(run.parameters),
            tuple(sorted(run.tags)),
            run.expected_start_us,
            root.flow.id if root.flow is not None else run.id,
            PENDING,
            "Pending",
            flow_version=spec.version,
            task_runner=spec.task_runner_name or ConcurrentTaskRunner.__name__,
            parent_flow_run_id=parent.flow.id if parent is not None else None,
            parent_task_run_id=run.node.id if run.node is not None else None,
            deployment_id=assignment.deployment_id if assignment is not None else None,
            entrypoint=spec.entrypoint,
            parameter_hashes=hashes_of(spec, run.parameters) if parent is None else None,
        )
    )
    if parent is None:
        say(run, INFO, "Created flow run %r for flow %r", run.name, spec.name)
    else:
        say(parent.flow, INFO, "Created subflow run %r for flow %r", run.name, spec.name)
