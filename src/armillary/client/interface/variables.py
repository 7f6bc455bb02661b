"""What a client offers of variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from armillary.core.page import Page
from armillary.core.variable import Variable


class Variables(Protocol):
    """A part of :class:`armillary.client.interface.client.Client`."""

    def variables(
        self, *, name_prefix: str | None = None, limit: int = 200, after: str | None = None
    ) -> Page[Variable]:
        """Variables by name."""
        ...

    def variable(self, name: str) -> Variable:
        """Raises NotFound, with the nearest name."""
        ...

    def set_variable(self, name: str, value: Any, tags: Sequence[str] = ()) -> Variable:
        """Set it, new or not. Raises InvalidOption for an unusable name, or a value over 1 MB of JSON."""
        ...

    def unset_variable(self, name: str) -> None:
        """Raises NotFound."""
        ...
