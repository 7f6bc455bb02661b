"""The time of this process, conversions of the journal's and ledger's times, and new ids.

A time is stored as microseconds since the epoch, UTC; users and records see a ``datetime``. On a ledger that several machines share, the
database's clock decides (``Ledger.now``), not this one.
"""

from __future__ import annotations

import os
import time
from _random import Random  # the bare generator: the random module would cost a start 3 ms
from datetime import UTC, datetime, timedelta

from armillary.core.ids import IdGenerator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_random = Random(int.from_bytes(os.urandom(32), "big"))


def now_us() -> int:
    """Microseconds since the epoch, UTC."""
    return time.time_ns() // 1000


def to_datetime(at_us: int) -> datetime:
    """
    >>> to_datetime(1_655_265_060_000_000)
    datetime.datetime(2022, 6, 15, 3, 51, tzinfo=datetime.timezone.utc)
    """
    return _EPOCH + timedelta(microseconds=at_us)


def to_us(when: datetime) -> int:
    """The inverse of ``to_datetime``. Raises TypeError for a datetime without a time zone."""
    return (when - _EPOCH) // _MICROSECOND


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
