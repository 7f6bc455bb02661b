"""Ids of what a client makes."""

from __future__ import annotations

from secrets import randbits
from time import time_ns

from armillary.core.ids import IdGenerator

new_id = IdGenerator(lambda: time_ns() // 1_000_000, randbits)
