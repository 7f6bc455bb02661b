"""Is a value that came in an event what its column can hold? Databases differ in what they would refuse."""

from __future__ import annotations

import re

_is_uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch

_LATEST = 253_402_300_799_999_999
"""The last microsecond of the year 9999, which is as far as datetimes go."""
_LARGEST = 2**31 - 1


def is_id(text: str) -> bool:
    """
    >>> is_id("0190163d-8694-739b-aea5-966c26f8ad91"), is_id("1")
    (True, False)
    """
    return _is_uuid(text) is not None


def is_time(micros: int) -> bool:
    return 0 <= micros <= _LATEST


def is_count(number: int) -> bool:
    return 0 <= number <= _LARGEST


def clean(text: str) -> str:
    """PostgreSQL has no NUL in text; it becomes the character that stands for what cannot be shown."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}") if "\x00" in text else text


LONGEST_NAME = 500
"""Characters of what an index holds: an entry of PostgreSQL's has room for 2,700 bytes."""


def short(text: str) -> str:
    """Clean, and cut where it is too long for an index.

    >>> len(short("x" * 1000))
    500
    """
    return clean(text) if len(text) <= LONGEST_NAME else clean(text[: LONGEST_NAME - 1]) + "…"


def clean_or_none(text: str | None) -> str | None:
    return None if text is None else clean(text)
