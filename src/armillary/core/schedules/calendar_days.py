"""The days of the calendar that a rule picks.

A year is one of few kinds: its weekdays, and whether it and its neighbours are leap years, decide which of its days a rule
picks. So the days of each kind are computed once, and three centuries of a rule that never fires take a few milliseconds.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Iterator
from datetime import date

FIRST_YEAR = 1900
LAST_YEAR = 2199
"""No rule fires outside these years, so a search for a firing ends."""
LAST_DAY = date(LAST_YEAR, 12, 31).toordinal()


class CalendarDays:
    """``picks`` tests whether a rule picks a day; None: it picks all. A day is its ordinal, as ``date.toordinal`` counts them."""

    __slots__ = ("_picks", "_tables")

    def __init__(self, picks: Callable[[date], bool] | None) -> None:
        self._picks = picks
        self._tables: dict[tuple[bool, bool, bool, int], tuple[int, ...]] = {}

    def begin(self, first: int) -> Iterator[int]:
        """The days picked, from ``first`` on, in order."""
        first = max(first, date(FIRST_YEAR - 1, 1, 1).toordinal())
        if self._picks is None:
            yield from range(first, LAST_DAY + 1)
            return
        for year in range(date.fromordinal(min(first, LAST_DAY)).year, LAST_YEAR + 1):
            january = date(year, 1, 1).toordinal()
            for day in self._of(year, january):
                if january + day >= first:
                    yield january + day

    def _of(self, year: int, january: int) -> tuple[int, ...]:
        kind = (isleap(year - 1), isleap(year), isleap(year + 1), january % 7)
        if kind not in self._tables:
            assert self._picks is not None
            days = range(366 if kind[1] else 365)
            self._tables[kind] = tuple(day for day in days if self._picks(date.fromordinal(january + day)))
        return self._tables[kind]
