"""Recurrence rules against dateutil, which is another implementation of RFC 5545, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from armillary.core.errors import InvalidSchedule
from armillary.core.schedules.rrule import RRuleSchedule

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SUB_DAILY = ("HOURLY", "MINUTELY")
FEW = 12
BEGINS = st.datetimes(datetime(2015, 1, 1), datetime(2022, 1, 1)).map(lambda at: at.replace(microsecond=0))


def some(draw: st.DrawFn, values: list[int] | list[str], most: int = 3) -> str:
    return ",".join(map(str, draw(st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True))))


@st.composite
def rules(draw: st.DrawFn) -> str:
    """One rule, of parts that both read alike. Left out is where dateutil departs from the standard: days with and without places
    together, places below a month, weeks that lie in two years, and
    positions in the week of DTSTART, of which it sees the end alone."""
    freq = draw(st.sampled_from(("YEARLY", "MONTHLY", "WEEKLY", "DAILY", *SUB_DAILY)))
    parts = {"FREQ": freq}

    def maybe(key: str, values: list[int] | list[str], most: int = 3) -> None:
        if draw(st.integers(0, 3)) == 0:
            parts[key] = some(draw, values, most)

    if draw(st.booleans()):
        parts["INTERVAL"] = str(draw(st.integers(1, 90 if freq in SUB_DAILY else 4)))
    maybe("BYMONTH", list(range(1, 13)), 6)
    maybe("BYMONTHDAY", [*range(-31, 0), *range(1, 32)], 10)
    if freq == "YEARLY":
        maybe("BYWEEKNO", [-51, -20, -2, 2, 20, 51])
        maybe("BYYEARDAY", [-366, -365, -1, 1, 60, 100, 365, 366], 6)
    has_places = freq in ("MONTHLY", "YEARLY") and "BYWEEKNO" not in parts and draw(st.booleans())
    maybe("BYDAY", [f"{place}{day}" for place in (-2, -1, 1, 2, 5) for day in DAYS] if has_places else list(DAYS), 4)
    maybe("BYHOUR", list(range(24)))
    maybe("BYMINUTE", list(range(60)))
    maybe("BYSECOND", list(range(0, 60, 2)))
    if parts.keys() - {"FREQ", "INTERVAL"} and freq not in (*SUB_DAILY, "WEEKLY"):
        maybe("BYSETPOS", [-3, -2, -1, 1, 2, 3, 7])
    maybe("WKST", list(DAYS), 1)
    return ";".join(f"{key}={value}" for key, value in parts.items())


def is_sub_daily(rule: str) -> bool:
    return any(freq in rule for freq in SUB_DAILY)


def written(begin: datetime, *lines: str) -> str:
    return "\n".join((f"DTSTART:{begin:%Y%m%dT%H%M%S}", *lines))


def fired(text: str, after: datetime, most: int) -> list[datetime]:
    found = islice(RRuleSchedule(text).firings(after.replace(tzinfo=UTC)), most)
    return [at.replace(tzinfo=None) for at in found]


def is_within_reach(rule: str, begin: datetime, after: datetime, many: int = FEW) -> bool:
    """dateutil steps through all that is not a firing and never ends where none comes."""
    try:
        found = fired(written(begin, f"RRULE:{rule}"), after, many)
    except InvalidSchedule:
        return False
    return len(found) == many and found[-1] < after + timedelta(days=10 if is_sub_daily(rule) else 4000)


@settings(max_examples=80, deadline=None)
@given(rules(), BEGINS, st.timedeltas(timedelta(days=-9), timedelta(days=200)))
def test_a_rule_fires_when_dateutil_says_so(rule: str, begin: datetime, later: timedelta) -> None:
    after = begin + later / (20 if is_sub_daily(rule) else 1)
    if is_within_reach(rule, begin, after):
        expected = list(islice(rrulestr(rule, dtstart=begin).xafter(after), FEW))
        assert fired(written(begin, f"RRULE:{rule}"), after, FEW) == expected


@settings(max_examples=40, deadline=None)
@given(rules(), BEGINS, st.integers(1, 40), st.timedeltas(timedelta(0), timedelta(days=200)))
def test_count_counts_from_dtstart_wherever_it_is_asked(
    rule: str, begin: datetime, count: int, later: timedelta
) -> None:
    if is_within_reach(rule, begin, begin - timedelta(seconds=1), count):
        after = begin + later / (20 if is_sub_daily(rule) else 1)
        expected = [at for at in islice(rrulestr(rule, dtstart=begin), count) if at > after]
        assert fired(written(begin, f"RRULE:{rule};COUNT={count}"), after, count) == expected


@settings(max_examples=20, deadline=None)
@given(st.lists(rules(), min_size=2, max_size=3), BEGINS, st.data())
def test_sets_of_rules_with_times_added_and_left_out(wanted: list[str], begin: datetime, data: st.DataObject) -> None:
    if not all(is_within_reach(rule, begin, begin, 2 * FEW) for rule in wanted):
        return
    lines = [f"RRULE:{rule}" for rule in wanted]
    first = list(islice(rrulestr(written(begin, *lines), forceset=True), 8))
    added = begin + timedelta(minutes=data.draw(st.integers(1, 100_000)))
    left_out = data.draw(st.lists(st.sampled_from(first), min_size=1, max_size=4))
    lines += [f"RDATE:{added:%Y%m%dT%H%M%S}", f"EXDATE:{','.join(f'{at:%Y%m%dT%H%M%S}' for at in left_out)}"]
    text = written(begin, *lines)
    assert fired(text, begin - timedelta(seconds=1), FEW) == list(islice(rrulestr(text), FEW)), text


@pytest.mark.parametrize("number", [1, 2, 51, 52, 53])
def test_weeks_are_numbered_as_iso_8601_does_also_over_the_turn_of_a_year(number: int) -> None:
    found = fired(f"DTSTART:20000101T000000\nRRULE:FREQ=YEARLY;BYWEEKNO={number}", datetime(2000, 1, 1), 40)
    days = [datetime(2000, 1, 2) + timedelta(days=each) for each in range(365 * 60)]
    assert found == [day for day in days if day.isocalendar().week == number][:40]


@settings(max_examples=80, deadline=None)
@given(rules(), BEGINS)
def test_every_rule_is_read_or_refused_and_said_in_words(rule: str, begin: datetime) -> None:
    try:
        schedule = RRuleSchedule(written(begin, f"RRULE:{rule}"), "Asia/Kathmandu")
    except InvalidSchedule:
        return
    assert schedule.words()
    found = list(islice(schedule.firings(begin.replace(tzinfo=UTC)), 30))
    assert found == sorted(set(found))
