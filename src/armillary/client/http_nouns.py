"""Variables, concurrency limits, artifacts and saved searches, from a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from armillary.client.transport import Transport, part
from armillary.core.deployments.concurrency_limit import ConcurrencyLimit
from armillary.core.errors import InvalidOption
from armillary.core.page import Page
from armillary.core.runs.artifact import Artifact
from armillary.core.saved_search import SavedSearch
from armillary.core.text.names import checked_name
from armillary.core.variable import Variable


class HttpNouns:
    """A part of :class:`armillary.client.http.HttpClient`."""

    _server: Transport

    def variables(
        self, *, name_prefix: str | None = None, limit: int = 200, after: str | None = None
    ) -> Page[Variable]:
        return self._server.get("variables", Page[Variable], name_prefix=name_prefix, limit=limit, after=after)

    def variable(self, name: str) -> Variable:
        return self._server.get(f"variables/{_named(name, 'variable name')}", Variable)

    def set_variable(self, name: str, value: Any, tags: Sequence[str] = ()) -> Variable:
        body = {"value": value, "tags": list(tags)}
        path = f"variables/{_named(name, 'variable name')}"
        return self._server.change("PUT", path, Variable, body, once=True)

    def unset_variable(self, name: str) -> None:
        self._server.change("DELETE", f"variables/{_named(name, 'variable name')}", type(None))

    def concurrency_limits(self, *, limit: int = 200, after: str | None = None) -> Page[ConcurrencyLimit]:
        return self._server.get("concurrency_limits", Page[ConcurrencyLimit], limit=limit, after=after)

    def concurrency_limit(self, tag: str) -> ConcurrencyLimit:
        return self._server.get(f"concurrency_limits/tag/{_named(tag, 'tag')}", ConcurrencyLimit)

    def set_concurrency_limit(self, tag: str, slots: int) -> ConcurrencyLimit:
        body = {"tag": tag, "slots": slots}
        return self._server.change("POST", "concurrency_limits", ConcurrencyLimit, body, once=True)

    def delete_concurrency_limit(self, tag: str) -> None:
        self._server.change("DELETE", f"concurrency_limits/tag/{_named(tag, 'tag')}", type(None))

    def take_slots(self, root_flow_run_id: str, task_run_id: str, tags: Sequence[str]) -> list[str]:
        wanted = {"root_flow_run_id": root_flow_run_id, "task_run_id": task_run_id, "tags": list(tags)}
        full: list[str] = self._server.ask("concurrency_limits/slots", dict[str, Any], wanted)["full"]
        return full

    def give_slots_back(self, task_run_id: str) -> int:
        return self._server.change("DELETE", f"concurrency_limits/slots/{task_run_id}", int, once=True)

    def artifacts(
        self,
        *,
        flow_run_id: str | None = None,
        key: str | None = None,
        kind: str | None = None,
        latest: bool = False,
        limit: int = 200,
        after: str | None = None,
    ) -> Page[Artifact]:
        asked = {"flow_run_id": flow_run_id, "key": key, "kind": kind, "latest": latest, "limit": limit, "after": after}
        return self._server.get("artifacts", Page[Artifact], **asked)

    def artifact(self, artifact_id: str) -> Artifact:
        return self._server.get(f"artifacts/{part(artifact_id)}", Artifact)

    def saved_searches(self, *, limit: int = 200, after: str | None = None) -> Page[SavedSearch]:
        return self._server.get("saved_searches", Page[SavedSearch], limit=limit, after=after)

    def saved_search(self, words: str) -> SavedSearch:
        return self._server.get("saved_searches/find", SavedSearch, words=words)

    def save_search(self, name: str, filter_text: str) -> SavedSearch:
        body = {"name": name, "definition": {"filter": filter_text}}
        return self._server.change("PUT", "saved_searches", SavedSearch, body, once=True)

    def delete_saved_search(self, words: str) -> None:
        self._server.change("DELETE", f"saved_searches/{self.saved_search(words).id}", type(None))


def _named(name: str, what: str) -> str:
    """A name as one part of a path; ``.`` and ``..`` would be other paths."""
    if checked_name(name, what) in {".", ".."}:
        raise InvalidOption(f"{name!r} is no {what}.", subject=what)
    return quote(name, safe="")
