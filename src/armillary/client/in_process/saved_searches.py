"""Saved searches, from the ledger itself."""

from __future__ import annotations

from armillary.clock import new_id, now_us
from armillary.core.page import Page
from armillary.core.saved_search import SavedSearch
from armillary.ledger.database.opening import Ledger
from armillary.ledger.nouns import saved_searches


class InProcessSavedSearches:
    """A part of :class:`armillary.client.in_process.client.InProcessClient`."""

    _ledger: Ledger

    def saved_searches(self, *, limit: int = 200, after: str | None = None) -> Page[SavedSearch]:
        with self._ledger.read() as connection:
            return saved_searches.page(connection, limit=limit, after=after)

    def saved_search(self, words: str) -> SavedSearch:
        with self._ledger.read() as connection:
            return saved_searches.find(connection, words)

    def save_search(self, name: str, filter_text: str) -> SavedSearch:
        with self._ledger.write() as connection:
            return saved_searches.put(connection, new_id(), name, {"filter": filter_text}, now_us())

    def delete_saved_search(self, words: str) -> None:
        with self._ledger.write() as connection:
            saved_searches.remove(connection, saved_searches.find(connection, words).id)
