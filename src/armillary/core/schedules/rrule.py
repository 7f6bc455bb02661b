"""A recurrence rule of calendars (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import groupby, islice, pairwise, takewhile
from typing import Any

from armillary.core.errors import InvalidSchedule
from armillary.core.record import made_again
from armillary.core.schedules.moments import instant_after, plain_jitter, plain_text
from armillary.core.schedules.recurrence import Recurrence, RecurrenceParts
from armillary.core.schedules.recurrence_text import RecurrenceSet, recurrence_set
from armillary.core.schedules.recurrence_words import recurrence_words
from armillary.core.schedules.wall_clock import DAY, counted_firings, firings, moment_of, seconds_of
from armillary.core.schedules.wall_time import zone_of

_LONGEST = 6_500


@dataclass(frozen=True, slots=True)
class RRuleSchedule:
    """Text such as ``FREQ=WEEKLY;BYDAY=MO``, with or without ``DTSTART``, ``RDATE`` and ``EXDATE`` lines, in local wall time of
    ``timezone``, or of the zone that ``DTSTART;TZID=Europe/Berlin:…`` names. Without ``DTSTART`` it begins at midnight of 2020-01-01.

    >>> RRuleSchedule("FREQ=DAILY;BYHOUR=9").words()
    'At 09:00 every day'
    """

    rrule: str
    timezone: str = "UTC"
    jitter_seconds: float = 0.0
    _set: RecurrenceSet = field(init=False, repr=False, compare=False)

    def __setstate__(self, state: Iterable[Any]) -> None:
        made_again(self, state)

    def __post_init__(self) -> None:
        plain_text(self.rrule, "rrule", _LONGEST, "For a dateutil rule, pass str(rule).")
        zone_of(self.timezone)
        object.__setattr__(self, "jitter_seconds", plain_jitter(self.jitter_seconds))
        object.__setattr__(self, "_set", recurrence_set(self.rrule, self.timezone))
        object.__setattr__(self, "timezone", self._set.zone)
        for rule in self._set.rules:
            self._check(rule)
        if next(self._instants(-DAY), None) is None:
            raise InvalidSchedule(f"{self.rrule!r} never fires.", subject=self.rrule)

    def firings(self, after: datetime) -> Iterator[datetime]:
        """Instants later than ``after``, in order, as long as the rule has any."""
        return map(moment_of, self._instants(seconds_of(instant_after(after))))

    def words(self) -> str:
        """A description, if it is shorter than the rule."""
        zone = "" if self.timezone == "UTC" else f" ({self.timezone})"
        return (recurrence_words(self.rrule, self._set.begin) or " ".join(self.rrule.split())) + zone

    def _instants(self, after: int) -> Iterator[int]:
        zone = zone_of(self.timezone)
        added = sorted(each for each in self._set.added if each > after)
        streams = [self._of_rule(each, after) for each in self._set.rules]
        for at, _ in groupby(merge(*streams, added)):
            if at in self._set.excluded:
                continue
            if self._set.excluded_days and moment_of(at).astimezone(zone).toordinal() in self._set.excluded_days:
                continue
            yield at

    def _of_rule(self, parts: RecurrenceParts, after: int) -> Iterator[int]:
        rule, zone = Recurrence(parts, self._set.begin), zone_of(self.timezone)
        if parts.count is None:
            found = firings(rule, zone, after)
        else:
            before = seconds_of(self._set.begin) - 2 * DAY
            found = counted_firings(rule, zone, before, parts.count, max(after, before))
        until = parts.until
        return found if until is None else takewhile(lambda at: at <= until, found)

    def _check(self, parts: RecurrenceParts) -> None:
        """Raises InvalidSchedule for a rule of the set that never fires, or fires every second."""
        first = next(Recurrence(parts, self._set.begin).days(0), None)
        if first is None or next(self._of_rule(parts, -DAY), None) is None:
            raise InvalidSchedule(f"{self.rrule!r} never fires.", subject=self.rrule)
        if any(later - earlier <= 1 for earlier, later in pairwise(islice(first[1], 100))):
            raise InvalidSchedule(
                f"{self.rrule!r} fires every second.", subject=self.rrule, advice="Let it fire less often."
            )
