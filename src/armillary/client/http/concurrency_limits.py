"""Concurrency limits, from a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from armillary.client.http.transport import Transport, path_part
from armillary.core.deployments.concurrency_limit import ConcurrencyLimit
from armillary.core.page import Page


class HttpConcurrencyLimits:
    """A part of :class:`armillary.client.http.client.HttpClient`."""

    _server: Transport

    def concurrency_limits(self, *, limit: int = 200, after: str | None = None) -> Page[ConcurrencyLimit]:
        return self._server.get("concurrency_limits", Page[ConcurrencyLimit], limit=limit, after=after)

    def concurrency_limit(self, tag: str) -> ConcurrencyLimit:
        return self._server.get(f"concurrency_limits/tag/{path_part(tag)}", ConcurrencyLimit)

    def set_concurrency_limit(self, tag: str, slots: int) -> ConcurrencyLimit:
        body = {"tag": tag, "slots": slots}
        return self._server.change("POST", "concurrency_limits", ConcurrencyLimit, body, once=True)

    def delete_concurrency_limit(self, tag: str) -> None:
        self._server.change("DELETE", f"concurrency_limits/tag/{path_part(tag)}", type(None))

    def take_slots(self, root_flow_run_id: str, task_run_id: str, tags: Sequence[str]) -> list[str]:
        wanted = {"root_flow_run_id": root_flow_run_id, "task_run_id": task_run_id, "tags": list(tags)}
        full: list[str] = self._server.ask("concurrency_limits/slots", dict[str, Any], wanted)["full"]
        return full

    def give_slots_back(self, task_run_id: str) -> int:
        return self._server.change("DELETE", f"concurrency_limits/slots/{task_run_id}", int, once=True)
