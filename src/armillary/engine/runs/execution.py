"""A run that this process owns: its state, and those waiting for its end."""

from __future__ import annotations

from _thread import LockType, allocate_lock
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, Protocol

from armillary.clock import now_us, to_datetime
from armillary.core.errors import IllegalTransition
from armillary.core.states import (
    CANCELLING,
    COMPLETED,
    MOVES,
    PAUSED,
    PENDING,
    RUNNING,
    TERMINAL,
    State,
    StateType,
)
from armillary.engine.interrupts.guard import Interruptible, this_guard
from armillary.engine.runs.runner import spare_thread
from armillary.journal.format.events import AnyEvent, StateChanged

Callback = Callable[["Execution"], None]
_IN_A_TRY = frozenset({RUNNING, PAUSED, CANCELLING})


class Starter(Protocol):
    """A flow run, as seen by the runs it started."""

    def forgive(self, child: Execution) -> None:
        """The outcome of a child that did not complete has been read."""

    def carry(self, child: Execution, carrier: Any) -> None:
        """The exception of a child propagates through an asyncio task beside the body."""


class Execution(Interruptible):
    """Base of a task run and a flow run here.

    Every transition goes through :meth:`move`: it is recorded and takes effect under the run's own lock, and the first
    terminal one wins, so the late outcome of an abandoned body finds the run ended. Waiters and callbacks need no lock:
    each side first publishes its own step, then checks the other's. ``stop_remotely`` is set while a worker process runs
    the body. ``ran`` and ``waited`` are microseconds in RUNNING, and before it. ``seen``: see :mod:`armillary.engine.runs.unseen`.
    """

    __slots__ = (
        "_callbacks",
        "_moving",
        "_waiters",
        "at",
        "id",
        "message",
        "name",
        "outcome",
        "ran",
        "run_count",
        "seen",
        "settled",
        "state_name",
        "stop_remotely",
        "type",
        "waited",
    )

    kind_of_run = ""
    letter = ""
    is_async = False

    def __init__(self, run_id: str, name: str, at: int) -> None:
        super().__init__()
        self.id = run_id
        self.name = name
        self.type: StateType = PENDING
        self.state_name = "Pending"
        self.message: str | None = None
        self.at = at
        self.outcome: Any = None
        self.run_count = 0
        self.waited = 0
        self.ran = 0
        self.settled = False
        self.seen = False
        self.stop_remotely: Callable[[], None] | None = None
        self._moving = allocate_lock()
        self._waiters: list[LockType] = []
        self._callbacks: list[Callback] = []

    @property
    def state(self) -> State:
        """The run's state as a separate record; ``data`` is the value or exception of a terminal state."""
        return State(self.type, self.state_name, self.message, to_datetime(self.at), self.outcome)

    @property
    def is_failure(self) -> bool:
        return self.type in TERMINAL and self.type is not COMPLETED

    @property
    def node_id(self) -> str:
        """The task run that represents this run in its parent's graph."""
        return self.id

    def asyncio_home(self) -> tuple[Any, Any]:
        """The event loop and the asyncio task that carry this run's body, where it is a coroutine."""
        return None, None

    def runs_on(self, loop: Any) -> bool:
        """Whether its body runs on that event loop, or will, as far as known."""
        return False

    @property
    def awaited(self) -> Sequence[Execution]:
        """The runs that must end before it begins."""
        return ()

    def record(self, event: AnyEvent) -> None:
        """Append an event to the journal of this run's root."""
        raise NotImplementedError

    @property
    def starter(self) -> Starter | None:
        """The flow run that waits for it and is judged by it; a root run has none."""
        raise NotImplementedError

    def move(
        self,
        kind: StateType,
        name: str,
        message: str | None = None,
        *,
        outcome: Any = None,
        scheduled: int | None = None,
        cached_from: str | None = None,
        during_try: int | None = None,
    ) -> bool:
        """Record a transition and apply it; False if the run, or the try it comes from, has already ended."""
        with self._moving:
            if self.type in TERMINAL:
                return False
            if during_try is not None and (during_try != self.run_count or self.type not in _IN_A_TRY):
                return False
            if kind not in MOVES[self.type]:
                raise IllegalTransition(
                    f"{self.name!r} cannot go from {self.type} to {kind}.",
                    subject=self.name,
                )
            if kind is RUNNING and self.type is not PAUSED:
                self.run_count += 1
            at = now_us()
            if self.type is RUNNING:
                self.ran += at - self.at
            elif self.type is not CANCELLING:
                self.waited += at - self.at
            self.record(
                StateChanged(
                    at,
                    self.letter,
                    self.id,
                    self.type,
                    kind,
                    name,
                    self.run_count,
                    message,
                    scheduled,
                    cached_from,
                )
            )
            self.at = at
            self.state_name = name
            self.message = message
            self.outcome = outcome
            self.type = kind
        return True

    def settle(self) -> None:
        """The run's terminal state is set and recorded: wake waiters."""
        self.settled = True
        waiters = self._waiters
        while waiters:
            waiters.pop().release()
        callbacks = self._callbacks
        while callbacks:
            try:
                callback = callbacks.pop(0)
            except IndexError:
                return
            callback(self)

    def when_settled(self, callback: Callback) -> None:
        """Call ``callback(self)`` once the run has ended: on the ending thread, or here and now if it has."""
        self._callbacks.append(callback)
        if self.settled:
            try:
                self._callbacks.remove(callback)
            except ValueError:
                return
            callback(self)

    def help_and_wait(self, timeout_seconds: float | None) -> bool:
        """:meth:`wait` on the user's behalf: may do the run's work on this thread, and lends the pool a spare one."""
        if self.settled:
            return True
        with spare_thread():
            return self.wait(timeout_seconds)

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Block until the run has ended; False when ``timeout_seconds`` pass first."""
        if self.settled:
            return True
        waiter = allocate_lock()
        waiter.acquire()
        self._waiters.append(waiter)
        if self.settled:
            return True
        guard = this_guard()
        if timeout_seconds is None:
            while not self.settled:
                guard.wait_on(waiter, -1)
            return True
        deadline = monotonic() + timeout_seconds
        while not self.settled and (left := deadline - monotonic()) > 0:
            guard.wait_on(waiter, left)
        return self.settled
