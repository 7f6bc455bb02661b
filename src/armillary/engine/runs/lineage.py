"""The producers of plain values: draws the edge for results taken with ``.result()`` and passed on as values.

Only objects with their own identity can be tracked: None, booleans, numbers, text, bytes and enums are shared
by the interpreter or copied freely and never count. An entry holds the object, so that its address cannot be reused
while the entry exists. One table per flow run: a subflow's value belongs to the subflow's node in its parent.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

CAPACITY = 1024

ATOMS: frozenset[type] = frozenset(
    {
        type(None),
        bool,
        int,
        float,
        complex,
        str,
        bytes,
        bytearray,
        range,
        type(Ellipsis),
    }
)


class Lineage:
    """The newest producer of each of the last :data:`CAPACITY` values of one flow run."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: dict[int, tuple[Any, str]] = {}

    def remember(self, value: Any, producer: str) -> None:
        """``producer`` returned ``value``; the elements of a tuple, list or dict count too."""
        kind = type(value)
        if kind in ATOMS:
            return
        self.enter(value, producer)
        if kind is tuple or kind is list:
            for element in value[:CAPACITY]:
                self.enter(element, producer)
        elif kind is dict:
            for element in list(value.values())[:CAPACITY]:
                self.enter(element, producer)

    def enter(self, value: Any, producer: str) -> None:
        """``producer`` returned ``value`` itself, whatever it contains."""
        if type(value) in ATOMS or isinstance(value, Enum):
            return
        entries = self._entries
        entries.pop(id(value), None)
        entries[id(value)] = (value, producer)
        if len(entries) > CAPACITY:
            try:
                entries.pop(next(iter(entries)), None)
            except (
                StopIteration,
                RuntimeError,
            ):  # another thread changed the table: it has dropped one itself
                return

    def producer(self, value: Any) -> str | None:
        """The task run that returned this very object, if it is still known."""
        entry = self._entries.get(id(value))
        return entry[1] if entry is not None and entry[0] is value else None
