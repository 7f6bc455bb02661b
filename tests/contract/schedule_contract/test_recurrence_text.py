"""What the lines of a recurrence set mean (RFC 5545), and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from armillary.core.errors import InvalidSchedule
from armillary.core.schedules.rrule import RRuleSchedule

BERLIN = "DTSTART;TZID=Europe/Berlin:20240101T090000\nRRULE:FREQ=DAILY"


def fires(text: str, begin: str, most: int = 4, **options: Any) -> list[str]:
    after = datetime.fromisoformat(begin).replace(tzinfo=UTC)
    return [f"{at:%Y-%m-%d %H:%M}" for at in islice(RRuleSchedule(text, **options).firings(after), most)]


@pytest.mark.parametrize(
    ("text", "begin", "expected"),
    [
        pytest.param(
            "DTSTART;TZID=Asia/Jerusalem:20230805T123000\nRRULE:FREQ=WEEKLY;UNTIL=20230819T093000Z",
            "2023-08-01",
            ["2023-08-05 09:30", "2023-08-12 09:30", "2023-08-19 09:30"],
            id="UNTIL with Z is an instant, east of UTC",
        ),
        pytest.param(
            "DTSTART;TZID=America/New_York:19970902T090000\nRRULE:FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z",
            "1997-09-01",
            ["1997-09-02 13:00", "1997-09-02 16:00"],
            id="UNTIL with Z is an instant, west of UTC",
        ),
        pytest.param(
            "DTSTART;TZID=America/New_York:20240101T220000\nRRULE:FREQ=DAILY;UNTIL=20240102T220000",
            "2024-01-01",
            ["2024-01-02 03:00", "2024-01-03 03:00"],
            id="UNTIL without Z is local",
        ),
        pytest.param(
            "DTSTART:20240101T090000\nRRULE:FREQ=DAILY;UNTIL=20240102",
            "2024-01-01",
            ["2024-01-01 09:00", "2024-01-02 09:00"],
            id="UNTIL as a date takes that day in",
        ),
        pytest.param(
            "FREQ=YEARLY;UNTIL=99991231T235959Z",
            "2195-06-01",
            ["2196-01-01 00:00", "2197-01-01 00:00", "2198-01-01 00:00", "2199-01-01 00:00"],
            id="UNTIL for ever",
        ),
        pytest.param(
            "DTSTART:20230908T150000Z\nRRULE:FREQ=DAILY;COUNT=2",
            "2023-08-01",
            ["2023-09-08 15:00", "2023-09-09 15:00"],
            id="DTSTART with Z is in UTC",
        ),
        pytest.param(
            f"{BERLIN}\nEXDATE:20240102T080000Z",
            "2024-01-01T12:00",
            ["2024-01-03 08:00", "2024-01-04 08:00", "2024-01-05 08:00", "2024-01-06 08:00"],
            id="EXDATE in UTC",
        ),
        pytest.param(
            f"{BERLIN}\nEXDATE;TZID=America/New_York:20240102T030000,20240103T030000",
            "2024-01-01T12:00",
            ["2024-01-04 08:00", "2024-01-05 08:00", "2024-01-06 08:00", "2024-01-07 08:00"],
            id="EXDATE in another zone, several",
        ),
        pytest.param(
            f"{BERLIN}\nEXDATE:20240102T090000\nEXDATE;VALUE=DATE:20240104",
            "2024-01-01T12:00",
            ["2024-01-03 08:00", "2024-01-05 08:00", "2024-01-06 08:00", "2024-01-07 08:00"],
            id="EXDATE in local time, and of a whole day",
        ),
        pytest.param(
            f"{BERLIN}\nRDATE;TZID=America/New_York:20240102T120000\nRDATE:20240103T090000",
            "2024-01-01T12:00",
            ["2024-01-02 08:00", "2024-01-02 17:00", "2024-01-03 08:00", "2024-01-04 08:00"],
            id="RDATE adds, and what falls together fires once",
        ),
        pytest.param(
            "DTSTART:20240101T090000\nRDATE:20240105T100000Z",
            "2023-12-31",
            ["2024-01-01 09:00", "2024-01-05 10:00"],
            id="DTSTART itself where there is no RRULE",
        ),
        pytest.param(
            "DTSTART:20240101T090000\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20240102T090000",
            "2023-12-31",
            ["2024-01-01 09:00", "2024-01-03 09:00"],
            id="COUNT counts what EXDATE leaves out",
        ),
        pytest.param(
            "DTSTART:20240101T090000\nRRULE:FREQ=DAILY;COUNT=2\nRRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=2",
            "2023-12-31",
            ["2024-01-01 09:00", "2024-01-02 09:00", "2024-01-03 09:00", "2024-01-10 09:00"],
            id="each of several rules has a COUNT of its own",
        ),
        pytest.param(
            "DTSTART;TZID=Europe/Berlin:20241027T000000\nRRULE:FREQ=HOURLY;COUNT=4",
            "2024-10-26",
            ["2024-10-26 22:00", "2024-10-26 23:00", "2024-10-27 00:00", "2024-10-27 01:00"],
            id="COUNT counts firings where clocks go back",
        ),
        pytest.param(
            "DTSTART:20240101T090000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,\r\n TU;COUNT=3",
            "2023-12-31",
            ["2024-01-01 09:00", "2024-01-02 09:00", "2024-01-08 09:00"],
            id="a folded line",
        ),
        pytest.param(
            "FREQ=MONTHLY;BYDAY=1MO,FR;BYHOUR=9",
            "2024-06-01",
            ["2024-06-03 09:00", "2024-06-07 09:00", "2024-06-14 09:00", "2024-06-21 09:00"],
            id="days with and without a place are alternatives",
        ),
    ],
)
def test_lines_mean_what_calendars_mean_by_them(text: str, begin: str, expected: list[str]) -> None:
    assert fires(text, begin) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0"),
        ("FREQ=DAILY;INTERVAL=999999999999", "from 1 to 1,000,000"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999999999", "from 1 to 1,000,000"),
        ("FREQ=DAILY;INTERVAL=\u0663", "INTERVAL"),
        ("FREQ=DAILY;COUNT=0", "COUNT=0"),
        ("FREQ=DAILY;COUNT=-1", "COUNT=-1"),
        ("FREQ=DAILY;BYHOUR=24", "'24'"),
        ("FREQ=DAILY;BYMINUTE=-1", "'-1'"),
        ("FREQ=DAILY;BYSECOND=60", "'60'"),
        ("FREQ=DAILY;BYHOUR=", "no value"),
        ("FREQ=YEARLY;BYMONTH=13", "'13'"),
        ("FREQ=YEARLY;BYMONTHDAY=0", "'0'"),
        ("FREQ=DAILY;BYDAY=1MO", "within a month or a year"),
        ("FREQ=WEEKLY;BYDAY=0MO", "'0MO'"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
        ("FREQ=DAILY;FREQ=WEEKLY", "twice"),
        ("FREQ=DAILY;BYHOURS=9", "Did you mean 'BYHOUR'"),
        ("FREQ=DAILY;UNTIL=soon", "20260131T090000"),
        ("FREQ=DAILY;UNTIL=20240230", "UNTIL:20240230"),
        ("FREQ=DAILY;UNTIL=00010101T000000Z", "never fires"),
        ("DTSTART:18991231T000000\nRRULE:FREQ=DAILY", "1900"),
        ("DTSTART:99991231T000000\nRRULE:FREQ=DAILY", "2199"),
        ("DTSTART:20240101T090000\nDTSTART:20240101T090000\nRRULE:FREQ=DAILY", "several"),
        ("DTSTART;TZID=Europe/Berlin:20240101T090000Z\nRRULE:FREQ=DAILY", "Z means UTC"),
        ("DTSTART;TZID=Mars/Base:20240101T090000\nRRULE:FREQ=DAILY", "not a time zone"),
        ("DTSTART:20240101T090000\nEXRULE:FREQ=DAILY", "EXDATE"),
        ("DTSTART:20240101T090000\nRDATE;VALUE=PERIOD:20240101T090000/PT1H", "VALUE"),
        ("BEGIN:VEVENT", "BEGIN"),
        ("EXDATE:20240101T090000", "no RRULE"),
        ("\n".join(["RRULE:FREQ=DAILY"] * 11), "at most 10"),
        ("FREQ=SECONDLY", "every second"),
        ("FREQ=MINUTELY;BYSECOND=0,30,31", "every second"),
        ("DTSTART:20240101T090000\nRRULE:FREQ=DAILY;COUNT=1\nEXDATE:20240101T090000", "never fires"),
        ("RRULE:FREQ=DAILY\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never fires"),
    ],
)
def test_what_is_no_rule_is_refused_and_named(text: str, says: str) -> None:
    with pytest.raises(InvalidSchedule, match=says):
        RRuleSchedule(text)


@pytest.mark.parametrize("stated", ["DTSTART:20230908T150000Z", "DTSTART;TZID=Europe/Berlin:20230908T150000"])
def test_two_zones_for_one_rule_are_refused(stated: str) -> None:
    with pytest.raises(InvalidSchedule, match="Leave one of them out"):
        RRuleSchedule(f"{stated}\nRRULE:FREQ=DAILY", timezone="America/New_York")
