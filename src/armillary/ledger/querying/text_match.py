"""Conditions on names and on the beginnings of ids, in terms an index can serve."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false

from armillary.core.errors import InvalidOption

_HIGHEST = "\U0010ffff"


def id_begins_with(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """Ids that begin like ``prefix``, hexadecimal digits with or without dashes. Matches nothing for other text."""
    bounds = id_bounds(prefix)
    return false() if bounds is None else and_(column >= bounds[0], column <= bounds[1])


def id_bounds(prefix: str) -> tuple[str, str] | None:
    """The first and the last id that begin like ``prefix``.

    >>> id_bounds("0190163D-8")
    ('0190163d-8000-0000-0000-000000000000', '0190163d-8fff-ffff-ffff-ffffffffffff')
    """
    digits = prefix.lower().replace("-", "")
    if not digits or len(digits) > 32 or not set(digits) <= set("0123456789abcdef"):
        return None
    return _dashed(digits.ljust(32, "0")), _dashed(digits.ljust(32, "f"))


def _dashed(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def name_begins_with(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    return and_(column >= prefix, column < prefix + _HIGHEST)


def name_contains(column: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """Case does not matter. No index serves this."""
    if not part:
        raise InvalidOption("An empty text is contained in every name.", subject="name_contains")
    return column.icontains(part, autoescape=True)
