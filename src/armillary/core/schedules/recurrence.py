"""One recurrence rule of RFC 5545 on the calendar and the clock, without a time zone.

Each day is computed independently, never from the previous occurrence: the next firing of a rule that began years ago
costs the same as on its first day. From a day up, a day belongs to a period (day, week, month, year) whose number decides
whether INTERVAL meets it. Below, the hours, minutes or seconds of a day that INTERVAL meets depend on a remainder alone, and each
remainder is computed once.

Where the standard leaves a part to DTSTART, so does this. BYDAY with places and without are alternatives; BYWEEKNO alone means all days
of the week.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from armillary.core.schedules.calendar_days import CalendarDays
from armillary.core.schedules.wall_clock import DAY

UNITS = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
_LOOK_BACK = {"DAILY": 0, "WEEKLY": 6, "MONTHLY": 30, "YEARLY": 371}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurrenceParts:
    """A parsed rule. Empty parts were not given. A weekday is its number from Monday 0 and its place, 0 for every one."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: int | None = None
    week_start: int = 0
    months: frozenset[int] = frozenset()
    week_numbers: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    weekdays: frozenset[tuple[int, int]] = frozenset()
    hours: frozenset[int] = frozenset()
    minutes: frozenset[int] = frozenset()
    seconds: frozenset[int] = frozenset()
    positions: frozenset[int] = frozenset()


