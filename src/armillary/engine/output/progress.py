"""A status line at the bottom of the terminal for runs with many tasks: counts by outcome, rate, time left."""

from __future__ import annotations

import os
import sys
from _thread import allocate_lock
from time import monotonic

from armillary import settings
from armillary.core.rules.final_state import StateTally
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.engine.waiting.timers import Timer, timers

FIRST_LOOK_SECONDS = 1.0
REDRAW_SECONDS = 0.2
MANY = 20
"""For fewer task runs the log lines are enough."""

_CLEAR = "\r\x1b[K"


class ProgressLine:
    """Belongs to one root run, from its start to :meth:`stop`. Draws on stderr if it is a terminal."""

    def __init__(self, flow: FlowExecution) -> None:
        self._flow = flow
        self._lock = allocate_lock()
        self._started = monotonic()
        self._status = ""
        self._timer: Timer | None = None
        if settings.get("PROGRESS") and sys.stderr.isatty():
            self._timer = timers.after(FIRST_LOOK_SECONDS, self._redraw)

    def stop(self) -> None:
        """Remove the line."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._flow.root.show = None
        with self._lock:
            self._timer = None
            self._draw("")

    def _redraw(self) -> None:
        ended, unfinished = count_below(self._flow)
        with self._lock:
            if self._timer is None:
                return
            if ended.total + unfinished >= MANY:
                self._flow.root.show = self._show
                self._draw(status_line(ended, unfinished, monotonic() - self._started))
            self._timer = timers.after(REDRAW_SECONDS, self._redraw)

    def _draw(self, status: str) -> None:
        if status or self._status:
            sys.stderr.write(_CLEAR + status[: os.get_terminal_size(sys.stderr.fileno()).columns - 1])
            sys.stderr.flush()
        self._status = status

    def _show(self, line: str) -> bool:
        """Write a log line above the status line."""
        with self._lock:
            sys.stderr.write(f"{_CLEAR}{line}{self._status}")
        return True


def count_below(flow: FlowExecution) -> tuple[StateTally, int]:
    """The outcomes of ended runs below, subflows included, and the number of unfinished ones."""
    ended = StateTally()
    ended.merge(flow.tally)
    ended.merge(flow.below)
    unfinished = len(flow.children)
    for child in list(flow.children.values()):
        if isinstance(child, FlowExecution):
            theirs, running = count_below(child)
            ended.merge(theirs)
            unfinished += running
    return ended, unfinished


def status_line(ended: StateTally, unfinished: int, seconds: float) -> str:
    """``1,200 of 10,000 task runs · 2 failed · 812/s · 11 s left``."""
    parts = [f"{ended.total:,} of {ended.total + unfinished:,} task runs"]
    if ended.failed:
        parts.append(f"{ended.failed:,} failed")
    if ended.cancelled:
        parts.append(f"{ended.cancelled:,} cancelled")
    if ended.total and seconds > 0:
        rate = ended.total / seconds
        parts.append(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:,.1f}/s")
        parts.append(f"{unfinished / rate:,.0f} s left")
    return " · ".join(parts)
