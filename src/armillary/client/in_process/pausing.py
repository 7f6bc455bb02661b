"""Pausing, suspending and resuming, from the ledger itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec import UNSET

from armillary.core.runs.run_input import RunInput
from armillary.home import commands, flow_runs
from armillary.ledger.database.opening import Ledger


class InProcessPausing:
    """A part of :class:`armillary.client.in_process.client.InProcessClient`."""

    _ledger: Ledger
    _catch_up: Callable[[], None]

    def pause(self, flow_run_id: str) -> None:
        self._catch_up()
        commands.ask_here(self._ledger, commands.pause, flow_run_id)

    def suspend(self, flow_run_id: str) -> None:
        self._catch_up()
        commands.ask_here(self._ledger, commands.suspend, flow_run_id)

    def resume(self, flow_run_id: str, answer: Any = UNSET) -> None:
        self._catch_up()
        commands.ask_here(self._ledger, partial(commands.resume, answer=answer), flow_run_id)

    def run_inputs(self, flow_run_id: str) -> list[RunInput]:
        self._catch_up()
        with self._ledger.read() as connection:
            return flow_runs.inputs(connection, flow_run_id)
