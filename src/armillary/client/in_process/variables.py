"""Variables, from the ledger itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from armillary.clock import now_us
from armillary.core.page import Page
from armillary.core.variable import Variable
from armillary.home import variables as home_variables
from armillary.ledger.database.opening import Ledger
from armillary.ledger.nouns import variables


class InProcessVariables:
    """A part of :class:`armillary.client.in_process.client.InProcessClient`."""

    _ledger: Ledger

    def variables(
        self, *, name_prefix: str | None = None, limit: int = 200, after: str | None = None
    ) -> Page[Variable]:
        with self._ledger.read() as connection:
            return variables.page(connection, name_prefix=name_prefix, limit=limit, after=after)

    def variable(self, name: str) -> Variable:
        with self._ledger.read() as connection:
            return home_variables.get(connection, name)

    def set_variable(self, name: str, value: Any, tags: Sequence[str] = ()) -> Variable:
        with self._ledger.write() as connection:
            return variables.put(connection, name, value, tags, now_us())

    def unset_variable(self, name: str) -> None:
        with self._ledger.write() as connection:
            home_variables.unset(connection, name)
