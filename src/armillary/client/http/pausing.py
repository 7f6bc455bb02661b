"""Pausing, suspending and resuming, by a server."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from armillary.client.http.transport import Transport, part
from armillary.core.runs.run_input import RunInput


class HttpPausing:
    """A part of :class:`armillary.client.http.client.HttpClient`."""

    _server: Transport

    def pause(self, flow_run_id: str) -> None:
        self._server.change("POST", f"flow_runs/{part(flow_run_id)}/pause", dict[str, Any], {}, once=True)

    def suspend(self, flow_run_id: str) -> None:
        self._server.change("POST", f"flow_runs/{part(flow_run_id)}/suspend", dict[str, Any], {}, once=True)

    def resume(self, flow_run_id: str, answer: Any = UNSET) -> None:
        body = {} if answer is UNSET else {"run_input": answer}
        self._server.change("POST", f"flow_runs/{part(flow_run_id)}/resume", dict[str, Any], body, once=True)

    def run_inputs(self, flow_run_id: str) -> list[RunInput]:
        return self._server.get(f"flow_runs/{part(flow_run_id)}/input", list[RunInput])
