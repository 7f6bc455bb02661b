"""Ctrl-C and SIGTERM while a root run has the main thread.

Handlers are put in place for the time of the run and what stood before comes back after it. What is ignored stays ignored.
A signal becomes an exception in user code only (see :mod:`armillary.engine.guard`); the run then ends with all its children
settled, and after that whoever handled the signal before gets it: a custom handler is called, the default one ends the
process as it would have without us.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType, TracebackType
from typing import Any

from armillary.engine.flow_execution import FlowExecution
from armillary.engine.guard import Terminated, this_guard
from armillary.engine.stopping import stop_body


class Signals:
    """``with Signals(root_run):`` around a root run; does nothing off the main thread."""

    def __init__(self, run: FlowExecution) -> None:
        self._run = run
        self._before: dict[int, Any] = {}
        self._received: set[int] = set()
        self._undelivered: type[BaseException] | None = None

    def __enter__(self) -> Signals:
        if threading.current_thread() is threading.main_thread():
            self._install(signal.SIGTERM)
            if not self._run.is_async:  # asyncio turns Ctrl-C into a cancellation of its main task
                self._install(signal.SIGINT)
        return self

    def _install(self, number: int) -> None:
        before = signal.getsignal(number)
        if before is not None and before != signal.SIG_IGN:
            self._before[number] = before
            signal.signal(number, self._handle)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self._received.add(number)
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
        for number, before in self._before.items():
            signal.signal(number, before)
        if self._before:
            guard = this_guard()
            self._undelivered, guard.signalled = guard.signalled, None

    def pass_on(self) -> None:
        """After the run has ended and its journal is closed: what was received goes to who handled it before."""
        for number in sorted(self._received):
            before = self._before[number]
            if callable(before) and before is not signal.default_int_handler:
                before(number, None)
            elif before == signal.SIG_DFL:
                os.kill(os.getpid(), number)
        if self._undelivered is KeyboardInterrupt:  # it came when no user code was left to feel it
            raise KeyboardInterrupt
