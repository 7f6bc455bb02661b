"""Stops a running body, and gives up on one that does not stop."""

from __future__ import annotations

from collections.abc import Callable

from armillary.engine.interrupts.guard import DeadlinePassed, Guard, Interrupt
from armillary.engine.output.logs import WARNING, say
from armillary.engine.runs.execution import Execution
from armillary.engine.waiting.timers import timers

STUCK_SECONDS = 1.0
"""How long a body that passed its deadline may take to return before its thread is replaced."""


def stop_body(
    run: Execution,
    kind: type[Interrupt],
    grace_seconds: float = STUCK_SECONDS,
    give_up: Callable[[], object] | None = None,
) -> None:
    """Raise ``kind`` in the run's body, wherever it runs. A body still running after ``grace_seconds`` is abandoned: its
    pool thread is replaced and ``give_up`` is called."""
    loop, task = run.asyncio_home()
    if run.stop_remotely is not None:
        run.stop_remotely()
        guard = None
    elif task is not None and loop is not None:
        run.interrupt = kind
        loop.call_soon_threadsafe(task.cancel)
        guard = None
    else:
        guard = run.guard
        if guard is None:
            run.interrupt = kind
        else:
            guard.interrupt(run, kind)
    if guard is not None or give_up is not None:
        timers.after(grace_seconds, lambda: _abandon(run, guard, kind, give_up))


def _abandon(
    run: Execution,
    guard: Guard | None,
    kind: type[Interrupt],
    give_up: Callable[[], object] | None,
) -> None:
    if guard is not None and run.guard is guard and guard.workplace is not None and not guard.lost:
        guard.lost = True
        guard.workplace.lose_thread()
        reason = "passed its timeout" if kind is DeadlinePassed else "was cancelled"
        say(
            run,
            WARNING,
            "The body of %r %s but did not stop; its thread was replaced and its result will be ignored.",
            run.name,
            reason,
        )
    if give_up is not None:
        give_up()
