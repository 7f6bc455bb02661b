"""One thread that calls functions at their time: deadlines, due retries, reads of the command file.

It sleeps until the nearest time and is woken when a nearer one comes; it never polls. Callbacks are short and do not
raise; they submit long work to a runner.
"""

from __future__ import annotations

import os
import sys
from _thread import allocate_lock
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from threading import Condition, Thread
from time import monotonic

LONGEST_WAIT_SECONDS = 24 * 3600.0
"""The longest single wait. A lock cannot wait for every float."""


class Timer:
    """A scheduled callback; :meth:`cancel` makes it a no-op and releases what the callback holds."""

    __slots__ = ("callback", "due", "order")

    def __init__(self, due: float, order: int, callback: Callable[[], None]) -> None:
        self.due = due
        self.order = order
        self.callback: Callable[[], None] | None = callback

    def __lt__(self, other: Timer) -> bool:
        return (self.due, self.order) < (other.due, other.order)

    def cancel(self) -> None:
        self.callback = None


class Timers:
    """A heap of timers and the daemon thread that serves it, started with the first timer."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._condition = Condition(allocate_lock())
        self._heap: list[Timer] = []
        self._order = count()
        self._thread: Thread | None = None

    def after(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call ``callback`` on the timer thread in ``seconds`` seconds."""
        timer = Timer(monotonic() + seconds, next(self._order), callback)
        with self._condition:
            heappush(self._heap, timer)
            if self._thread is None:
                self._thread = Thread(target=self._serve, name="armillary-timers", daemon=True)
                self._thread.start()
            elif self._heap[0] is timer:
                self._condition.notify()
        return timer

    def _serve(self) -> None:
        while True:
            with self._condition:
                while not self._heap or (wait := self._heap[0].due - monotonic()) > 0:
                    self._condition.wait(min(wait, LONGEST_WAIT_SECONDS) if self._heap else None)
                timer = heappop(self._heap)
            callback = timer.callback
            if callback is not None:
                try:
                    callback()
                except BaseException:  # one faulty callback must not end every deadline of the process
                    sys.excepthook(*sys.exc_info())


timers = Timers()
os.register_at_fork(after_in_child=timers._reset)
