"""Ctrl-C and SIGTERM while a root run has the main thread.

Handlers are installed for the duration of the run and the previous ones restored after it, unless user code has installed
others. Ignored signals stay ignored.
A signal becomes an exception in user code only (see :mod:`armillary.engine.interrupts.guard`); the run then ends with all its children
settled, and after that the previous handler gets it: a custom handler is called, the default one ends the
process as it would have without us.

The interpreter runs a handler when the main thread next checks for one, or when a system call is interrupted. A signal that arrives
after its last check and before a blocking call is noticed only when that call returns, which may be never. So each
signal also writes a byte to a pipe, and one that is still unhandled at the second next turn of the root's housekeeping
is sent to the main thread again.

A body that is to stop, for its deadline or a cancellation, gets an exception at its next bytecode, which one that sleeps or
waits in a system call does not reach. On the main thread, and only there, a signal ends the call: SIGURG, which is ignored without
a handler, so that a late one does no harm.

A forked child gets the previous handlers: it is not part of the run, and must not write its signals into that pipe.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

from armillary.engine.interrupts.forks import give_back_in_children
from armillary.engine.interrupts.guard import Terminated, this_guard
from armillary.engine.lifecycle.stopping import stop_body
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.journal.descriptors import out_of_the_way


class Signals:
    """``with Signals(root_run):`` around a root run; does nothing off the main thread."""

    def __init__(self, run: FlowExecution) -> None:
        self._run = run
        self._before: dict[int, Any] = {}
        self._received: set[int] = set()
        self._undelivered: type[BaseException] | None = None
        self._bytes: tuple[int, int] | None = None
        self._looking = threading.Lock()
        self._handled = False
        self._unheard: set[int] = set()
        self._before_nudges: Any = None

    def __enter__(self) -> Signals:
        if threading.current_thread() is threading.main_thread():
            self._install(signal.SIGTERM)
            if not self._run.is_async:  # asyncio turns Ctrl-C into a cancellation of its main task
                self._install(signal.SIGINT)
            self._listen()
            self._before_nudges = signal.signal(signal.SIGURG, _noticed)
            this_guard().nudge = _nudge_main_thread
            _in_force.append(self)
        return self

    def _listen(self) -> None:
        reading, writing = map(out_of_the_way, os.pipe())
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        if before != -1:  # another listener needs it more
            signal.set_wakeup_fd(before)
            os.close(reading)
            os.close(writing)
            return
        self._bytes = (reading, writing)
        self._run.root.on_look = self._poll

    def _poll(self) -> None:
        """On the timer thread, five times a second."""
        with self._looking:
            if self._bytes is None:
                return
            handled, self._handled = self._handled, False
            if not handled:
                for number in self._unheard:
                    signal.pthread_kill(threading.main_thread().ident or 0, number)
            try:
                self._unheard = set(os.read(self._bytes[0], 64)) & self._before.keys()
            except OSError:  # no signal; or the flow closed it
                self._unheard = set()
            if handled or self._handled:  # noticed: sent again, it would count as a second one
                self._unheard = set()

    def _install(self, number: int) -> None:
        before = signal.getsignal(number)
        if before is not None and before != signal.SIG_IGN:
            self._before[number] = before
            signal.signal(number, self._handle)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self._received.add(number)
        self._handled = True
        if self._run.is_async:
            stop_body(self._run, Terminated)
        else:
            this_guard().signal(Terminated if number == signal.SIGTERM else KeyboardInterrupt)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self in _in_force:
            _in_force.remove(self)
        self._restore()
        if self._before:
            guard = this_guard()
            self._undelivered, guard.signalled = guard.signalled, None

    def _restore(self) -> None:
        for number, before in self._before.items():
            if signal.getsignal(number) == self._handle:  # else the body has installed its own
                signal.signal(number, before)
        if self._before_nudges is not None:
            this_guard().nudge = None
            if signal.getsignal(signal.SIGURG) is _noticed:
                signal.signal(signal.SIGURG, self._before_nudges)
            self._before_nudges = None
        with self._looking:
            pipe, self._bytes = self._bytes, None
        if pipe is not None:
            signal.set_wakeup_fd(-1)
            for end in pipe:
                with suppress(OSError):
                    os.close(end)

    def pass_on(self) -> None:
        """After the run has ended and its journal is closed: received signals go to the previous handler."""
        for number in sorted(self._received):
            before = self._before[number]
            if callable(before) and before is not signal.default_int_handler:
                before(number, None)
            elif before == signal.SIG_DFL:
                os.kill(os.getpid(), number)
        if self._undelivered is KeyboardInterrupt:  # it arrived when no user code was left to receive it
            raise KeyboardInterrupt


def _nudge_main_thread() -> None:
    """From another thread, which has just set an exception in the main thread."""
    if signal.getsignal(signal.SIGURG) is _noticed:  # else user code uses it
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGURG)


def _noticed(_number: int, _frame: FrameType | None) -> None:
    """Running any handler makes the interpreter check for the exception."""


_in_force: list[Signals] = []


def _put_back_in_child() -> None:
    while _in_force:
        signals = _in_force.pop()
        signals._looking = threading.Lock()  # the thread that may have held it does not exist here
        signals._restore()


give_back_in_children(_put_back_in_child)
