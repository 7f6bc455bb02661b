"""When the clock on the wall says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from armillary.core.errors import InvalidSchedule
from armillary.core.schedules.wall_time import instant, zone_of

_FARTHEST = timedelta(days=366 * 8)
_RANDOM = re.compile(r"[rh](\(|/|$)", re.IGNORECASE).match
"""Fields that would be drawn anew by each process that reads them."""
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

    def __post_init__(self) -> None:
        from croniter import croniter  # loads dateutil; only who has such a schedule pays

        if not isinstance(self.cron, str):
            raise InvalidSchedule(
                f"cron={self.cron!r} is no text.", subject="cron", advice="Give one such as '0 9 * * 1-5'."
            )
        zone_of(self.timezone)
        fields = self.cron.split()
        if len(fields) != 5 and not self.cron.startswith("@"):
            raise self._invalid(f"it has {len(fields)} fields")
        if any(_RANDOM(each) for each in fields) or not croniter.is_valid(self.cron):
            raise self._invalid("it cannot be read")
        if next(iter(self._local_times(datetime(2024, 1, 1))), None) is None:
            raise InvalidSchedule(f"{self.cron!r} never fires.", subject=self.cron, advice="See its day and month.")

    def firings(self, after: datetime) -> Iterator[datetime]:
        """Instants later than ``after``, in order. Ends only where none comes for eight years."""
        zone = zone_of(self.timezone)
        begin = after.astimezone(zone).replace(tzinfo=None, fold=0) - timedelta(hours=4)
        last = after
        for local in self._local_times(begin):
            found = instant(local, zone)
            if found > last:
                last = found
                yield found

    def words(self) -> str:
        """As people say it, as far as that is shorter than the rule."""
        zone = "" if self.timezone == "UTC" else f" ({self.timezone})"
        if self.cron in _NICKNAMES:
            return _NICKNAMES[self.cron] + zone
        return f"{_words(self.cron.split()) or f'Cron {self.cron}'}{zone}"

    def _local_times(self, begin: datetime) -> Iterator[datetime]:
        from croniter import CroniterBadDateError, croniter

        rule = croniter(self.cron, begin, day_or=self.day_or, max_years_between_matches=8)
        while True:
            try:
                yield rule.get_next(datetime)
            except CroniterBadDateError:
                return

    def _invalid(self, why: str) -> InvalidSchedule:
        return InvalidSchedule(
            f"{self.cron!r} is not a cron rule: {why}.",
            subject=self.cron,
            advice="Give minute, hour, day, month and weekday, such as '0 9 * * 1-5'.",
        )


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
