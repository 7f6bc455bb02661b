"""A frame that could not be read, in its place in the journal."""

from __future__ import annotations

from typing import NamedTuple


class Damaged(NamedTuple):
    """``body`` are the bytes found there; ``reason`` is what is wrong with them."""

    body: bytes
    reason: str
