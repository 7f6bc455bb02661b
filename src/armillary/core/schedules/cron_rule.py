"""A cron rule on the calendar and the clock, without a time zone."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from armillary.core.schedules.calendar_days import CalendarDays

Values = Sequence[int | str]
_LAST = "l"


@dataclass(frozen=True, slots=True)
class CronFields:
    """Minutes, hours, days, months, weekdays (Sunday is 0). ``("*",)``: each. ``"l"`` among the days is the last of a month.
    ``placed`` has the places of weekdays, such as ``5#3``. ``nearest``: the days are those weekdays that are nearest to them. ``written``
    is how the fields were given."""

    minutes: Values
    hours: Values
    days: Values
    months: Values
    weekdays: Values
    placed: Mapping[int, AbstractSet[int | str]]
    nearest: bool
    written: Sequence[str]


class CronRule:
    """``day_or``: where both day fields are given, either is enough."""

    __slots__ = ("_calendar", "_day_or", "_fields", "_times", "fills_gaps", "repeats")

    def __init__(self, fields: CronFields, day_or: bool) -> None:
        self._fields = fields
        self._day_or = day_or
        minutes, hours = _numbers(fields.minutes, 60), _numbers(fields.hours, 24)
        self._times = [hour * 3600 + minute * 60 for hour in hours for minute in minutes]
        is_narrowed = any(not _is_any(each) for each in (fields.days, fields.months, fields.weekdays))
        self._calendar = CalendarDays(self._picks if is_narrowed else None)
        every_hour = _is_any(fields.hours) or _is_wild(fields.written, 1, hours)
        self.repeats = every_hour or _is_any(fields.minutes) or _is_wild(fields.written, 0, minutes)
        self.fills_gaps = not every_hour

    def days(self, first: int) -> Iterator[tuple[int, Sequence[int]]]:
        """The days with firings from ``first`` on, each with its seconds of the day."""
        return ((day, self._times) for day in self._calendar.begin(first))

    def _picks(self, day: date) -> bool:
        fields = self._fields
        if not _is_any(fields.months) and day.month not in fields.months:
            return False
        length = monthrange(day.year, day.month)[1]
        on_day = self._is_on_day(day, length)
        on_weekday = self._is_on_weekday(day, length)
        if _is_any(fields.days):
            return on_weekday or _is_any(fields.weekdays)
        if _is_any(fields.weekdays):
            return on_day
        return (on_day or on_weekday) if self._day_or else (on_day and on_weekday)

    def _is_on_day(self, day: date, length: int) -> bool:
        days = self._fields.days
        if self._fields.nearest:
            return any(day.day == _nearest_weekday(day, min(int(each), length), length) for each in days)
        return day.day in days or (_LAST in days and day.day == length)

    def _is_on_weekday(self, day: date, length: int) -> bool:
        weekday = day.isoweekday() % 7
        placed = self._fields.placed.get(weekday)
        if placed is None:
            return weekday in self._fields.weekdays
        return (day.day - 1) // 7 + 1 in placed or (_LAST in placed and day.day + 7 > length)


def _nearest_weekday(of: date, number: int, length: int) -> int:
    """The day from Monday to Friday that is nearest to a day of a month, in that month."""
    weekday = of.replace(day=number).weekday()
    if weekday == 5:
        return number - 1 if number > 1 else 3
    if weekday == 6:
        return number + 1 if number < length else number - 2
    return number


def _is_any(values: Values) -> bool:
    return values[0] == "*"


def _is_wild(written: Sequence[str], place: int, values: Sequence[int]) -> bool:
    """Whether the field has a star, also with a step, unless that leaves only one value."""
    return len(written) == 5 and written[place].startswith("*") and len(values) > 1


def _numbers(values: Values, many: int) -> Sequence[int]:
    return range(many) if _is_any(values) else sorted(int(each) for each in values)
