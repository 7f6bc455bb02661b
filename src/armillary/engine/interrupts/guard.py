"""When may an interrupt become an exception? Only while user code runs.

Three things interrupt a body: Ctrl-C and SIGTERM (a signal handler, on the main thread), a deadline, a cancellation
(another thread). An exception that appears inside the engine could tear a transition in two, so every thread that runs
user code has a :class:`Guard`, open while user code has control and shut while the engine has it. What arrives while it
is shut waits until it opens, and a thread that blocks in the engine on the user's behalf (``future.result()``) is woken.

An asynchronous exception is delivered some bytecodes after it was set. ``shut`` therefore absorbs one that was set just
before it: it waits, a loop of a few bytecodes, until the exception has arrived, and holds it for the next opening.

A thread may run a body inside a body (a waiting task that runs the task it waits for). An interrupt is meant for one
body: it reaches that body when control is back with it, and never hits the one that happens to run above it.
"""

from __future__ import annotations

from _thread import LockType, allocate_lock, get_ident
from collections.abc import Callable
from threading import local
from typing import Protocol


class Interrupt(BaseException):
    """Ends a body from outside. Not an ``Exception``, so that ``except Exception`` in user code lets it pass."""


class Cancelled(Interrupt):
    """The run was cancelled."""


class DeadlinePassed(Interrupt):
    """The run passed its timeout."""


class Suspending(Interrupt):
    """The run releases its process, to resume in another one later."""


class Terminated(Interrupt):
    """The process received SIGTERM."""

    reason = "The process was terminated."


class Lost(Interrupt):
    """The root run has another owner."""

    reason = "The run was reassigned to another process."


class Interruptible:
    """What a guard runs a body for. ``interrupt`` is what waits to be raised in that body."""

    __slots__ = ("guard", "interrupt")

    def __init__(self) -> None:
        self.guard: Guard | None = None
        self.interrupt: type[BaseException] | None = None


class Workplace(Protocol):
    """A pool whose thread may block: it lends a spare thread meanwhile, so that a full pool never deadlocks."""

    def lend(self) -> None: ...

    def give_back(self) -> None: ...

    def lose_thread(self) -> None:
        """A thread is stuck in an abandoned body: it no longer counts, and another takes its place."""


class Guard:
    """One thread's gate for interrupts. It is open while the body of ``current`` has control.

    ``workplace`` is the pool the thread belongs to, if any; ``lost`` is set once the pool has replaced the thread. ``nudge``
    ends a system call that the thread is in, so that it notices an exception that was set; only the main thread can have one."""

    __slots__ = (
        "_injected",
        "_lock",
        "_open",
        "_thread",
        "_waiting",
        "current",
        "lost",
        "nudge",
        "signalled",
        "workplace",
    )

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._thread = get_ident()
        self._open = False
        self._injected = False
        self._waiting: LockType | None = None
        self.current: Interruptible | None = None
        self.signalled: type[BaseException] | None = None
        self.workplace: Workplace | None = None
        self.lost = False
        self.nudge: Callable[[], None] | None = None

    def enter(self, body: Interruptible) -> tuple[Interruptible | None, bool]:
        """From now on the guard is for ``body``; :meth:`open` it for its user code. Returns what :meth:`leave` needs."""
        outer = (self.current, self._open)
        self._open = False
        self.current = body
        body.guard = self
        return outer

    def leave(self, body: Interruptible, outer: tuple[Interruptible | None, bool]) -> None:
        """User code of ``body`` is over, whichever way it ended; nothing is injected for it from now on."""
        with self._lock:
            self._open = False
            body.guard = None
        if self._injected:
            self._absorb()
        body.interrupt = None
        self.current = outer[0]

    def open(self) -> None:
        """User code takes over for the first time; see :meth:`restore`."""
        self.restore(True)

    def restore(self, was_open: bool) -> None:
        """User code takes over again, where it had control. Raises in it what arrived meanwhile.

        The lock decides for another thread's interrupt whether it came before, and is raised here, or after, and is
        injected. A signal needs none: its handler runs on this thread, and finds the guard open or records itself. It takes no
        more stack than :meth:`shut`, so that where the guard could be shut it can be opened again.
        """
        if not was_open:
            return
        body = self.current
        with self._lock:
            self._open = True
            kind = None if body is None else body.interrupt
            if body is not None:
                body.interrupt = None
        if kind is None:
            kind, self.signalled = self.signalled, None
        if kind is not None:
            raise kind

    def shut(self) -> bool:
        """The engine takes over from user code; pass the result to :meth:`restore`."""
        if not self._open:
            return False
        with self._lock:
            self._open = False
        if self._injected:
            self._absorb()
        return True

    def interrupt(self, body: Interruptible, kind: type[BaseException]) -> None:
        """From another thread: raise ``kind`` in ``body``, at once if it has control, else when it next gets it."""
        import ctypes  # needed only for an interrupt

        with self._lock:
            body.interrupt = kind
            if self.current is not body or body.guard is not self:
                return
            if self._open and not self._injected:
                self._injected = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(kind))
                if self.nudge is not None:
                    self.nudge()
            else:
                self._wake()

    def signal(self, kind: type[BaseException]) -> None:
        """From a signal handler, which runs on the guarded thread itself and so must take no lock."""
        if self._open:
            raise kind
        self.signalled = kind
        self._wake()

    def wait_on(self, lock: LockType, timeout_seconds: float) -> bool:
        """Acquire ``lock`` on the user's behalf; -1 waits forever. An interrupt ends the wait and is raised."""
        self._waiting = lock
        try:
            self._raise_waiting()
            acquired = lock.acquire(timeout=timeout_seconds)
            self._raise_waiting()
            return acquired
        finally:
            self._waiting = None

    def _wake(self) -> None:
        waiting = self._waiting
        if waiting is not None and waiting.locked():
            waiting.release()

    def raise_waiting(self, body: Interruptible) -> None:
        """Between two steps of long work that the engine does for ``body`` before anything is recorded. A coroutine's body has no
        guard; what waits for it is raised here too, since its event loop cannot."""
        self._raise_waiting()
        if body.interrupt is not None:
            kind, body.interrupt = body.interrupt, None
            raise kind

    def raise_signal(self) -> None:
        """The same for work that belongs to no body on this thread."""
        if self.signalled is not None:
            kind, self.signalled = self.signalled, None
            raise kind

    def _raise_waiting(self) -> None:
        self.raise_signal()
        body = self.current
        if body is not None and body.interrupt is not None:
            kind, body.interrupt = body.interrupt, None
            raise kind

    def _absorb(self) -> None:
        """Take in the exception that was set while the guard was still open; it stays in ``body.interrupt``. It arrives
        within a few bytecodes; one that has arrived already, unnoticed, is not waited for."""
        try:
            for _ in range(1000):
                pass
        except Interrupt:
            pass
        self._injected = False

    def took(self) -> None:
        """Called where an injected exception came out of user code: it is no longer on its way."""
        self._injected = False


class _Guards(local):
    def __init__(self) -> None:
        self.guard = Guard()


_guards = _Guards()


def this_guard() -> Guard:
    """This thread's guard."""
    return _guards.guard
