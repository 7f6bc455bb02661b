"""A pause of a flow run, and the runs that wait for its end."""

from __future__ import annotations

from _thread import LockType, allocate_lock
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, Any

from armillary.engine.interrupts.guard import this_guard
from armillary.engine.runs.runner import spare_thread
from armillary.engine.waiting.loops import running_loop, set_once

if TYPE_CHECKING:
    from armillary.engine.runs.ports import CarriedRun
    from armillary.engine.runs.question import Question
    from armillary.engine.waiting.timers import Timer

LOOK_EVERY_SECONDS = 0.2


class End(Enum):
    """How a pause ended: the run was resumed, the pause timed out, or the run was cancelled."""

    RESUMED = "resumed"
    EXPIRED = "expired"
    LIFTED = "lifted"


class Pause:
    """``question`` is the input its body requests; None: the run was paused from outside. ``final``: the run is about to release its
    process, so nothing more starts and nothing resumes it here. ``left_seconds`` is what the run's deadline had left."""

    __slots__ = ("_callbacks", "_held", "_lock", "end", "expiry", "final", "left_seconds", "question", "value")

    def __init__(self, question: Question | None = None, *, final: bool = False) -> None:
        self.question = question
        self.final = final
        self.left_seconds: float | None = None
        self.value: Any = None
        self.expiry: Timer | None = None
        self.end: End | None = None
        self._lock = allocate_lock()
        self._held: list[CarriedRun] = []
        self._callbacks: list[Callable[[], object]] = []

    def holds(self, run: CarriedRun) -> bool:
        """Whether a task run about to start has to wait; it is then retried when the pause ends."""
        session = run.flow.runner_session
        with self._lock:
            if self.end is not None:
                return False
            if self.final:
                return True
            if session is None or not session.in_caller or run.is_async:
                self._held.append(run)
                return True
        session.later(run, LOOK_EVERY_SECONDS)
        return True

    def is_over(self, end: End, value: Any = None) -> None:
        """Wake all waiters."""
        with self._lock:
            self.value = value
            self.end = end
            expiry, self.expiry = self.expiry, None
            held, self._held = self._held, []
            callbacks, self._callbacks = self._callbacks, []
        if expiry is not None:
            expiry.cancel()
        for callback in callbacks:
            callback()
        for run in held:
            run.try_again()

    def when_over(self, callback: Callable[[], object]) -> None:
        """Call it when this is over: on the thread that ends it, or here and now if it is."""
        with self._lock:
            if self.end is None:
                self._callbacks.append(callback)
                return
        callback()

    def wait(self) -> None:
        """Block until it is over. An interrupt ends the wait and is raised."""
        doorbell: LockType = allocate_lock()
        doorbell.acquire()
        self.when_over(lambda: _ring(doorbell))
        guard = this_guard()
        with spare_thread():
            while self.end is None:
                guard.wait_on(doorbell, -1)

    async def wait_in_loop(self) -> None:
        """The same on the running event loop."""
        loop = running_loop()
        assert loop is not None
        arrived = loop.create_future()

        def ring() -> None:
            with suppress(RuntimeError):  # the loop was closed: there is no waiter left
                loop.call_soon_threadsafe(set_once, arrived)

        self.when_over(ring)
        await arrived


def _ring(doorbell: LockType) -> None:
    with suppress(RuntimeError):  # an interrupt signalled it first
        doorbell.release()
