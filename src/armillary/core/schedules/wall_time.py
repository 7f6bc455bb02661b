"""From local wall time to instants, over changes of the clock.

A local time that is skipped when clocks go forward fires once, at the first valid instant after the gap. One that comes
twice when clocks go back fires once, the first time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from armillary.core.errors import InvalidSchedule


def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name. Raises InvalidSchedule."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        raise InvalidSchedule(
            f"{name!r} is not a time zone.", subject=name, advice="Give an IANA name such as Europe/Berlin, or UTC."
        ) from None


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a naive local time.

    >>> instant(datetime(2024, 3, 31, 2, 30), ZoneInfo("Europe/Berlin")).isoformat()
    '2024-03-31T01:00:00+00:00'
    """
    first = local.replace(tzinfo=zone, fold=0)
    found = first.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None, fold=0) == local:
        return found
    return _end_of_gap(local, zone)


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant whose local time is after the gap that contains ``local``: where the offset changes."""
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    low, high = min(before, after) - timedelta(hours=1), max(before, after) + timedelta(hours=1)
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(microseconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high
