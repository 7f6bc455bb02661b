"""More than one page, as one list."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from armillary.client.interface.client import LARGEST_PAGE
from armillary.core.page import Page

Record = TypeVar("Record")


class Listed(list[Record]):
    """The records to show, and whether there are more."""

    def __init__(self, records: Iterable[Record], more: bool) -> None:
        super().__init__(records)
        self.more = more


def first(limit: int, page: Callable[[int, str | None], Page[Record]]) -> Listed[Record]:
    """At most ``limit`` records of ``page(limit, after)``."""
    limit = min(limit, sys.maxsize - 1)
    found = list(islice(_all(min(limit + 1, LARGEST_PAGE), page), limit + 1))
    return Listed(found[:limit], len(found) > limit)


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
