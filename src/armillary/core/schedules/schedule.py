"""A schedule, whichever its kind: as an object, as a document, and what it fires in a span of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import takewhile
from typing import Any

from armillary.core.errors import InvalidSchedule
from armillary.core.schedules.cron import CronSchedule
from armillary.core.schedules.interval import ANCHOR, IntervalSchedule
from armillary.core.schedules.rrule import RRuleSchedule

Schedule = IntervalSchedule | CronSchedule | RRuleSchedule

MOST_FIRINGS = 100
FARTHEST = timedelta(days=100)


def due_times(
    schedule: Schedule, after: datetime, *, most: int = MOST_FIRINGS, within: timedelta = FARTHEST
) -> list[datetime]:
    """The next firings later than ``after``, ``most`` of them, none later than ``within`` from it.

    >>> [str(at.time()) for at in due_times(CronSchedule("0 9 * * *"), datetime(2024, 1, 1, tzinfo=UTC), most=2)]
    ['09:00:00', '09:00:00']
    """
    found = []
    for at in takewhile(lambda at: at <= after + within, schedule.firings(after)):
        found.append(at)
        if len(found) == most:
            break
    return found


def check_it_fires(schedule: Schedule, after: datetime) -> None:
    """Raises InvalidSchedule for one whose last firing is over."""
    if next(iter(schedule.firings(after)), None) is None:
        raise InvalidSchedule(
            f"{schedule.words()} never fires again.",
            subject="schedule",
            advice="Give a rule that ends later, or leave the schedule out.",
        )


def with_jitter(schedule: Schedule, occurrence: datetime) -> datetime:
    """When the run of an occurrence is due: as much later as the schedule's jitter puts it, the same whenever asked."""
    if not schedule.jitter_seconds:
        return occurrence
    digest = blake2b(f"{schedule!r}{occurrence.isoformat()}".encode(), digest_size=8).digest()
    share = int.from_bytes(digest, "big") / 2**64
    return occurrence + timedelta(seconds=share * schedule.jitter_seconds)


def to_document(schedule: Schedule) -> dict[str, Any]:
    """As JSON has it; ``from_document`` reads it again."""
    common = {"timezone": schedule.timezone, "jitter_seconds": schedule.jitter_seconds}
    match schedule:
        case IntervalSchedule():
            anchor = schedule.anchor_date.isoformat()
            return {"interval": schedule.interval.total_seconds(), "anchor_date": anchor, **common}
        case CronSchedule():
            return {"cron": schedule.cron, "day_or": schedule.day_or, **common}
        case RRuleSchedule():
            return {"rrule": schedule.rrule, **common}


def from_document(document: Mapping[str, Any]) -> Schedule:
    """The schedule of a document. Raises InvalidSchedule for one that is none, naming what is wrong."""
    kinds = [kind for kind in ("interval", "cron", "rrule") if kind in document]
    if len(kinds) != 1:
        raise InvalidSchedule(
            "A schedule has exactly one of interval, cron and rrule.",
            subject="schedule",
            advice='For example {"cron": "0 9 * * *", "timezone": "Europe/Berlin"}.',
        )
    known = {"timezone", "jitter_seconds", *_FIELDS[kinds[0]]}
    unknown = sorted(set(document) - known)
    if unknown:
        raise InvalidSchedule(
            f"A schedule with {kinds[0]} has no {unknown[0]!r}.", subject=unknown[0], advice=f"Known: {sorted(known)}."
        )
    timezone = str(document.get("timezone") or "UTC")
    try:
        jitter = float(document.get("jitter_seconds") or 0)
        if not 0 <= jitter <= FARTHEST.total_seconds():
            raise ValueError("jitter_seconds is 0 or more")
        if kinds[0] == "interval":
            return IntervalSchedule(_length(document["interval"]), _anchor(document), timezone, jitter)
        if kinds[0] == "cron":
            return CronSchedule(str(document["cron"]), timezone, bool(document.get("day_or", True)), jitter)
        return RRuleSchedule(str(document["rrule"]), timezone, jitter)
    except InvalidSchedule:
        raise
    except (ValueError, TypeError, OverflowError) as problem:
        raise InvalidSchedule(f"The schedule cannot be read: {problem}.", subject="schedule") from None


_FIELDS = {"interval": {"interval", "anchor_date"}, "cron": {"cron", "day_or"}, "rrule": {"rrule"}}


def _length(value: Any) -> timedelta:
    return value if isinstance(value, timedelta) else timedelta(seconds=float(value))


def _anchor(document: Mapping[str, Any]) -> datetime:
    given = document.get("anchor_date")
    if given is None:
        return ANCHOR
    anchor = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    return anchor if anchor.tzinfo is None else anchor.astimezone(UTC)
