"""This process's clock and its source of ids."""

from __future__ import annotations

import os
import time
from _random import (
    Random,
)  # the bare generator: the random module would cost a start 3 ms
from datetime import UTC, datetime

from armillary.core.ids import IdGenerator

_random = Random(int.from_bytes(os.urandom(32), "big"))


def now_us() -> int:
    """Microseconds since the epoch, UTC."""
    return time.time_ns() // 1000


def as_datetime(at_us: int) -> datetime:
    return datetime.fromtimestamp(at_us / 1_000_000, UTC)


def chance() -> float:
    """A fresh number in [0, 1)."""
    return _random.random()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


new_id = IdGenerator(_now_ms, _random.getrandbits)
"""A new UUIDv7 text."""


def _reseed() -> None:
    _random.seed(int.from_bytes(os.urandom(32), "big"))


os.register_at_fork(after_in_child=_reseed)
