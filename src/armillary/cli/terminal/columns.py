"""A column of a listing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Record = TypeVar("Record")


@dataclass
class Column(Generic[Record]):
    """``text`` is what a pipe gets, never cut; ``shown``, where given, is what a terminal gets instead. ``painted`` takes
    its colour from the state type that ``paint`` tells. ``expendable``: left out where a terminal is too narrow."""

    title: str
    text: Callable[[Record], str]
    shown: Callable[[Record], str] | None = None
    paint: Callable[[Record], str] | None = None
    expendable: bool = False

    @property
    def is_id(self) -> bool:
        """Ids are never cut, on a terminal neither: half an id is none."""
        return self.title.lower().split()[-1] == "id"


def spelled_out(text: str) -> str:
    """Text that came from anywhere, without what would steer the terminal.

    >>> spelled_out("\x1b[31mred")
    '\\\\x1b[31mred'
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter in "\n\t" else repr(letter)[1:-1] for letter in text)
