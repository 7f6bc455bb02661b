"""When the wall clock of a time zone matches a rule.

Real time is walked in stretches over which the zone's offset stays. Within one, local times and instants differ by a constant, so
what comes out is in order. Between two, the clock was put forward or back:

- Forward, a *gap*: its local times are never shown. Of a rule that names its hours, those in the gap fire once, at its end. One
  that fires in every hour loses nothing, for its next time comes within the hour.
- Back: the clock shows an hour twice. What names hours and minutes fires at the first of the two. A rule with a wildcard for either follows
  real time and fires at both, as in cron(8).

Times are whole seconds: of a day with the ordinal n, they begin at n * 86,400.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from armillary.core.schedules.calendar_days import LAST_DAY

DAY = 86_400
_STEP = 3 * DAY
"""No zone changes its offset twice within four days."""
_LONGEST = 32 * _STEP
_MARGIN = 3 * DAY
"""More than any offset and any change of one: the day before the first of a zone's stretches that matter."""
_END = (LAST_DAY + 2) * DAY
_LONGEST_COUNT = 36_525 * DAY
"""Counted rules end after a century, because every day is visited."""
_ZERO = datetime(1, 1, 1, tzinfo=UTC)


class WallRule(Protocol):
    """``repeats``: it fires at both of two equal local times. ``fills_gaps``: it fires at the end of a gap for those in it."""

    @property
    def repeats(self) -> bool: ...

    @property
    def fills_gaps(self) -> bool: ...

    def days(self, first: int) -> Iterator[tuple[int, Sequence[int]]]:
        """The days with firings from ``first`` on, in order, each with its seconds of the day, also in order."""


class _Window(NamedTuple):
    """Local times that are shown from ``begin`` to before ``end``; ``offset`` less is their instant. ``gap`` is an instant at which
    those of a gap fire."""

    gap: int | None
    begin: int
    end: int
    offset: int


def seconds_of(moment: datetime) -> int:
    """Whole seconds, of an aware time in UTC or a naive local one."""
    return moment.toordinal() * DAY + moment.hour * 3600 + moment.minute * 60 + moment.second


def moment_of(seconds: int) -> datetime:
    """The instant in UTC."""
    return _ZERO + timedelta(seconds=seconds - DAY)


def firings(rule: WallRule, zone: ZoneInfo, after: int) -> Iterator[int]:
    """Instants later than ``after``, in order."""
    for gap, begin, end, offset in _windows(rule, zone, after - _MARGIN, _END):
        if gap is not None and gap > after:
            yield gap
        for local in _shown(rule, max(begin, after + 1 + offset), end):
            yield local - offset


def counted_firings(rule: WallRule, zone: ZoneInfo, begin: int, count: int, after: int) -> Iterator[int]:
    """The first ``count`` firings later than ``begin``, of which those later than ``after``. The others are counted, a day at a time."""
    for gap, first, end, offset in _windows(rule, zone, begin - _MARGIN, begin + _LONGEST_COUNT):
        if gap is not None and gap > begin:
            count -= 1
            if gap > after:
                yield gap
        first = max(first, begin + 1 + offset)
        passed = min(after + 1 + offset, end)
        count -= _how_many(rule, first, passed)
        for local in _shown(rule, max(first, passed), end):
            if count <= 0:
                return
            yield local - offset
            count -= 1
        if count <= 0:
            return


def _windows(rule: WallRule, zone: ZoneInfo, begin: int, stop: int) -> Iterator[_Window]:
    begin = max(begin, _MARGIN)
    highest = None
    """The latest local time that was shown."""
    while begin < min(stop, _END):
        day = next(rule.days((begin - DAY) // DAY), None)
        if day is None:
            return
        if day[0] * DAY - begin > 2 * _MARGIN:  # nothing for a while: skip the stretches until then
            begin, highest = day[0] * DAY - _MARGIN, None
        end, offset = _stretch(zone, begin)
        first = begin + offset
        if highest is None:
            highest = first
        gap = None
        if rule.fills_gaps and next(_shown(rule, highest, first), None) is not None:
            gap = begin
        fresh = first if rule.repeats else max(first, highest)
        yield _Window(gap, fresh + (gap is not None), end + offset, offset)
        begin, highest = end, max(highest, end + offset)


def _stretch(zone: ZoneInfo, begin: int) -> tuple[int, int]:
    """Until when the offset of ``begin`` stays, within the search limit, and the offset."""
    offset = _offset(zone, begin)
    low = begin
    while low < begin + _LONGEST:
        high = low + _STEP
        if _offset(zone, high) != offset:
            while high - low > 1:
                middle = (low + high) // 2
                if _offset(zone, middle) == offset:
                    low = middle
                else:
                    high = middle
            return high, offset
        low = high
    return low, offset


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = moment_of(at).astimezone(zone).utcoffset()
    return 0 if offset is None else offset.days * DAY + offset.seconds


def _shown(rule: WallRule, begin: int, end: int) -> Iterator[int]:
    """The rule's local times from ``begin`` to before ``end``."""
    if begin >= end:
        return
    for day, seconds in rule.days(begin // DAY):
        midnight = day * DAY
        if midnight >= end:
            return
        if begin <= midnight and midnight + DAY <= end:
            for second in seconds:
                yield midnight + second
        else:
            for second in seconds[bisect_left(seconds, begin - midnight) : bisect_left(seconds, end - midnight)]:
                yield midnight + second


def _how_many(rule: WallRule, begin: int, end: int) -> int:
    found = 0
    if begin >= end:
        return found
    for day, seconds in rule.days(begin // DAY):
        midnight = day * DAY
        if midnight >= end:
            break
        if begin <= midnight and midnight + DAY <= end:
            found += len(seconds)
        else:
            found += bisect_left(seconds, end - midnight) - bisect_left(seconds, begin - midnight)
    return found
