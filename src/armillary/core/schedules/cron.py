"""Cron schedules, on local wall time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from armillary.core.errors import InvalidSchedule
from armillary.core.record import made_again
from armillary.core.schedules.cron_rule import CronFields, CronRule
from armillary.core.schedules.moments import instant_after, plain_jitter, plain_text
from armillary.core.schedules.wall_clock import firings, moment_of, seconds_of
from armillary.core.schedules.wall_time import zone_of

_LONGEST = 1_000
_ADVICE = "Give minute, hour, day, month and weekday, such as '0 9 * * 1-5'."
_RANDOM = re.compile(r"[rh](\(|/|$)", re.IGNORECASE).match
"""Fields with random values, which would differ between processes."""
_NICKNAMES = {"@hourly": "Every hour", "@daily": "Every day", "@weekly": "Every week", "@monthly": "Every month"}
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class CronSchedule:
    """Five fields (minute, hour, day, month, weekday) or a nickname such as ``@daily``, in local wall time of ``timezone``.
    ``day_or``: where both day fields are given, either is enough; else both must hold.

    >>> CronSchedule("0 9 * * 1-5").words()
    'At 09:00 on weekdays'
    """

    cron: str
    timezone: str = "UTC"
    day_or: bool = True
    jitter_seconds: float = 0.0
    _rule: CronRule = field(init=False, repr=False, compare=False)

    def __setstate__(self, state: Iterable[Any]) -> None:
        made_again(self, state)

    def __post_init__(self) -> None:
        plain_text(self.cron, "cron", _LONGEST, "Give one such as '0 9 * * 1-5'.")
        zone_of(self.timezone)
        if not isinstance(self.day_or, bool):
            raise InvalidSchedule(
                f"day_or={self.day_or!r} is not True or False.", subject="day_or", advice="Give True or False."
            )
        object.__setattr__(self, "jitter_seconds", plain_jitter(self.jitter_seconds))
        fields = self.cron.split()
        if len(fields) != 5 and not self.cron.startswith("@"):
            raise self._invalid(f"it has {len(fields)} fields")
        object.__setattr__(self, "_rule", CronRule(self._expanded(fields), self.day_or))
        if next(self._rule.days(0), None) is None:
            raise InvalidSchedule(f"{self.cron!r} never fires.", subject=self.cron, advice="See its day and month.")

    def firings(self, after: datetime) -> Iterator[datetime]:
        """Instants later than ``after``, in order."""
        return map(moment_of, firings(self._rule, zone_of(self.timezone), seconds_of(instant_after(after))))

    def words(self) -> str:
        """A description, if it is shorter than the rule."""
        zone = "" if self.timezone == "UTC" else f" ({self.timezone})"
        if self.cron in _NICKNAMES:
            return _NICKNAMES[self.cron] + zone
        return f"{_words(self.cron.split()) or f'Cron {self.cron}'}{zone}"

    def _expanded(self, fields: Sequence[str]) -> CronFields:
        from croniter import croniter  # loads dateutil, needed only for such schedules

        if any(_RANDOM(each) for each in fields):
            raise self._invalid("each process would draw its own")
        try:
            values, placed = croniter.expand(self.cron)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
            raise self._invalid("it cannot be parsed") from None
        minutes, hours, days, months, weekdays = values
        return CronFields(minutes, hours, days, months, weekdays, placed, _has_nearest(fields), fields)

    def _invalid(self, why: str) -> InvalidSchedule:
        return InvalidSchedule(f"{self.cron!r} is not a valid cron rule: {why}.", subject=self.cron, advice=_ADVICE)


def _has_nearest(fields: Sequence[str]) -> bool:
    """``15W``: the weekday nearest to the 15th."""
    return len(fields) == 5 and "w" in fields[2].lower()


def _words(fields: list[str]) -> str | None:
    if len(fields) != 5:
        return None
    minute, hour, day, month, weekday = fields
    if (day, month) != ("*", "*"):
        return None
    on = {"*": "", "1-5": " on weekdays", "0,6": " on weekends", "6,0": " on weekends"}.get(weekday)
    if on is None:
        if not (weekday.isdigit() and int(weekday) < len(_DAYS)):
            return None
        on = f" on {_DAYS[int(weekday)]}s"
    if minute.isdigit() and hour.isdigit():
        return f"At {int(hour):02}:{int(minute):02}{on or ' every day'}"
    if hour == "*" and minute == "*":
        return f"Every minute{on}"
    if hour == "*" and minute.startswith("*/") and minute[2:].isdigit():
        return f"Every {minute[2:]} minutes{on}"
    if hour == "*" and minute.isdigit():
        return f"At {int(minute)} minutes past every hour{on}"
    return None
