"""Schedules take any time and refuse any nonsense, and none costs more than a fraction of a second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from itertools import islice, pairwise
from math import inf, nan
from time import thread_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armillary.core.errors import InvalidSchedule
from armillary.core.schedules.cron import CronSchedule
from armillary.core.schedules.interval import IntervalSchedule
from armillary.core.schedules.rrule import RRuleSchedule
from armillary.core.schedules.schedule import Schedule, due_times, from_document, to_document, with_jitter

NOW = datetime(2026, 11, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALL_HOURS, ALL_MINUTES = ",".join(map(str, range(24))), ",".join(map(str, range(60)))

COSTLY = [
    "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=SECONDLY;INTERVAL=2;COUNT=1000000000",
    "FREQ=SECONDLY;BYSETPOS=300;BYHOUR=1",
    "FREQ=SECONDLY;INTERVAL=60;BYSECOND=30",
    "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=31",
    "FREQ=MINUTELY;INTERVAL=7;COUNT=100000000",
    "FREQ=MINUTELY;INTERVAL=5;COUNT=10000000",
    "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
    "FREQ=DAILY;BYYEARDAY=366;BYMONTHDAY=30",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    "FREQ=YEARLY;INTERVAL=1000000",
    "FREQ=MINUTELY;INTERVAL=1000000;BYMONTHDAY=31;BYHOUR=5;BYMINUTE=3",
    f"FREQ=DAILY;BYHOUR={ALL_HOURS};BYMINUTE={ALL_MINUTES};BYSECOND=0,2,4,6,8,10,12,14,16,18,20,22,24",
    f"FREQ=YEARLY;BYSETPOS=366,-366,1;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR={ALL_HOURS};BYMINUTE={ALL_MINUTES}",
]


@pytest.mark.parametrize("after", [NOW, datetime(2190, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize("begin", ["19000101", "20200101"])
@pytest.mark.parametrize("rule", COSTLY)
def test_no_rule_costs_long_wherever_it_begins_and_is_asked(rule: str, begin: str, after: datetime) -> None:
    started = thread_time()
    try:
        schedule = RRuleSchedule(f"DTSTART:{begin}T000000\nRRULE:{rule}\nEXDATE:20240101T000000", "Europe/Berlin")
        list(islice(schedule.firings(after), 20))
    except InvalidSchedule:
        pass
    assert thread_time() - started < 1


def test_ten_rules_together_do_not_cost_long() -> None:
    lines = "\n".join(f"RRULE:FREQ=MINUTELY;INTERVAL={7 + number};COUNT=1000000000" for number in range(10))
    started = thread_time()
    assert len(due_times(RRuleSchedule(f"DTSTART:19700101T000000\n{lines}", "Europe/Berlin"), NOW)) == 100
    assert thread_time() - started < 1.5


@pytest.mark.parametrize("rule", ["0 0 30 2 *", "0 0 31 2,4,6,9,11 *", "0 0 31 4 5#1"])
@pytest.mark.parametrize("day_or", [False, True])
def test_a_cron_rule_that_never_fires_is_refused_at_once(rule: str, day_or: bool) -> None:
    started = thread_time()
    if "#" in rule and day_or:
        assert next(CronSchedule(rule, day_or=day_or).firings(NOW))
    else:
        with pytest.raises(InvalidSchedule, match="never fires"):
            CronSchedule(rule, day_or=day_or)
    assert thread_time() - started < 0.5


def test_a_leap_day_on_a_monday_comes_after_decades() -> None:
    assert next(CronSchedule("0 0 29 2 1", day_or=False).firings(NOW)) == datetime(2044, 2, 29, tzinfo=UTC)


MAKERS: dict[str, Any] = {
    "interval": lambda **options: IntervalSchedule(HOUR, **options),
    "cron": lambda **options: CronSchedule("0 * * * *", **options),
    "rrule": lambda **options: RRuleSchedule("FREQ=HOURLY", **options),
}


@pytest.mark.parametrize("jitter", [nan, inf, -inf, "x", "30", -5, 1e12, None, True, [], Decimal(5), 1j])
@pytest.mark.parametrize("kind", MAKERS)
def test_jitter_that_is_no_length_of_time_is_refused(kind: str, jitter: Any) -> None:
    with pytest.raises(InvalidSchedule, match="jitter_seconds="):
        MAKERS[kind](jitter_seconds=jitter)


@pytest.mark.parametrize(
    "make",
    [
        lambda: IntervalSchedule(nan),  # type: ignore[arg-type]
        lambda: IntervalSchedule(inf),  # type: ignore[arg-type]
        lambda: IntervalSchedule(True),  # type: ignore[arg-type]
        lambda: IntervalSchedule(None),  # type: ignore[arg-type]
        lambda: IntervalSchedule(timedelta.max),
        lambda: IntervalSchedule(HOUR, anchor_date=NOW.date()),  # type: ignore[arg-type]
        lambda: IntervalSchedule(HOUR, anchor_date=datetime.max.replace(tzinfo=timezone(-HOUR))),
        lambda: CronSchedule("0 0 * * *", day_or="no"),  # type: ignore[arg-type]
        lambda: CronSchedule("0," * 2_000 + "0 0 * * *"),
        lambda: CronSchedule(b"0 0 * * *"),  # type: ignore[arg-type]
        lambda: RRuleSchedule("FREQ=DAILY;" * 2_000),
        lambda: RRuleSchedule("FREQ=DAILY", timezone=""),
        lambda: from_document({"cron": None}),
        lambda: from_document({"rrule": ["FREQ=DAILY"]}),
        lambda: from_document({"interval": 60, "anchor_date": "yesterday"}),
        lambda: from_document({"interval": 60, "anchor_date": 5}),
        lambda: from_document({"interval": 60, "jitter_seconds": "nan"}),
        lambda: from_document({"interval": 1e308}),
        lambda: from_document({"interval": 60, "timezone": ["UTC"]}),
        lambda: from_document({"cron": "0 0 * * *", "day_or": "false"}),
        lambda: due_times(IntervalSchedule(HOUR), NOW.replace(tzinfo=None)),
    ],
)
def test_what_is_no_part_of_a_schedule_is_refused_where_it_is_made(make: Any) -> None:
    with pytest.raises(InvalidSchedule):
        make()


@pytest.mark.parametrize("after", [datetime(2026, 1, 1), "2026-01-01", None, 0])
@pytest.mark.parametrize("kind", MAKERS)
def test_firings_after_what_is_no_instant_are_refused_when_asked_for(kind: str, after: Any) -> None:
    with pytest.raises(InvalidSchedule, match="after="):
        MAKERS[kind]().firings(after)


@pytest.mark.parametrize("after", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_the_calendar_are_no_surprise(after: datetime) -> None:
    kinds: list[Schedule] = [make() for make in MAKERS.values()]
    for schedule in (*kinds, IntervalSchedule(timedelta(days=36_525)), IntervalSchedule(timedelta(days=1))):
        assert all(at > after for at in due_times(schedule, after))


class Length(timedelta):
    """Divides and multiplies only by its own kind, as those of some libraries."""

    def __floordiv__(self, other: Any) -> Any:
        return self.of_my_kind // other.of_my_kind  # type: ignore[attr-defined]

    __mul__ = __rmul__ = __truediv__ = __floordiv__


class Moment(datetime):
    def __sub__(self, other: Any) -> Any:
        found = super().__sub__(other)
        return Length(found.days, found.seconds) if isinstance(found, timedelta) else found

    def __rsub__(self, other: Any) -> Any:
        return Length(seconds=other.timestamp() - self.timestamp())


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("America/New_York"), None])
@pytest.mark.parametrize("length", [Length(hours=1), Length(days=1)])
def test_times_and_lengths_of_other_classes_are_taken_as_plain_ones(length: timedelta, zone: tzinfo | None) -> None:
    theirs = IntervalSchedule(length, Moment(2026, 1, 1, 9, tzinfo=zone), "Europe/Berlin")
    ours = IntervalSchedule(
        timedelta(seconds=length.total_seconds()), datetime(2026, 1, 1, 9, tzinfo=zone), "Europe/Berlin"
    )
    assert theirs == ours == from_document(to_document(theirs))
    assert type(theirs.anchor_date) is datetime and type(theirs.interval) is timedelta
    after = Moment(2026, 2, 1, tzinfo=UTC)
    for one, other in ((theirs, ours), *((make(), make()) for make in MAKERS.values())):
        found = list(islice(one.firings(after), 3))
        assert found == list(islice(other.firings(datetime(2026, 2, 1, tzinfo=UTC)), 3))
        assert all(type(at) is datetime and type(with_jitter(one, at)) is datetime for at in found)


ZONES = ["America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "UTC"]


@settings(max_examples=150, deadline=None)
@given(
    st.timedeltas(timedelta(minutes=7), timedelta(days=9)).map(
        lambda each: each - timedelta(microseconds=each.microseconds)
    ),
    st.datetimes(
        datetime(2011, 6, 1), datetime(2012, 6, 1), timezones=st.sampled_from([ZoneInfo(each) for each in ZONES])
    ),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2011, 6, 1), datetime(2012, 6, 1), timezones=st.just(UTC)),
)
def test_intervals_from_any_anchor_are_in_order_without_doubles_and_later(
    interval: timedelta, anchor: datetime, zone: str, after: datetime
) -> None:
    schedule = IntervalSchedule(interval, anchor, zone)
    found = list(islice(schedule.firings(after), 60))
    assert found == sorted(set(found))
    assert found[0] > after
    assert list(islice(schedule.firings(found[20]), 39)) == found[21:]
    if interval < timedelta(days=1):
        assert {later - earlier for earlier, later in pairwise(found)} == {interval}
        assert (found[0] - anchor.astimezone(UTC)) % interval == timedelta(0)
