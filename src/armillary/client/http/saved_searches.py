"""Saved searches, from a server."""

from __future__ import annotations

from armillary.client.http.transport import Transport
from armillary.core.page import Page
from armillary.core.saved_search import SavedSearch


class HttpSavedSearches:
    """A part of :class:`armillary.client.http.client.HttpClient`."""

    _server: Transport

    def saved_searches(self, *, limit: int = 200, after: str | None = None) -> Page[SavedSearch]:
        return self._server.get("saved_searches", Page[SavedSearch], limit=limit, after=after)

    def saved_search(self, words: str) -> SavedSearch:
        return self._server.get("saved_searches/find", SavedSearch, words=words)

    def save_search(self, name: str, filter_text: str) -> SavedSearch:
        body = {"name": name, "definition": {"filter": filter_text}}
        return self._server.change("PUT", "saved_searches", SavedSearch, body, once=True)

    def delete_saved_search(self, words: str) -> None:
        self._server.change("DELETE", f"saved_searches/{self.saved_search(words).id}", type(None))
