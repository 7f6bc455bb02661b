"""The outcome of a run is read, or handed to somebody who will: it is not unseen any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from armillary.core.states import COMPLETED, TERMINAL
from armillary.engine.runs.current import current_run
from armillary.engine.waiting.loops import running_loop

if TYPE_CHECKING:
    from armillary.engine.runs.execution import Execution


def see(run: Execution) -> None:
    """The outcome of ``run`` was read, or the run was handed to somebody who will."""
    run.seen = True
    starter = run.starter
    if starter is not None and run.type in TERMINAL and run.type is not COMPLETED:
        starter.forgive(run)


def see_in_loop(run: Execution) -> None:
    """The exception of ``run`` is about to be raised in the asyncio task that awaited it. Where that one is not the body itself,
    somebody must ask it in turn."""
    loop, here, starter = running_loop(), current_run.get(), run.starter
    if loop is None or here is None or starter is None:
        see(run)
        return
    from asyncio import current_task  # a loop runs, so it is loaded

    carrier = current_task(loop)
    if carrier is None or carrier is here.asyncio_home()[1]:
        see(run)
    else:
        starter.carry(run, carrier)
