"""A frame that could not be read: what is left of it keeps its place in the journal."""

from __future__ import annotations

from typing import NamedTuple


class Damaged(NamedTuple):
    """``body`` is whatever bytes stand there; ``reason`` says what is wrong with them."""

    body: bytes
    reason: str
