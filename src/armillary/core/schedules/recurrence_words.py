"""A recurrence rule in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

_UNITS = {
    "MINUTELY": "minute",
    "HOURLY": "hour",
    "DAILY": "day",
    "WEEKLY": "week",
    "MONTHLY": "month",
    "YEARLY": "year",
}
_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_PLACES = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last", "-2": "last but one"}
_SAID = {
    "FREQ",
    "INTERVAL",
    "BYDAY",
    "BYMONTHDAY",
    "BYMONTH",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
    "COUNT",
    "UNTIL",
    "WKST",
}
_BEGINS = re.compile(r"DTSTART(?:;[^:]*)?:(\d{8}T\d{6})Z?$", re.IGNORECASE)
_PLACED_DAY = re.compile(r"([+-]?\d+)?([A-Z]{2})$")


def recurrence_words(rule: str, begin: datetime) -> str | None:
    """``rule`` is valid. ``begin`` is its start if the rule has none. None: the words would be longer than the rule.

    >>> recurrence_words("FREQ=MONTHLY;BYDAY=1MO;BYHOUR=9", datetime(2020, 1, 1))
    'At 09:00 on the first Monday of every month'
    """
    lines = rule.upper().split()
    if len(lines) > 1 and (begins := _BEGINS.match(lines[0])):
        begin = datetime.strptime(begins[1], "%Y%m%dT%H%M%S")
        lines = lines[1:]
    if len(lines) != 1:
        return None
    parts = dict(part.split("=", 1) for part in lines[0].removeprefix("RRULE:").split(";") if "=" in part)
    if not parts.keys() <= _SAID or parts.get("FREQ") not in _UNITS or parts.get("BYSECOND", "0") not in ("0", "00"):
        return None
    phrase = _often(parts, begin) if parts["FREQ"] in ("MINUTELY", "HOURLY") else _on_days(parts, begin)
    return phrase and phrase + _end(parts)


def _often(parts: Mapping[str, str], begin: datetime) -> str | None:
    if parts.keys() & {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYHOUR"}:
        return None
    every = f"Every {_each(parts)}"
    if parts["FREQ"] == "MINUTELY":
        return None if "BYMINUTE" in parts else every
    minute = parts.get("BYMINUTE", str(begin.minute))
    if not minute.isdigit():
        return None
    return every if int(minute) == 0 else f"{every}, {int(minute)} minutes past"


def _on_days(parts: Mapping[str, str], begin: datetime) -> str | None:
    clock, days = _clock(parts, begin), _days(parts, begin)
    return clock and days and f"At {clock} {days}"


def _days(parts: Mapping[str, str], begin: datetime) -> str | None:
    freq, days, dates, months = parts["FREQ"], *(_listed(parts, key) for key in ("BYDAY", "BYMONTHDAY", "BYMONTH"))
    if (days and dates) or not all(each.isdigit() and 1 <= int(each) <= len(_MONTHS) for each in months):
        return None
    named = _and([_MONTHS[int(each) - 1] for each in months])
    if freq in ("DAILY", "WEEKLY"):
        return _on_weekdays(parts, days, begin) if not dates and not months else None
    if freq == "MONTHLY":
        of = f"every {_each(parts)}" if not months else named if "INTERVAL" not in parts else None
    else:
        # Of a year without months, days are those of every month or of the year.
        of = (
            (named or _MONTHS[begin.month - 1]) if "INTERVAL" not in parts and (months or not (days or dates)) else None
        )
    on = _placed(days) if days else _dated(dates or [str(begin.day)])
    return of and on and f"on the {on} of {of}"


def _on_weekdays(parts: Mapping[str, str], days: Sequence[str], begin: datetime) -> str | None:
    if not all(day in _DAYS for day in days):
        return None
    is_weekly = parts["FREQ"] == "WEEKLY"
    if not days and not is_weekly:
        return f"every {_each(parts)}"
    chosen = set(days) or {list(_DAYS)[begin.weekday()]}
    weekend = {"SA", "SU"}
    if chosen == _DAYS.keys() - weekend:
        on = "on weekdays"
    elif chosen == weekend:
        on = "on weekends"
    else:
        on = "on " + _and([f"{name}s" for day, name in _DAYS.items() if day in chosen])
    if parts.get("INTERVAL", "1") == "1":
        return on
    return f"{on} of every {_each(parts)}" if is_weekly else None


def _placed(days: Sequence[str]) -> str | None:
    found = [_PLACED_DAY.match(day) for day in days]
    names = [
        f"{_PLACES[place]} {_DAYS[each[2]]}"
        for each in found
        if each and each[2] in _DAYS and (place := (each[1] or "").removeprefix("+")) in _PLACES
    ]
    return _and(names) if len(names) == len(days) else None


def _dated(dates: Sequence[str]) -> str:
    return _and(["last day" if date == "-1" else _ordinal(int(date)) for date in dates])


def _clock(parts: Mapping[str, str], begin: datetime) -> str | None:
    hours = _listed(parts, "BYHOUR") or [str(begin.hour)]
    minutes = _listed(parts, "BYMINUTE") or [str(begin.minute)]
    if len(hours) > 1 and len(minutes) > 1:
        return None
    return _and([f"{int(hour):02}:{int(minute):02}" for hour in hours for minute in minutes])


def _each(parts: Mapping[str, str]) -> str:
    many, unit = int(parts.get("INTERVAL", "1")), _UNITS[parts["FREQ"]]
    return unit if many == 1 else f"{many} {unit}s"


def _end(parts: Mapping[str, str]) -> str:
    if "UNTIL" in parts:
        day = parts["UNTIL"]
        return f", until {day[:4]}-{day[4:6]}-{day[6:8]}"
    return f", {parts['COUNT']} times" if "COUNT" in parts else ""


def _listed(parts: Mapping[str, str], key: str) -> list[str]:
    return parts[key].split(",") if parts.get(key) else []


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def _ordinal(number: int) -> str:
    many = abs(number)
    ending = "th" if 10 < many % 100 < 20 else {1: "st", 2: "nd", 3: "rd"}.get(many % 10, "th")
    return f"{many}{ending}" if number > 0 else f"{many}{ending} last day"
