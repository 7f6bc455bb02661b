"""One flow run that this process owns."""

from __future__ import annotations

from _thread import allocate_lock
from contextvars import Context, copy_context
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from armillary import settings
from armillary.clock import to_datetime
from armillary.core.ids import flow_id
from armillary.core.rules.final_state import StateTally
from armillary.core.rules.ownership import SUSPENDED
from armillary.core.states import COMPLETED, PAUSED, StateType
from armillary.core.text.names import task_run_name
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.lineage import Lineage
from armillary.engine.runs.ports import ReturnedRuns
from armillary.engine.runs.root import Root
from armillary.engine.runs.runner import RunnerSession
from armillary.engine.runs.specs import FlowSpec, TaskSpec
from armillary.engine.runs.subflow_node import Node
from armillary.engine.runs.time_accounting import TimeAccounting
from armillary.engine.runs.unseen import Dropped, Unseen
from armillary.engine.waiting.timers import Timer
from armillary.journal.format.events import AnyEvent

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from asyncio import Task as AsyncioTask

    from armillary.core.runs.flow_run import FlowRun
    from armillary.engine.runs.pause import Pause


class CallingRun(Protocol):
    """The flow or task run in whose body a flow was called."""

    flow: FlowExecution
    id: str
    letter: str
    log_prints: bool
    name: str
    run_count: int


