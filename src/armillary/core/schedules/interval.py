"""Interval schedules, counted from an anchor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from armillary.core.errors import InvalidSchedule
from armillary.core.schedules.moments import instant_after, plain_jitter, plain_length, plain_moment
from armillary.core.schedules.wall_time import instant, zone_of

ANCHOR = datetime(2020, 1, 1, tzinfo=UTC)
SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(days=36_525)
_DAY = timedelta(days=1)
_LOOK_BACK = 3
"""Intervals: a zone may skip a whole day."""


@dataclass(frozen=True, slots=True)
class IntervalSchedule:
    """``interval`` from ``anchor_date`` on, in both directions. An interval of a day or more keeps local wall time in ``timezone`` across
    clock changes; shorter ones count real time. ``jitter_seconds`` spreads each firing over the time
    after it. A naive anchor is local time, one with a time zone is an instant. A number is an interval in seconds.

    >>> IntervalSchedule(timedelta(minutes=1)).words()
    'Every minute'
    """

    interval: timedelta
    anchor_date: datetime = ANCHOR
    timezone: str = "UTC"
    jitter_seconds: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "interval", plain_length(self.interval, "interval"))
        object.__setattr__(self, "anchor_date", plain_moment(self.anchor_date, "anchor_date"))
        object.__setattr__(self, "jitter_seconds", plain_jitter(self.jitter_seconds))
        if self.interval <= SHORTEST:
            raise InvalidSchedule(
                f"An interval of {self.interval} is too short.",
                subject="interval",
                advice="Give a timedelta of more than one second.",
            )
        if self.interval > LONGEST:
            raise InvalidSchedule(
                f"An interval of {self.interval} is too long.", subject="interval", advice="Give at most a century."
            )
        zone_of(self.timezone)

    def firings(self, after: datetime) -> Iterator[datetime]:
        """Instants later than ``after``, in order, to the end of the calendar."""
        return self._firings(instant_after(after))

    def words(self) -> str:
        """A description."""
        return f"Every {_length(self.interval)}{_zone(self.timezone)}"

    def _firings(self, after: datetime) -> Iterator[datetime]:
        find = self._in_real_time if self.interval < _DAY else self._on_the_wall
        last = after
        try:
            for found in find(after):
                if found > last:
                    last = found
                    yield found
        except OverflowError:
            return

    def _in_real_time(self, after: datetime) -> Iterator[datetime]:
        anchor = self.anchor_date
        if anchor.tzinfo is None:
            anchor = instant(anchor, zone_of(self.timezone))
        number = (after - anchor) // self.interval + 1
        while True:
            yield anchor + number * self.interval
            number += 1

    def _on_the_wall(self, after: datetime) -> Iterator[datetime]:
        zone = zone_of(self.timezone)
        anchor = self.anchor_date
        local = anchor if anchor.tzinfo is None else anchor.astimezone(zone).replace(tzinfo=None, fold=0)
        number = (after.astimezone(zone).replace(tzinfo=None, fold=0) - local) // self.interval - _LOOK_BACK
        while True:
            yield instant(local + number * self.interval, zone)
            number += 1


def _zone(name: str) -> str:
    return "" if name == "UTC" else f" ({name})"


def _length(interval: timedelta) -> str:
    seconds = interval.total_seconds()
    for name, size in (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds >= size and seconds % size == 0:
            many = int(seconds // size)
            return name if many == 1 else f"{many} {name}s"
    return f"{seconds:g} seconds"
