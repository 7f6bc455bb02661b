"""The text of a recurrence set (RFC 5545): DTSTART, RRULE, RDATE and EXDATE lines, or a bare rule such as FREQ=DAILY."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NoReturn

from armillary.core.errors import InvalidSchedule, did_you_mean
from armillary.core.schedules.calendar_days import FIRST_YEAR, LAST_YEAR
from armillary.core.schedules.recurrence import UNITS, RecurrenceParts
from armillary.core.schedules.wall_clock import seconds_of
from armillary.core.schedules.wall_time import instant, zone_of

BEGIN = datetime(2020, 1, 1)
"""Where a rule without DTSTART begins."""
MOST_RULES = 10
MOST_INTERVAL = 1_000_000
MOST_COUNT = 1_000_000_000
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_FIRST, _LAST = datetime(FIRST_YEAR - 1, 12, 30), datetime(LAST_YEAR + 1, 1, 2)
_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", *UNITS)
_FOLD = re.compile(r"\r?\n[ \t]+(?!(?:DTSTART|RRULE|RDATE|EXDATE|EXRULE|FREQ)\b)", re.IGNORECASE)
"""A long line may continue on the next one, after a blank. A new line that is only indented does not."""
_NAME = re.compile(r"([A-Z-]+)((?:;[^:]*)?):(.*)$", re.IGNORECASE)
_STAMP = re.compile(r"(\d{8})(?:T(\d{4}|\d{6})(Z?))?$", re.IGNORECASE | re.ASCII)
_PLACED_DAY = re.compile(r"([+-]?\d{1,2})?([A-Z]{2})$", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,12}$", re.ASCII)


@dataclass(frozen=True, slots=True)
class RecurrenceSet:
    """``begin`` is local in ``zone``, the name of a time zone. The other times are instants, in whole seconds; ``excluded_days`` are
    local days as ordinals. UNTIL of a rule is an instant."""

    zone: str
    begin: datetime
    rules: tuple[RecurrenceParts, ...]
    added: frozenset[int]
    excluded: frozenset[int]
    excluded_days: frozenset[int]


def recurrence_set(text: str, zone: str) -> RecurrenceSet:
    """``zone`` applies to times that name none. Raises InvalidSchedule naming what cannot be parsed."""
    lines = list(_lines(text))
    starts = [each for each in lines if each[0] == "DTSTART"]
    if len(starts) > 1:
        _refuse("DTSTART", "there are several")
    begin, named = BEGIN, None
    for name, parameters, value in starts:
        begin, named, _ = _stamp(name, value, parameters)
    if named is not None and zone not in ("UTC", named):
        raise InvalidSchedule(
            f"The rule is in {named} and its timezone {zone}.", subject="timezone", advice="Leave one of them out."
        )
    zone = named or zone
    rules = tuple(_parts(value, zone) for name, _, value in lines if name == "RRULE")
    if len(rules) > MOST_RULES:
        _refuse("RRULE", f"at most {MOST_RULES} can be combined")
    added = {_instant_of(*each, zone) for line in lines if line[0] == "RDATE" for each in _values(*line)}
    if not rules and not added:
        _refuse(text, "it has no RRULE")
    if not rules and starts:
        added.add(seconds_of(instant(begin, zone_of(zone))))
    excluded = [each for line in lines if line[0] == "EXDATE" for each in _values(*line)]
    return RecurrenceSet(
        zone,
        begin,
        rules,
        frozenset(added),
        frozenset(_instant_of(*each, zone) for each in excluded if not each[2]),
        frozenset(at.toordinal() for at, _, is_date in excluded if is_date),
    )


def _lines(text: str) -> Iterator[tuple[str, Mapping[str, str], str]]:
    for line in _FOLD.sub("", text).split():
        found = _NAME.match(line)
        if found is None:
            if "=" not in line:
                _refuse(line, "it is neither a rule nor a line of a calendar")
            yield "RRULE", {}, line
            continue
        name = found[1].upper()
        if name == "EXRULE":
            _refuse("EXRULE", "RFC 5545 removed it; list the times in EXDATE")
        if name not in ("DTSTART", "RRULE", "RDATE", "EXDATE"):
            _refuse(found[1], "only the calendar lines DTSTART, RRULE, RDATE and EXDATE are supported")
        parameters = {}
        for each in found[2].split(";")[1:]:
            key, _, value = each.partition("=")
            parameters[key.upper()] = value.strip('"')
        unknown = sorted(parameters.keys() - {"TZID", "VALUE"})
        if unknown or parameters.get("VALUE", "DATE").upper() not in ("DATE", "DATE-TIME"):
            _refuse(found[2].lstrip(";"), "only TZID=<time zone>, VALUE=DATE and VALUE=DATE-TIME are supported")
        yield name, parameters, found[3]


def _values(name: str, parameters: Mapping[str, str], value: str) -> Iterator[tuple[datetime, str | None, bool]]:
    return (_stamp(name, each, parameters) for each in value.split(","))


def _stamp(name: str, value: str, parameters: Mapping[str, str]) -> tuple[datetime, str | None, bool]:
    """The local time, the zone it names, and whether it is a date alone."""
    named = parameters.get("TZID")
    if named is not None:
        zone_of(named)
    found = _STAMP.match(value.replace("-", "").replace(":", ""))
    try:
        if found is None:
            raise ValueError("write a time as 20260131T090000, followed by Z if it is in UTC")
        day = datetime.strptime(found[1], "%Y%m%d")
        clock = (found[2] or "000000").ljust(6, "0")
        at = day.replace(hour=int(clock[:2]), minute=int(clock[2:4]), second=int(clock[4:]))
        if name != "UNTIL" and not FIRST_YEAR <= at.year <= LAST_YEAR:
            raise ValueError(f"the year must be from {FIRST_YEAR} to {LAST_YEAR}")
    except ValueError as problem:
        _refuse(f"{name}:{value}", str(problem))
    if found[3]:
        if named not in (None, "UTC"):
            _refuse(f"{name}:{value}", f"Z means UTC, and TZID is {named}")
        named = "UTC"
    return at, named, found[2] is None


def _instant_of(at: datetime, named: str | None, is_date: bool, zone: str) -> int:
    return seconds_of(instant(at, zone_of(named or zone)))


def _parts(rule: str, zone: str) -> RecurrenceParts:
    given: dict[str, str] = {}
    for each in filter(None, rule.upper().split(";")):
        key, _, value = each.partition("=")
        if key in given:
            _refuse(each, f"{key} is given twice")
        if key not in _READ and key not in ("FREQ", "UNTIL"):
            _refuse(each, did_you_mean(key, [*_READ, "FREQ", "UNTIL"]) or "")
        if not value:
            _refuse(each, "it has no value")
        given[key] = value
    freq = given.pop("FREQ", "")
    if freq not in _FREQUENCIES:
        _refuse(f"FREQ={freq}", f"give one of {', '.join(_FREQUENCIES)}")
    until = given.pop("UNTIL", None)
    read: dict[str, Any] = {_READ[key][0]: _READ[key][1](key, value) for key, value in given.items()}
    parts = replace(RecurrenceParts(freq=freq), **read)
    has_places = any(place for _, place in parts.weekdays)
    if has_places and (freq not in ("MONTHLY", "YEARLY") or parts.week_numbers):
        _refuse(f"BYDAY={given['BYDAY']}", "a number before the day counts within a month or a year")
    if parts.positions and not given.keys() - {"INTERVAL", "COUNT", "WKST", "BYSETPOS"}:
        _refuse(f"BYSETPOS={given['BYSETPOS']}", "it needs another BY part to select from")
    return parts if until is None else replace(parts, until=_until(until, zone))


def _until(value: str, zone: str) -> int:
    """The last instant. A date alone means all of that day."""
    at, named, is_date = _stamp("UNTIL", value, {})
    at = min(max(at, _FIRST), _LAST)  # some calendars write UNTIL=99991231T235959Z for "forever"
    return _instant_of(at + _DAY - _SECOND if is_date else at, named, is_date, zone)


def _number(lowest: int, highest: int) -> Callable[[str, str], int]:
    def read(key: str, value: str) -> int:
        if not _NUMBER.match(value) or not lowest <= int(value) <= highest:
            _refuse(f"{key}={value}", f"it is a whole number from {lowest:,} to {highest:,}")
        return int(value)

    return read


def _numbers(lowest: int, highest: int) -> Callable[[str, str], frozenset[int]]:
    """Also the negative ones, which count from the end, where 0 is none."""

    def read(key: str, value: str) -> frozenset[int]:
        found = []
        for each in value.split(","):
            number = int(each) if _NUMBER.match(each) else None
            if number is None or not lowest <= (number if lowest == 0 or key == "BYMONTH" else abs(number)) <= highest:
                _refuse(f"{key}={value}", f"{each!r} is not a number from {lowest} to {highest}")
            found.append(number)
        return frozenset(found)

    return read


def _weekday(key: str, value: str) -> int:
    if value not in DAYS:
        _refuse(f"{key}={value}", f"give one of {', '.join(DAYS)}")
    return DAYS.index(value)


def _weekdays(key: str, value: str) -> frozenset[tuple[int, int]]:
    found = []
    for each in value.split(","):
        match = _PLACED_DAY.match(each)
        place = 0 if match is None or match[1] is None else int(match[1])
        if match is None or match[2] not in DAYS or abs(place) > 53 or (match[1] and not place):
            _refuse(f"{key}={value}", f"{each!r} is not a day such as MO, 1MO or -1MO")
        found.append((DAYS.index(match[2]), place))
    return frozenset(found)


_READ: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    "INTERVAL": ("interval", _number(1, MOST_INTERVAL)),
    "COUNT": ("count", _number(1, MOST_COUNT)),
    "WKST": ("week_start", _weekday),
    "BYMONTH": ("months", _numbers(1, 12)),
    "BYWEEKNO": ("week_numbers", _numbers(1, 53)),
    "BYYEARDAY": ("year_days", _numbers(1, 366)),
    "BYMONTHDAY": ("month_days", _numbers(1, 31)),
    "BYDAY": ("weekdays", _weekdays),
    "BYHOUR": ("hours", _numbers(0, 23)),
    "BYMINUTE": ("minutes", _numbers(0, 59)),
    "BYSECOND": ("seconds", _numbers(0, 59)),
    "BYSETPOS": ("positions", _numbers(1, 366)),
}


def _refuse(what: str, why: str) -> NoReturn:
    shown = what if len(what) <= 200 else f"{what[:200]}…"
    raise InvalidSchedule(
        f"{shown!r} is not a recurrence rule: {why}.".replace("..", "."),
        subject=shown,
        advice="Give one such as FREQ=WEEKLY;BYDAY=MO;BYHOUR=9.",
    )