class FlowExecution(Execution):
    """``call`` is how its function is called, ``parameters`` the same by name, ``again`` both for the next try. ``children`` are its unfinished runs, by id. ``tally`` counts how the ended ones of the current
    try ended, ``below`` the runs of ended subflows; ``first_failure`` is the first failed one, ``unseen`` are those whose outcome was not read. ``node`` is the task run that represents a subflow in its
    parent. ``latest_calls`` are, by caller, the task runs called last, for runners that start one after the other.
    ``pause`` holds back new runs below while the run is paused or about to be suspended; ``pauses`` counts the questions of
    this try, ``answers`` are those that earlier attempts received. ``finishing`` is held by the thread that ends a try: for its deadline, or for
    the outcome of its body. ``returned`` are the futures and states in what the body returned. ``resume_key`` is where a subflow's value is stored for its parent's next try."""

    __slots__ = (
        "_counting",
        "_idle",
        "_keys",
        "_warned",
        "again",
        "answers",
        "asyncio_task",
        "attempt",
        "below",
        "call",
        "cancelling",
        "children",
        "context",
        "created_at",
        "deadline",
        "equal_calls",
        "expected_start_us",
        "finishing",
        "first_failure",
        "flow",
        "latest_calls",
        "lineage",
        "log_prints",
        "loop",
        "lost",
        "name_prefix",
        "names",
        "node",
        "parameters",
        "parent",
        "parent_try",
        "path",
        "pause",
        "pauses",
        "resumable",
        "resume_key",
        "retry_in_seconds",
        "returned",
        "rollbacks",
        "root",
        "runner_session",
        "spec",
        "spent",
        "started_at",
        "stores_results",
        "tags",
        "tally",
        "unseen",
    )

    kind_of_run = "flow run"
    letter = "f"

    def __init__(
        self,
        run_id: str,
        name: str,
        at: int,
        spec: FlowSpec,
        call: tuple[tuple[Any, ...], dict[str, Any]],
        parameters: dict[str, Any],
        tags: frozenset[str],
        root: Root,
        parent: CallingRun | None,
        expected_start_us: int,
        attempt: int,
    ) -> None:
        super().__init__(run_id, name, at)
        self.spec = spec
        self.flow = self
        self.root = root
        self.parent = parent
        self.parent_try = parent.run_count if parent is not None else 0
        self.call = call
        self.parameters = parameters
        self.again: list[Any] | None = None
        self.tags = tags
        self.created_at = at
        self.started_at: int | None = None
        self.expected_start_us = expected_start_us
        self.attempt = attempt
        self.node: Node | None = None
        self.runner_session: RunnerSession[Any] | None = None
        self.loop: AbstractEventLoop | None = None
        self.asyncio_task: AsyncioTask[Any] | None = None
        self.context: Context = copy_context()
        self.cancelling = False
        self.lost = False
        self.name_prefix = ""
        self.log_prints: bool = spec.log_prints if spec.log_prints is not None else bool(parent and parent.log_prints)
        self.path = run_id
        self.deadline: Timer | None = None
        self.retry_in_seconds: float | None = None
        self.pause: Pause | None = None
        self.spent = TimeAccounting()
        self.answers: dict[str, str | None] = {}
        self.finishing = allocate_lock()
        self._counting = allocate_lock()
        self._warned: set[str] = set()
        self.resume_key: str | None = None
        self.resumable: bool = spec.retry.retries > 0 or attempt > 1 or bool(parent and parent.flow.resumable)
        self.stores_results = self.resumable or bool(settings.get("RESULTS_PERSIST"))
        self.begin_try()
        self.children: dict[str, Execution] = {}

    def begin_try(self) -> None:
        """Start over: a retried flow's body creates its calls, names and edges again."""
        self.tally = StateTally()
        self.below = StateTally()
        self.first_failure: Execution | None = None
        self.unseen = Unseen()
        self.returned: ReturnedRuns | None = None
        self.lineage = Lineage()
        self.names: dict[str, int] = {}
        self._keys: dict[str, str] = {}
        self.equal_calls: dict[str, int] = {}
        self.rollbacks: list[Any] = []
        self.latest_calls: dict[str, Any] = {}
        self.pauses = 0

    @property
    def is_async(self) -> bool:  # type: ignore[override]
        return self.spec.is_async

    @property
    def node_id(self) -> str:
        return self.node.id if self.node is not None else self.id

    @property
    def is_suspended(self) -> bool:
        """It has released its process without having ended."""
        return self.type is PAUSED and self.state_name == SUSPENDED

    def runs_on(self, loop: Any) -> bool:
        """A submitted subflow runs on its parent's loop."""
        if not self.is_async:
            return False
        home = self.loop or (self.parent.flow.loop if self.parent is not None else None)
        return home is loop

    def asyncio_home(self) -> tuple[Any, Any]:
        return self.loop, self.asyncio_task

    def record(self, event: AnyEvent) -> None:
        self.root.record(event)

    @property
    def starter(self) -> FlowExecution | None:
        return None if self.parent is None else self.parent.flow

    def forgive(self, child: Execution) -> None:
        """The outcome of a child that did not complete has been read."""
        with self._counting:
            self.unseen.forgive(child)

    def carry(self, child: Execution, carrier: AsyncioTask[Any]) -> None:
        """The exception of a child that did not complete propagates through an asyncio task beside the body."""
        with self._counting:
            self.unseen.carry(child, carrier)

    def name_call(self, spec: TaskSpec | FlowSpec) -> tuple[str, int]:
        """The name and index of the next call of a task here: ``load-0``, ``load-1``; another task of that name gets its
        short key added."""
        with self._counting:
            first_key = self._keys.setdefault(spec.name, spec.key)
            counted = spec.name if first_key == spec.key else spec.key
            index = self.names.get(counted, 0)
            self.names[counted] = index + 1
        return self.name_prefix + task_run_name(counted, index), index

    def move(self, kind: StateType, name: str, message: str | None = None, **facts: Any) -> bool:
        """See :meth:`Execution.move`; the node in the parent takes the same state."""
        if not super().move(kind, name, message, **facts):
            return False
        if self.node is not None:
            self.node.mirror(self)
        return True

    def adopt(self, child: Execution) -> None:
        """Register a run started here; the flow run does not end before it."""
        self.children[child.id] = child

    def child_ended(self, child: Execution) -> None:
        """Counted before the child's waiters wake."""
        with self._counting:
            if self.children.pop(child.id, None) is None:
                return
            self.tally.add(child.type)
            if isinstance(child, FlowExecution):
                self.below.merge(child.tally)
                self.below.merge(child.below)
                self.spent.merge(child.spent)
            else:
                self.spent.add(child)  # type: ignore[arg-type]  # the others are task runs
            if child.type is not COMPLETED:
                if self.first_failure is None:
                    self.first_failure = child
                if not child.seen:
                    self.unseen.add(child, child.parent, child.parent_try)  # type: ignore[attr-defined]  # children have both

    def count_equal_call(self, call: str) -> int:
        """The index of a call among equal ones of this try."""
        with self._counting:
            index = self.equal_calls.get(call, 0)
            self.equal_calls[call] = index + 1
        return index

    def warn_once(self, subject: str) -> bool:
        """True the first time that a warning about ``subject`` is due."""
        with self._counting:
            new = subject not in self._warned
            self._warned.add(subject)
        return new

    def count(self, kind: StateType) -> None:
        """A task run that a worker process executed has ended."""
        with self._counting:
            self.tally.add(kind)

    def drop_reported(self, dropped: Dropped, parent: Execution) -> None:
        """The body of ``parent`` dropped a failure in a worker process."""
        with self._counting:
            self.unseen.add_reported(dropped, parent)

    def dropped(self) -> Dropped | None:
        """The first unread failure of the current try; None also with ``unseen_failures="ignore"``."""
        if self.spec.unseen_failures == "ignore":
            return None
        with self._counting:
            return self.unseen.verdict()

    def unfinished(self) -> Execution | None:
        """Any run started here that has not ended."""
        with self._counting:
            return next(iter(self.children.values()), None)

    def as_record(self) -> FlowRun:
        """The run as a separate record."""
        from armillary.core.runs.flow_run import (
            FlowRun,
        )  # needed by hooks and contexts, not by a plain start

        parent = self.parent
        return FlowRun(
            id=self.id,
            flow_id=flow_id(self.spec.name),
            flow_name=self.spec.name,
            name=self.name,
            expected_start_time=to_datetime(self.expected_start_us),
            created=to_datetime(self.created_at),
            root_flow_run_id=self.root.flow.id if self.root.flow is not None else self.id,
            parameters=dict(self.parameters),
            tags=sorted(self.tags),
            state_type=self.type,
            state_name=self.state_name,
            state_message=self.message,
            state_timestamp=to_datetime(self.at),
            start_time=self._start_time(),
            attempt=self.attempt,
            run_count=self.run_count,
            flow_version=self.spec.version,
            parent_flow_run_id=parent.flow.id if parent is not None else None,
            parent_task_run_id=self.node.id if self.node is not None else None,
            entrypoint=self.spec.entrypoint,
        )

    def _start_time(self) -> datetime | None:
        return None if self.started_at is None else to_datetime(self.started_at)
