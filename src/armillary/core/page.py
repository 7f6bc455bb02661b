"""One page of a listing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Record = TypeVar("Record")


@dataclass(slots=True)
class Page(Generic[Record]):
    """Pass ``after`` to get the next page; None: this is the last one."""

    items: list[Record]
    after: str | None = None
