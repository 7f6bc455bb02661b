"""Schedules against brute force: every minute of real time is asked what the clock on the wall said."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice, pairwise
from typing import Any, cast
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.rrule import DAILY, rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from armillary.core.errors import InvalidSchedule
from armillary.core.schedules.cron import CronSchedule
from armillary.core.schedules.interval import IntervalSchedule
from armillary.core.schedules.rrule import RRuleSchedule
from armillary.core.schedules.schedule import due_times, from_document, to_document, with_jitter

ZONES = sorted(available_timezones() - {"localtime", "posixrules"})
BERLIN = "Europe/Berlin"
MINUTE = timedelta(minutes=1)
MINUTES = [number * MINUTE for number in range(60)]
TRANSITIONS: dict[str, list[datetime]] = {}


def transitions(zone: str) -> list[datetime]:
    """The days from 1995 to 2025 on which a zone's offset changes: weeks are compared, and those that differ day by day."""
    if zone not in TRANSITIONS:
        info = ZoneInfo(zone)
        weeks = [datetime(1995, 1, 1, tzinfo=UTC) + timedelta(weeks=number) for number in range(30 * 53)]
        changed = []
        for week, next_week in pairwise(weeks):
            if week.astimezone(info).utcoffset() != next_week.astimezone(info).utcoffset():
                days = [week + timedelta(days=number) for number in range(8)]
                offsets = [day.astimezone(info).utcoffset() for day in days]
                changed += [day for day, one, other in zip(days, offsets, offsets[1:], strict=False) if one != other]
        TRANSITIONS[zone] = changed or [datetime(2011, 6, 1, tzinfo=UTC)]
    return TRANSITIONS[zone]