class Recurrence:
    """A rule that begins at ``begin``, in local time. COUNT and UNTIL are applied to instants, elsewhere."""

    __slots__ = (
        "_begin_day",
        "_begin_second",
        "_by_phase",
        "_calendar",
        "_inner",
        "_month_days",
        "_months",
        "_parts",
        "_unit",
        "_weekdays",
        "fills_gaps",
        "repeats",
    )

    def __init__(self, parts: RecurrenceParts, begin: datetime) -> None:
        self._parts = parts
        self._begin_day = begin.toordinal()
        self._begin_second = begin.hour * 3600 + begin.minute * 60 + begin.second
        self._unit = UNITS.get(parts.freq, DAY)
        self._by_phase: dict[int, Sequence[int]] = {}
        self._months, self._month_days, self._weekdays = parts.months, parts.month_days, parts.weekdays
        if not (parts.week_numbers or parts.year_days or parts.month_days or parts.weekdays):
            if parts.freq == "YEARLY":
                self._months = parts.months or frozenset([begin.month])
            if parts.freq in ("YEARLY", "MONTHLY"):
                self._month_days = frozenset([begin.day])
            if parts.freq == "WEEKLY":
                self._weekdays = frozenset([(begin.weekday(), 0)])
        is_narrowed = self._months or parts.week_numbers or parts.year_days or self._month_days or self._weekdays
        self._calendar = CalendarDays(self._picks if is_narrowed else None)
        self._inner = self._times_within_a_unit(begin)
        is_hourly = self._unit * parts.interval <= UNITS["HOURLY"]
        every_hour = len(parts.hours) == 24 or (is_hourly and not parts.hours)
        every_minute = len(parts.minutes) == 60 or (is_hourly and self._unit <= UNITS["MINUTELY"] and not parts.minutes)
        self.repeats = every_hour or every_minute
        self.fills_gaps = not every_hour

    def days(self, first: int) -> Iterator[tuple[int, Sequence[int]]]:
        """The days with occurrences from ``first`` on, each with its seconds of the day."""
        first = max(first, self._begin_day)
        found = self._days_of_units(first) if self._unit < DAY else self._days_of_periods(first)
        for day, seconds in found:
            if day == self._begin_day:
                seconds = [each for each in seconds if each >= self._begin_second]
            if seconds:
                yield day, seconds

    def _times_within_a_unit(self, begin: datetime) -> Sequence[int]:
        """Seconds from the beginning of an hour, a minute, a second or a day."""
        hours = (self._parts.hours or {begin.hour}) if self._unit == DAY else {0}
        minutes = (self._parts.minutes or {begin.minute}) if self._unit > 60 else {0}
        seconds = (self._parts.seconds or {begin.second}) if self._unit > 1 else {0}
        found = [
            hour * 3600 + minute * 60 + second
            for hour in sorted(hours)
            for minute in sorted(minutes)
            for second in sorted(seconds)
        ]
        if self._unit == DAY:
            return found
        return [found[each] for each in _places(self._parts.positions, len(found))]

    def _days_of_units(self, first: int) -> Iterator[tuple[int, Sequence[int]]]:
        interval, units = self._parts.interval, DAY // self._unit
        begin = self._begin_day * units + self._begin_second // self._unit
        for day in self._calendar.begin(first):
            phase = (begin - day * units) % interval
            if phase < units:
                yield day, self._of_phase(phase)

    def _of_phase(self, phase: int) -> Sequence[int]:
        """The seconds of a day of which the unit with this number is the first that INTERVAL meets."""
        if phase not in self._by_phase:
            hours, minutes, seconds = self._parts.hours, self._parts.minutes, self._parts.seconds
            unit = self._unit
            if not (hours or (minutes and unit <= 60) or (seconds and unit == 1)) and len(self._inner) == 1:
                return range(phase * unit + self._inner[0], DAY, self._parts.interval * unit)
            self._by_phase[phase] = [
                at + within
                for at in range(phase * unit, DAY, self._parts.interval * unit)
                if (not hours or at // 3600 in hours)
                and (unit > 60 or not minutes or at // 60 % 60 in minutes)
                and (unit > 1 or not seconds or at % 60 in seconds)
                for within in self._inner
            ]
        return self._by_phase[phase]

    def _days_of_periods(self, first: int) -> Iterator[tuple[int, Sequence[int]]]:
        interval, positions, times = self._parts.interval, self._parts.positions, self._inner
        base = self._period(self._begin_day)
        if not positions:
            for day in self._calendar.begin(first):
                if interval == 1 or (self._period(day) - base) % interval == 0:
                    yield day, times
            return
        for period, group in groupby(self._calendar.begin(first - _LOOK_BACK[self._parts.freq]), self._period):
            if (period - base) % interval:
                continue
            days = list(group)
            places = _places(positions, len(days) * len(times))
            for number, chosen in groupby(places, lambda place: place // len(times)):
                if days[number] >= first:
                    yield days[number], [times[place % len(times)] for place in chosen]

    def _period(self, day: int) -> int:
        freq = self._parts.freq
        if freq == "DAILY":
            return day
        if freq == "WEEKLY":
            return (day - 1 - self._parts.week_start) // 7
        at = date.fromordinal(day)
        if freq == "MONTHLY":
            return at.year * 12 + at.month
        return _fourth_of_week(at, self._parts.week_start).year if self._parts.week_numbers else at.year

    def _picks(self, day: date) -> bool:
        if self._months and day.month not in self._months:
            return False
        if self._month_days:
            length = monthrange(day.year, day.month)[1]
            if self._month_days.isdisjoint((day.day, day.day - length - 1)):
                return False
        if self._weekdays and not self._is_on_weekday(day):
            return False
        if self._parts.year_days:
            number, length = _day_of_year(day)
            if self._parts.year_days.isdisjoint((number, number - length - 1)):
                return False
        return not self._parts.week_numbers or not self._parts.week_numbers.isdisjoint(
            _week_numbers(day, self._parts.week_start)
        )

    def _is_on_weekday(self, day: date) -> bool:
        weekday = day.weekday()
        if self._parts.freq == "YEARLY" and not self._parts.months:
            number, length = _day_of_year(day)
        else:
            number, length = day.day, monthrange(day.year, day.month)[1]
        places = (0, (number - 1) // 7 + 1, -((length - number) // 7 + 1))
        return any((weekday, place) in self._weekdays for place in places)


def _places(positions: frozenset[int], many: int) -> Sequence[int]:
    """BYSETPOS: which of so many, from 0. Without any, all."""
    if not positions:
        return range(many)
    return sorted({each - 1 if each > 0 else many + each for each in positions if abs(each) <= many})


def _day_of_year(day: date) -> tuple[int, int]:
    return day.toordinal() - date(day.year, 1, 1).toordinal() + 1, 366 if isleap(day.year) else 365


def _week_numbers(day: date, week_start: int) -> tuple[int, int]:
    """The number of the day's week from the first and from the last of its year, to which most of its days belong."""
    number, length = _day_of_year(_fourth_of_week(day, week_start))
    many = (length - 1 - (number - 1) % 7) // 7 + 1
    week = (number - 1) // 7 + 1
    return week, week - many - 1


def _fourth_of_week(day: date, week_start: int) -> date:
    return date.fromordinal(day.toordinal() - (day.weekday() - week_start) % 7 + 3)
