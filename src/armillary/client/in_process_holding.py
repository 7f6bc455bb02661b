"""Pausing, suspending and resuming, from the ledger itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET, json

from armillary.client.asking_owner import ask_owner
from armillary.clock import now_us
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.run_input import RunInput
from armillary.journal.commands import PAUSE, RESUME, SUSPEND
from armillary.ledger.database.opening import Ledger
from armillary.ledger.ownership import holding
from armillary.ledger.runs import run_inputs


class InProcessHolding:
    """A part of :class:`armillary.client.in_process.InProcessClient`."""

    _ledger: Ledger
    _journals: str
    _catch_up: Callable[[], None]

    def pause(self, flow_run_id: str) -> None:
        self._catch_up()
        with self._ledger.read() as connection:
            root = holding.to_pause(connection, flow_run_id)
        self._ask(root, flow_run_id, PAUSE)

    def suspend(self, flow_run_id: str) -> None:
        self._catch_up()
        with self._ledger.read() as connection:
            root = holding.to_suspend(connection, flow_run_id)
        self._ask(root, flow_run_id, SUSPEND)

    def resume(self, flow_run_id: str, answer: Any = UNSET) -> None:
        self._catch_up()
        with self._ledger.write() as connection:
            root = holding.to_resume(connection, flow_run_id, now_us(), answer)
        if root is not None:
            self._ask(root, flow_run_id, RESUME, None if answer is UNSET else json.encode(answer).decode())

    def run_inputs(self, flow_run_id: str) -> list[RunInput]:
        self._catch_up()
        with self._ledger.read() as connection:
            return run_inputs.every(connection, flow_run_id)

    def _ask(self, root: FlowRun, flow_run_id: str, verb: str, payload: str | None = None) -> None:
        ask_owner(self._journals, root, flow_run_id, verb, payload)
