"""Is a value that came in an event what its column can hold? Databases differ in what they would refuse."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from armillary.core.text.long_text import LONGEST_MESSAGE, cut

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


LONGEST_TEXT = LONGEST_MESSAGE + 100
"""Characters of any text that somebody reads. What its writer has cut already has room for the note that says so."""
LONGEST_DOCUMENT = 2_000_000
"""Characters of what an artifact shows, as the engine has it."""
LONGEST_JSON = 1_000_000
"""Characters of a JSON text in an event."""
DEEPEST_JSON = 100
"""How far arrays and objects of such a text may lie within one another: readers and databases have limits of their own."""
MOST_TAGS = 1_000
"""Tags of one run; the others are left out."""


def readable(text: str) -> str:
    """Clean, and cut where nobody would read on."""
    return clean(text if len(text) <= LONGEST_TEXT else cut(text))


def is_deeper(value: object, deepest: int = DEEPEST_JSON) -> bool:
    """Whether lists and dicts lie further within one another. Looks at each once, level by level.

    >>> is_deeper([[1]], 1), is_deeper([[1]], 2)
    (True, False)
    """
    level = [value] if isinstance(value, (list, dict)) else []
    for _ in range(deepest):
        level = [
            each
            for outer in level
            for each in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(each, (list, dict))
        ]
    return bool(level)


def clean_or_none(text: str | None) -> str | None:
    return None if text is None else readable(text)


def tags_of(given: Iterable[str]) -> list[str]:
    """The tags of a run as they are kept: each once, in their order, no more than there may be."""
    return list(dict.fromkeys(short(tag) for tag in islice(given, MOST_TAGS)))
