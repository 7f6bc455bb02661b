"""A schedule of any kind: as an object, as a document, and its firings in a period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice, takewhile
from typing import Any

from armillary.core.errors import InvalidSchedule
from armillary.core.schedules.cron import CronSchedule
from armillary.core.schedules.interval import ANCHOR, IntervalSchedule
from armillary.core.schedules.moments import instant_after, plain_moment
from armillary.core.schedules.rrule import RRuleSchedule

Schedule = IntervalSchedule | CronSchedule | RRuleSchedule

MOST_FIRINGS = 100
FARTHEST = timedelta(days=100)
_END = datetime.max.replace(tzinfo=UTC)


def due_times(
    schedule: Schedule, after: datetime, *, most: int = MOST_FIRINGS, within: timedelta = FARTHEST
) -> list[datetime]:
    """The next firings later than ``after``, ``most`` of them, none later than ``within`` from it.

    >>> [str(at.time()) for at in due_times(CronSchedule("0 9 * * *"), datetime(2024, 1, 1, tzinfo=UTC), most=2)]
    ['09:00:00', '09:00:00']
    """
    after = instant_after(after)
    last = after + min(within, _END - after)
    return list(islice(takewhile(lambda at: at <= last, schedule.firings(after)), most))


def check_it_fires(schedule: Schedule, after: datetime) -> None:
    """Raises InvalidSchedule if the last firing is in the past."""
    if next(iter(schedule.firings(after)), None) is None:
        raise InvalidSchedule(
            f"{schedule.words()} never fires again.",
            subject="schedule",
            advice="Give a rule that ends later, or leave the schedule out.",
        )


def with_jitter(schedule: Schedule, occurrence: datetime) -> datetime:
    """When the run of an occurrence is due: delayed by the schedule's jitter, which is deterministic."""
    if not schedule.jitter_seconds:
        return occurrence
    digest = blake2b(f"{schedule!r}{occurrence.isoformat()}".encode(), digest_size=8).digest()
    share = int.from_bytes(digest, "big") / 2**64
    return occurrence + timedelta(seconds=share * schedule.jitter_seconds)


def to_document(schedule: Schedule) -> dict[str, Any]:
    """As JSON values; ``from_document`` is the inverse."""
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
    """The schedule in a document. Raises InvalidSchedule with the reason if it is not valid."""
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
    timezone = "UTC" if document.get("timezone") in (None, "") else document["timezone"]
    jitter = 0 if document.get("jitter_seconds") is None else document["jitter_seconds"]
    match kinds[0]:
        case "interval":
            return IntervalSchedule(document["interval"], _anchor(document), timezone, jitter)
        case "cron":
            return CronSchedule(document["cron"], timezone, document.get("day_or", True), jitter)
        case _:
            return RRuleSchedule(document["rrule"], timezone, jitter)


_FIELDS = {"interval": {"interval", "anchor_date"}, "cron": {"cron", "day_or"}, "rrule": {"rrule"}}


def _anchor(document: Mapping[str, Any]) -> datetime:
    given = document.get("anchor_date")
    if given is None:
        return ANCHOR
    if not isinstance(given, str):
        return plain_moment(given, "anchor_date")
    try:
        return datetime.fromisoformat(given)
    except ValueError:
        raise InvalidSchedule(
            f"anchor_date={given!r} is not a time.", subject="anchor_date", advice="Write it as 2026-01-31T09:00:00Z."
        ) from None
