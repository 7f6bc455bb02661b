"""What a client offers of saved searches."""

from __future__ import annotations

from typing import Protocol

from armillary.core.page import Page
from armillary.core.saved_search import SavedSearch


class SavedSearches(Protocol):
    """A part of :class:`armillary.client.interface.client.Client`."""

    def saved_searches(self, *, limit: int = 200, after: str | None = None) -> Page[SavedSearch]:
        """Saved searches by name."""
        ...

    def saved_search(self, words: str) -> SavedSearch:
        """The one of that id or name. Raises NotFound with the nearest."""
        ...

    def save_search(self, name: str, filter_text: str) -> SavedSearch:
        """Keep the text of a filter bar under a name; one of that name keeps its id and gets the new text."""
        ...

    def delete_saved_search(self, words: str) -> None:
        """Raises NotFound."""
        ...
