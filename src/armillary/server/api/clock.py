"""What time it is for the ledger."""

from __future__ import annotations

from time import time_ns


def now_micros() -> int:
    """Microseconds since the epoch, UTC."""
    return time_ns() // 1000
