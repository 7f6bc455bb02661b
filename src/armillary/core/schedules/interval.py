"""Every so often, counted from an anchor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from armillary.core.errors import InvalidSchedule
from armillary.core.schedules.wall_time import instant, zone_of

ANCHOR = datetime(2020, 1, 1, tzinfo=UTC)
SHORTEST = timedelta(seconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class IntervalSchedule:
    """``interval`` from ``anchor_date`` on, in both directions. From a day up it keeps local wall time in ``timezone`` over
    changes of the clock; shorter ones are so much real time apart. ``jitter_seconds`` spreads each firing over the time
    behind it. A naive anchor is local time. A number is an interval in seconds.

    >>> IntervalSchedule(timedelta(minutes=1)).words()
    'Every minute'
    """

    interval: timedelta
    anchor_date: datetime = ANCHOR
    timezone: str = "UTC"
    jitter_seconds: float = 0.0

    def __post_init__(self) -> None:
        if isinstance(self.interval, (int, float)) and not isinstance(self.interval, bool):
            object.__setattr__(self, "interval", _of_seconds(self.interval))
        if not isinstance(self.interval, timedelta):
            raise InvalidSchedule(
                f"interval={self.interval!r} is no length of time.",
                subject="interval",
                advice="Give a timedelta, for example timedelta(hours=1), or seconds.",
            )
        if self.interval <= SHORTEST:
            raise InvalidSchedule(
                f"An interval of {self.interval} is too short.",
                subject="interval",
                advice="Give a timedelta of more than one second.",
            )
        if not isinstance(self.anchor_date, datetime):
            raise InvalidSchedule(
                f"anchor_date={self.anchor_date!r} is no time.",
                subject="anchor_date",
                advice="Give a datetime, for example datetime(2026, 1, 1, 9).",
            )
        zone_of(self.timezone)

    def firings(self, after: datetime) -> Iterator[datetime]:
        """Instants later than ``after``, in order, without end."""
        zone = zone_of(self.timezone)
        if self.interval < _DAY:
            anchor = instant(self.anchor_date, zone) if self.anchor_date.tzinfo is None else self.anchor_date
            number = (after - anchor) // self.interval + 1
            while True:
                yield (anchor + number * self.interval).astimezone(UTC)
                number += 1
        anchor = self.anchor_date
        local = (anchor if anchor.tzinfo is None else anchor.astimezone(zone)).replace(tzinfo=None, fold=0)
        number = (after.astimezone(zone).replace(tzinfo=None, fold=0) - local) // self.interval - 1
        while True:
            found = instant(local + number * self.interval, zone)
            if found > after:
                yield found
            number += 1

    def words(self) -> str:
        """As people say it."""
        return f"Every {_length(self.interval)}{_zone(self.timezone)}"


def _of_seconds(seconds: float) -> timedelta:
    try:
        return timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        raise InvalidSchedule(f"An interval of {seconds} seconds is too long.", subject="interval") from None


def _zone(name: str) -> str:
    return "" if name == "UTC" else f" ({name})"


def _length(interval: timedelta) -> str:
    seconds = interval.total_seconds()
    for name, size in (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds >= size and seconds % size == 0:
            many = int(seconds // size)
            return name if many == 1 else f"{many} {name}s"
    return f"{seconds:g} seconds"
