"""Marks the outcome of a run as seen: it was read, or passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from armillary.core.states import COMPLETED, TERMINAL
from armillary.engine.runs.current import current_run
from armillary.engine.waiting.loops import running_loop

if TYPE_CHECKING:
    from armillary.engine.runs.execution import Execution


def see(run: Execution) -> None:
    """The outcome of ``run`` was read, or the run was passed on."""
    run.seen = True
    starter = run.starter
    if starter is not None and run.type in TERMINAL and run.type is not COMPLETED:
        starter.forgive(run)


def see_in_loop(run: Execution) -> None:
    """The exception of ``run`` is about to be raised in the asyncio task that awaited it. If that task is not the body itself,
    its own outcome must be read in turn."""
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
