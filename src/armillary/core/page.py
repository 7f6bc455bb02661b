"""One page of a listing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Record = TypeVar("Record")


@dataclass(slots=True)
class Page(Generic[Record]):
    """``after`` is given back to get the next page; None: this was the last one."""

    items: list[Record]
    after: str | None = None
