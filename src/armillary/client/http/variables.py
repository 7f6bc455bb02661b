"""Variables, from a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from armillary.client.http.transport import Transport, path_part
from armillary.core.page import Page
from armillary.core.variable import Variable


class HttpVariables:
    """A part of :class:`armillary.client.http.client.HttpClient`."""

    _server: Transport

    def variables(
        self, *, name_prefix: str | None = None, limit: int = 200, after: str | None = None
    ) -> Page[Variable]:
        return self._server.get("variables", Page[Variable], name_prefix=name_prefix, limit=limit, after=after)

    def variable(self, name: str) -> Variable:
        return self._server.get(f"variables/{path_part(name)}", Variable)

    def set_variable(self, name: str, value: Any, tags: Sequence[str] = ()) -> Variable:
        body = {"value": value, "tags": list(tags)}
        path = f"variables/{path_part(name)}"
        return self._server.change("PUT", path, Variable, body, once=True)

    def unset_variable(self, name: str) -> None:
        self._server.change("DELETE", f"variables/{path_part(name)}", type(None))
