"""A recurrence rule as calendars have it (RFC 5545)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from armillary.core.errors import InvalidSchedule
from armillary.core.schedules.recurrence_words import recurrence_words
from armillary.core.schedules.wall_time import instant, zone_of

_BEGIN = datetime(2020, 1, 1)
_ZONE = re.compile(r";TZID=([^:;\s]+)", re.IGNORECASE)
_LONGEST = 6_500
_UNITS = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class RRuleSchedule:
    """Text such as ``FREQ=WEEKLY;BYDAY=MO``, with or without a ``DTSTART`` line, in local wall time of ``timezone``, or of the zone
    that ``DTSTART;TZID=Europe/Berlin:…`` names. Without such a line it begins at midnight of 2020-01-01.

    >>> RRuleSchedule("FREQ=DAILY;BYHOUR=9").words()
    'At 09:00 every day'
    """

    rrule: str
    timezone: str = "UTC"
    jitter_seconds: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.rrule, str):
            raise InvalidSchedule(
                f"rrule={self.rrule!r} is no text.",
                subject="rrule",
                advice="Of a rule of dateutil, str(rule) is its text.",
            )
        for named in _ZONE.findall(self.rrule):
            if self.timezone not in ("UTC", named):
                raise InvalidSchedule(
                    f"The rule is in {named} and its timezone {self.timezone}.",
                    subject="timezone",
                    advice="Leave one of them out.",
                )
            object.__setattr__(self, "timezone", named)
        zone_of(self.timezone)
        if len(self.rrule) > _LONGEST:
            raise InvalidSchedule(f"A rule of {len(self.rrule)} characters is too long.", subject="rrule")
        first = list(islice(self._rule(), 2))
        if not first:
            raise InvalidSchedule(f"{self.rrule!r} never fires.", subject=self.rrule)
        if len(first) == 2 and (first[1] - first[0]).total_seconds() <= 1:
            raise InvalidSchedule(
                f"{self.rrule!r} fires every second.", subject=self.rrule, advice="Let it fire less often."
            )

    def firings(self, after: datetime) -> Iterator[datetime]:
        """Instants later than ``after``, in order, as long as the rule has any."""
        zone = zone_of(self.timezone)
        begin = after.astimezone(zone).replace(tzinfo=None, fold=0)
        last = after
        begin -= timedelta(hours=4)
        for local in _begun_near(self._rule(), begin).xafter(begin, inc=True):
            found = instant(local, zone)
            if found > last:
                last = found
                yield found

    def words(self) -> str:
        """As people say it, as far as that is shorter than the rule."""
        zone = "" if self.timezone == "UTC" else f" ({self.timezone})"
        return (recurrence_words(self.rrule, _BEGIN) or self.rrule.replace("\n", " ")) + zone

    def _rule(self) -> Any:
        from dateutil.rrule import rrulestr  # heavy; only who has such a schedule pays

        try:
            return rrulestr(_ZONE.sub("", self.rrule), dtstart=_BEGIN, ignoretz=True, cache=False)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as problem:
            raise InvalidSchedule(
                f"{self.rrule!r} is not a recurrence rule: {problem}.",
                subject=self.rrule,
                advice="Give one such as FREQ=WEEKLY;BYDAY=MO;BYHOUR=9.",
            ) from None


def _begun_near(rule: Any, begin: datetime) -> Any:
    """The rule, begun shortly before ``begin`` where that makes no difference: it steps through every occurrence since its
    start, and there are millions of minutes in a few years. Steps of a fixed length can be left out whole."""
    from dateutil.rrule import DAILY, rruleset

    if isinstance(rule, rruleset) or rule._count is not None or rule._freq < DAILY:
        return rule
    step = _UNITS[rule._freq - DAILY] * rule._interval
    skipped = (begin - rule._dtstart) // step - 1
    return rule.replace(dtstart=rule._dtstart + skipped * step) if skipped > 0 else rule
