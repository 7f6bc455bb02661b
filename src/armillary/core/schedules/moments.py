"""Converts times given to schedules to plain types: subclasses of ``datetime`` and ``timedelta`` may calculate differently."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from armillary.core.errors import InvalidSchedule

_EARLIEST = datetime(1000, 1, 1, tzinfo=UTC)
MOST_JITTER = timedelta(days=100)


def plain_moment(value: Any, subject: str) -> datetime:
    """A plain ``datetime``: naive unchanged, aware in UTC. Raises InvalidSchedule.

    >>> plain_moment(datetime(2026, 1, 1, 9), "anchor_date")
    datetime.datetime(2026, 1, 1, 9, 0)
    """
    if not isinstance(value, datetime):
        raise InvalidSchedule(
            f"{subject}={value!r} is not a time.",
            subject=subject,
            advice="Give a datetime such as datetime(2026, 1, 1, 9).",
        )
    fields = (value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
    plain = datetime(*fields, tzinfo=value.tzinfo, fold=value.fold)
    if plain.utcoffset() is None:
        return plain.replace(tzinfo=None)
    try:
        return plain.astimezone(UTC)
    except OverflowError:
        raise InvalidSchedule(f"{subject}={value} is out of range.", subject=subject) from None


def instant_after(value: Any) -> datetime:
    """The start for ``firings``, in UTC. Raises InvalidSchedule for a naive time, which is
    ambiguous. Times before the year 1000 count as its beginning."""
    after = plain_moment(value, "after")
    if after.tzinfo is None:
        raise InvalidSchedule(
            f"after={after} has no time zone.",
            subject="after",
            advice="Give an aware datetime, such as datetime.now(UTC).",
        )
    return max(after, _EARLIEST)


def plain_length(value: Any, subject: str) -> timedelta:
    """A plain ``timedelta``, also from seconds. Raises InvalidSchedule."""
    if isinstance(value, timedelta):
        return timedelta.__pos__(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return timedelta(seconds=value)
        except OverflowError:
            raise InvalidSchedule(f"{subject}={value!r} seconds is too long.", subject=subject) from None
        except ValueError:
            pass  # not a number
    raise InvalidSchedule(
        f"{subject}={value!r} is not a duration.",
        subject=subject,
        advice="Give a timedelta, for example timedelta(hours=1), or a number of seconds.",
    )


def plain_jitter(value: Any) -> float:
    """Seconds. Raises InvalidSchedule unless it is a finite number from 0 to 100 days."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not isfinite(value) or not 0 <= value <= MOST_JITTER.total_seconds():
        raise InvalidSchedule(
            f"jitter_seconds={value!r} is not a number of seconds from 0 to {MOST_JITTER.total_seconds():.0f}.",
            subject="jitter_seconds",
        )
    return float(value)


def plain_text(value: Any, subject: str, longest: int, advice: str) -> str:
    """Raises InvalidSchedule unless it is text of at most ``longest`` characters."""
    if not isinstance(value, str):
        raise InvalidSchedule(f"{subject}={value!r} is not text.", subject=subject, advice=advice)
    if len(value) > longest:
        raise InvalidSchedule(
            f"A rule of {len(value)} characters is too long; the limit is {longest}.", subject=subject
        )
    return str(value)