@st.composite
def around_a_transition(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone, and an instant up to a day and a half before its clock changes."""
    zone = draw(st.sampled_from(ZONES))
    change = draw(st.sampled_from(transitions(zone)))
    return zone, change - timedelta(minutes=draw(st.integers(0, 12 * 60)))


class WallClock:
    """What the clock on a zone's wall said at each minute of three days: the oracle. Its highest reading so far only grows, so
    the first time it is at or past a wall time is found by bisection: over a gap that is the minute behind it, in a repeated
    hour the first of the two."""

    def __init__(self, zone: str, begin: datetime) -> None:
        info = ZoneInfo(zone)
        self.begin = begin.replace(second=0, microsecond=0) - timedelta(hours=30)
        readings: list[datetime] = []
        for number in range(84):
            hour = self.begin + timedelta(hours=number)
            first, last = (info.utcoffset(each.astimezone(info)) for each in (hour, hour + 59 * MINUTE))
            if first == last and first is not None:  # no zone changes there and back within an hour
                local = hour.replace(tzinfo=None) + first
                readings += [local + minute for minute in MINUTES]
            else:
                readings += [(hour + minute).astimezone(info).replace(tzinfo=None, fold=0) for minute in MINUTES]
        self.whole_minutes = not any(reading.second for reading in readings[::60])
        self.highest = list(accumulate(readings, max))

    def first_firing(self, wall_time: timedelta, after: datetime) -> datetime:
        """Of a rule that fires each day at a wall time."""
        midnight = self.highest[0].replace(hour=0, minute=0)
        for day in range(1, 6):
            place = bisect_left(self.highest, midnight + timedelta(days=day) + wall_time)
            at = self.begin + place * MINUTE
            if at > after:
                return at
        raise AssertionError("three days hold a firing of every daily rule")


@settings(max_examples=1_200)
@given(around_a_transition(), st.lists(st.integers(0, 1439), min_size=3, max_size=3))
def test_daily_rules_of_every_kind_fire_when_the_wall_clock_says_so(
    place: tuple[str, datetime], minutes_of_day: list[int]
) -> None:
    """Nine cases each: three wall times as cron, interval and recurrence."""
    zone, after = place
    clock = WallClock(zone, after)
    if not clock.whole_minutes:
        return
    for minute_of_day in minutes_of_day:
        hour, minute = divmod(minute_of_day, 60)
        expected = clock.first_firing(timedelta(minutes=minute_of_day), after)
        for schedule in (
            CronSchedule(f"{minute} {hour} * * *", zone),
            IntervalSchedule(timedelta(days=1), datetime(1990, 1, 1, hour, minute), zone),
            RRuleSchedule(f"DTSTART:19900101T000000\nRRULE:FREQ=DAILY;BYHOUR={hour};BYMINUTE={minute}", zone),
        ):
            assert next(schedule.firings(after)) == expected, schedule


@settings(max_examples=1_000)
@given(
    st.sampled_from(ZONES),
    st.timedeltas(timedelta(seconds=2), timedelta(hours=23)),
    st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
)
def test_a_short_interval_is_real_time_apart(zone: str, interval: timedelta, after: datetime) -> None:
    found = list(islice(IntervalSchedule(interval, timezone=zone).firings(after), 3))
    assert after < found[0] <= after + interval
    assert [later - earlier for earlier, later in pairwise(found)] == [interval] * 2


@given(st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)), st.sampled_from(ZONES))
def test_firings_only_ever_go_on_and_asking_later_gives_the_rest(after: datetime, zone: str) -> None:
    for schedule in (
        CronSchedule("*/20 * * * *", zone),
        IntervalSchedule(timedelta(days=2), timezone=zone),
        RRuleSchedule("FREQ=HOURLY;INTERVAL=7", zone),
    ):
        found = list(islice(schedule.firings(after), 12))
        assert found == sorted(set(found))
        assert list(islice(schedule.firings(found[5]), 6)) == found[6:]


def test_a_skipped_time_fires_at_the_end_of_the_gap_and_a_repeated_one_once() -> None:
    schedule = CronSchedule("30 2 * * *", BERLIN)
    spring = due_times(schedule, datetime(2024, 3, 30, 12, tzinfo=UTC), most=2)
    assert [str(at) for at in spring] == ["2024-03-31 01:00:00+00:00", "2024-04-01 00:30:00+00:00"]
    autumn = due_times(schedule, datetime(2024, 10, 26, 12, tzinfo=UTC), most=2)
    assert [str(at) for at in autumn] == ["2024-10-27 00:30:00+00:00", "2024-10-28 01:30:00+00:00"]


def test_the_next_hundred_within_a_hundred_days() -> None:
    after = datetime(2024, 1, 1, tzinfo=UTC)
    assert len(due_times(IntervalSchedule(MINUTE), after)) == 100
    assert len(due_times(IntervalSchedule(timedelta(days=30)), after)) == 4


NINE_IN_BERLIN = "DTSTART;TZID=Europe/Berlin:20270101T090000\nRRULE:FREQ=DAILY"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: IntervalSchedule(timedelta(seconds=1)), "too short"),
        (lambda: IntervalSchedule(timedelta(hours=-1)), "too short"),
        (lambda: IntervalSchedule(cast(Any, "1h")), "not a duration"),
        (lambda: IntervalSchedule(cast(Any, 1e20)), "too long"),
        (lambda: IntervalSchedule(MINUTE, anchor_date=cast(Any, "2026-01-01")), "not a time"),
        (lambda: IntervalSchedule(MINUTE, timezone="Mars/Olympus"), "not a time zone"),
        (lambda: IntervalSchedule(MINUTE, timezone="../etc/passwd"), "not a time zone"),
        (lambda: CronSchedule("0 9 * *"), "4 fields"),
        (lambda: CronSchedule("* * * * * *"), "6 fields"),
        (lambda: CronSchedule("61 * * * *"), "cannot be parsed"),
        (lambda: CronSchedule("R * * * *"), "would draw its own"),
        (lambda: CronSchedule("0 0 30 2 *"), "never fires"),
        (lambda: RRuleSchedule("FREQ=SECONDLY"), "every second"),
        (lambda: RRuleSchedule("FREQ=SOMETIMES"), "not a recurrence rule"),
        (lambda: RRuleSchedule(cast(Any, rrule(DAILY))), "not text"),
        (lambda: CronSchedule(cast(Any, 5)), "not text"),
        (lambda: CronSchedule("* * * * *", timezone=cast(Any, None)), "not a time zone"),
        (lambda: RRuleSchedule(NINE_IN_BERLIN, timezone="Asia/Tokyo"), "its timezone Asia/Tokyo"),
        (lambda: RRuleSchedule(""), "not a recurrence rule"),
        (lambda: RRuleSchedule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20300101T000000"), "never fires"),
        (lambda: from_document({}), "exactly one"),
        (lambda: from_document({"cron": "* * * * *", "interval": 5}), "exactly one"),
        (lambda: from_document({"cron": "* * * * *", "anchor": 1}), "no 'anchor'"),
        (lambda: from_document({"interval": "often"}), "not a duration"),
        (lambda: from_document({"interval": 60, "jitter_seconds": -1}), "jitter"),
    ],
)
def test_what_is_no_schedule_is_refused_with_the_reason(make: Any, says: str) -> None:
    with pytest.raises(InvalidSchedule, match=says):
        make()


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (IntervalSchedule(MINUTE), "Every minute"),
        (IntervalSchedule(timedelta(hours=36)), "Every 36 hours"),
        (IntervalSchedule(90), "Every 90 seconds"),  # type: ignore[arg-type]
        (IntervalSchedule(timedelta(days=1), timezone=BERLIN), "Every day (Europe/Berlin)"),
        (CronSchedule("* * * * *"), "Every minute"),
        (CronSchedule("*/5 * * * *"), "Every 5 minutes"),
        (CronSchedule("30 9 * * 1-5", BERLIN), "At 09:30 on weekdays (Europe/Berlin)"),
        (CronSchedule("0 0 * * 0"), "At 00:00 on Sundays"),
        (CronSchedule("0 0 1 * *"), "Cron 0 0 1 * *"),
        (RRuleSchedule("FREQ=DAILY"), "At 00:00 every day"),
        (RRuleSchedule("FREQ=DAILY;BYHOUR=9,17;BYMINUTE=30"), "At 09:30 and 17:30 every day"),
        (RRuleSchedule("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9"), "At 09:00 on weekdays"),
        (RRuleSchedule("FREQ=DAILY;INTERVAL=3;COUNT=5"), "At 00:00 every 3 days, 5 times"),
        (
            RRuleSchedule("FREQ=WEEKLY;BYDAY=WE,MO", "Europe/Berlin"),
            "At 00:00 on Mondays and Wednesdays (Europe/Berlin)",
        ),
        (RRuleSchedule("FREQ=WEEKLY;INTERVAL=2"), "At 00:00 on Wednesdays of every 2 weeks"),
        (RRuleSchedule(NINE_IN_BERLIN), "At 09:00 every day (Europe/Berlin)"),
        (
            RRuleSchedule("FREQ=MONTHLY;BYDAY=1MO,-1FR;BYHOUR=9"),
            "At 09:00 on the first Monday and last Friday of every month",
        ),
        (RRuleSchedule("FREQ=MONTHLY;BYMONTHDAY=1,22,-1"), "At 00:00 on the 1st, 22nd and last day of every month"),
        (RRuleSchedule("FREQ=MONTHLY;BYDAY=MO"), "FREQ=MONTHLY;BYDAY=MO"),
        (RRuleSchedule("FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=11"), "At 00:00 on the 11th of January and July"),
        (RRuleSchedule("FREQ=YEARLY;BYMONTHDAY=11"), "FREQ=YEARLY;BYMONTHDAY=11"),
        (RRuleSchedule("FREQ=YEARLY;UNTIL=20300101T000000"), "At 00:00 on the 1st of January, until 2030-01-01"),
        (RRuleSchedule("FREQ=HOURLY;INTERVAL=7"), "Every 7 hours"),
        (RRuleSchedule("FREQ=HOURLY;BYMINUTE=20"), "Every hour, 20 minutes past"),
        (RRuleSchedule("FREQ=MINUTELY;INTERVAL=15"), "Every 15 minutes"),
        (RRuleSchedule("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1"), "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1"),
    ],
)
def test_a_schedule_is_said_in_words(schedule: Any, words: str) -> None:
    assert schedule.words() == words


@pytest.mark.parametrize(
    "schedule",
    [
        IntervalSchedule(timedelta(hours=5), datetime(2024, 5, 1, 3), BERLIN, 30),
        CronSchedule("0 9 1 * 1", BERLIN, day_or=False),
        RRuleSchedule("FREQ=WEEKLY;BYDAY=MO"),
    ],
)
def test_a_document_is_read_as_what_it_was(schedule: Any) -> None:
    assert from_document(to_document(schedule)) == schedule


def test_a_recurrence_rule_may_name_its_zone_as_calendars_do() -> None:
    schedule = RRuleSchedule(NINE_IN_BERLIN)
    assert schedule.timezone == BERLIN
    assert from_document(to_document(schedule)) == schedule
    due = due_times(schedule, datetime(2027, 3, 27, tzinfo=UTC), most=2)
    assert [str(at.time()) for at in due] == ["08:00:00", "07:00:00"]


def test_jitter_is_the_same_whenever_asked_and_within_its_bound() -> None:
    schedule = IntervalSchedule(MINUTE, jitter_seconds=30)
    times = due_times(schedule, datetime(2024, 1, 1, tzinfo=UTC))
    spread = [with_jitter(schedule, at) - at for at in times]
    assert spread == [with_jitter(schedule, at) - at for at in times]
    assert len(set(spread)) > 90
    assert all(timedelta(0) <= each < timedelta(seconds=30) for each in spread)
