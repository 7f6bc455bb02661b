"""Rules over every zone and change of its clock, against a walk over the minutes: what did the clock on the wall show?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from croniter import CroniterBadDateError, croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from armillary.core.schedules.cron import CronSchedule
from armillary.core.schedules.rrule import RRuleSchedule
from armillary.core.schedules.schedule import Schedule

ZONES = sorted(available_timezones() - {"localtime", "posixrules"})
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LENGTH = 60 * timedelta(hours=1)
DAYS = [datetime(2000, 1, 1, tzinfo=UTC) + number * 3 * DAY for number in range(3650)]


def changes(zone: str) -> Iterator[datetime]:
    """Less than two days before each change of the clock in 30 years, but of the same two offsets only the first."""
    info = ZoneInfo(zone)
    seen = set()
    shown = [day.astimezone(info).utcoffset() for day in DAYS]
    for day, offsets in zip(DAYS, pairwise(shown), strict=False):
        if offsets[0] != offsets[1] and offsets not in seen:
            seen.add(offsets)
            while (day + DAY).astimezone(info).utcoffset() == offsets[0]:
                day += DAY
            yield day - timedelta(hours=12)


def readings(zone: str, begin: datetime) -> list[datetime]:
    """What the clock shows at the minute before, and at each one from then on."""
    info = ZoneInfo(zone)
    minutes = ((begin + number * MINUTE).astimezone(info) for number in range(-1, LENGTH // MINUTE))
    return [each.replace(tzinfo=None, fold=0) for each in minutes]


def walked(
    clock: list[datetime], begin: datetime, minutes: set[int], hours: set[int], repeats: bool, fills_gaps: bool
) -> list[datetime]:
    """Each minute of real time: does the clock show a time of the rule, was it shown before, and what did it leave out?"""
    found = []
    highest = clock[0]
    for number, shown in enumerate(clock[1:]):
        is_new = shown > highest
        left_out = (shown - highest) // MINUTE - 1 if is_new else 0
        in_gap = left_out > 0 and any(
            each.minute in minutes and each.hour in hours
            for each in (highest + MINUTE * step for step in range(1, left_out + 1))
        )
        is_due = shown.minute in minutes and shown.hour in hours and (repeats or is_new)
        if is_due or (in_gap and fills_gaps):
            found.append(begin + number * MINUTE)
        if is_new:
            highest = shown
    return found


def fired(schedule: Schedule, begin: datetime, length: timedelta) -> list[datetime]:
    end = begin + length
    found: list[datetime] = []
    for at in schedule.firings(begin - timedelta(seconds=1)):
        if at >= end:
            return found
        found.append(at)
    return found


KINDS = {
    "every hour": ("17 * * * *", "FREQ=HOURLY;BYMINUTE=17", {17}, set(range(24)), True, False),
    "every 20 minutes": ("*/20 * * * *", "FREQ=MINUTELY;INTERVAL=20", {0, 20, 40}, set(range(24)), True, False),
    "every 30 minutes of some hours": (
        "*/30 0-3,22,23 * * *",
        "FREQ=MINUTELY;INTERVAL=30;BYHOUR=0,1,2,3,22,23",
        {0, 30},
        {0, 1, 2, 3, 22, 23},
        True,
        True,
    ),
    "fixed times": (
        "15,45 0-3,23 * * *",
        "FREQ=DAILY;BYHOUR=0,1,2,3,23;BYMINUTE=15,45",
        {15, 45},
        {0, 1, 2, 3, 23},
        False,
        True,
    ),
}


@pytest.mark.parametrize("part", range(8))
def test_over_every_change_of_every_clock_rules_fire_as_a_walk_over_its_minutes_says(part: int) -> None:
    tried = 0
    known: set[tuple[timedelta | None, ...]] = set()
    for zone in ZONES[part::8]:
        info = ZoneInfo(zone)
        for begin in changes(zone):
            shape = tuple((begin + number * timedelta(hours=1)).astimezone(info).utcoffset() for number in range(60))
            if shape in known or any(each is None or each.seconds % 60 for each in shape):
                continue  # one change is like another at the same hour, and the walk knows whole minutes only
            known.add(shape)
            clock = readings(zone, begin)
            for cron, rrule, *expected in KINDS.values():
                want = walked(clock, begin, *expected)  # type: ignore[arg-type]
                assert fired(CronSchedule(cron, zone), begin, LENGTH) == want, (zone, begin, cron)
                from_the_start = f"DTSTART:19990101T000000\nRRULE:{rrule}"
                assert fired(RRuleSchedule(from_the_start, zone), begin, LENGTH) == want, (zone, begin, rrule)
                tried += 1
    assert tried > 40


def test_a_fixed_time_fires_once_on_every_day_that_a_zone_has() -> None:
    for zone in ZONES[::4]:
        info = ZoneInfo(zone)
        for cron in ("30 2 * * *", "0 0 * * *"):
            found = fired(CronSchedule(cron, zone), datetime(2023, 6, 1, 12, tzinfo=UTC), 366 * DAY)
            days = [at.astimezone(info).date() for at in found]
            assert {later - earlier for earlier, later in pairwise(days)} == {DAY}, (zone, cron)


@st.composite
def crons(draw: st.DrawFn) -> str:
    def field(low: int, high: int, names: tuple[str, ...] = ()) -> str:
        first, last = sorted((draw(st.integers(low, high)), draw(st.integers(low, high))))
        step = draw(st.integers(1, 9))
        ways = ["*", "*", f"{first}", f"{first},{last}", f"{first}-{last}", f"*/{step}", f"{first}-{high}/{step}"]
        return draw(st.sampled_from([*ways, *names]))

    weekdays = ("mon-fri", "sun", "5#2", "L5", "6#1,3#2", "0,6")
    return " ".join(
        (
            field(0, 59),
            field(0, 23),
            field(1, 28, ("L", "L,15", "31", "15W", "31W", "1w")),
            field(1, 12, ("jan", "feb-apr")),
            field(0, 6, weekdays),
        )
    )


@settings(max_examples=80, deadline=None)
@given(crons(), st.booleans(), st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)))
def test_a_cron_rule_fires_when_croniter_says_so_in_utc(cron: str, day_or: bool, after: datetime) -> None:
    day, weekday = cron.split()[2], cron.split()[4]
    if day_or and day != "*" and ({"#", "L"} & set(weekday) or "w" in day.lower()):
        return  # it wants both of these days
    walk = croniter(cron, after.replace(microsecond=0), day_or=day_or, max_years_between_matches=60)
    try:
        expected = [walk.get_next(datetime) for _ in range(8)]
    except CroniterBadDateError:
        return  # it gives rare ones up
    firings = CronSchedule(cron, day_or=day_or).firings(after.replace(tzinfo=UTC))
    assert [next(firings).replace(tzinfo=None) for _ in expected] == expected, cron
