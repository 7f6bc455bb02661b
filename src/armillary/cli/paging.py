"""More than one page, as one list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

from armillary.client.interface import LARGEST_PAGE
from armillary.core.page import Page

Record = TypeVar("Record")


def first(limit: int, page: Callable[[int, str | None], Page[Record]]) -> list[Record]:
    """At most ``limit`` records of ``page(limit, after)``."""
    return list(islice(_all(min(limit, LARGEST_PAGE), page), limit))


def every(page: Callable[[int, str | None], Page[Record]]) -> Iterator[Record]:
    return _all(LARGEST_PAGE, page)


def _all(size: int, page: Callable[[int, str | None], Page[Record]]) -> Iterator[Record]:
    after: str | None = None
    while True:
        found = page(size, after)
        yield from found.items
        after = found.after
        if after is None:
            return
