"""The clock of a database on another machine, as far as it can be told from here.

What the database said it read at some moment between the question and its answer, and on a busy machine those are far apart. So an
answer is no measurement but a proof of what cannot be: only by that is corrected what was thought before. On one machine the two clocks
are one, and stay so however late answers come.
"""

from __future__ import annotations

from collections.abc import Callable

from armillary.clock import now_us


class DatabaseClock:
    """``here`` gives UTC microseconds of this machine. Any thread may use it."""

    def __init__(self, here: Callable[[], int] = now_us) -> None:
        self.here = here
        self._ahead = 0

    def now(self) -> int:
        """UTC microseconds of the database's clock."""
        return self.here() + self._ahead

    def saw(self, asked: int, said: int, answered: int) -> None:
        """The database said that it was ``said``, asked and answered at those moments of this machine's clock."""
        self._ahead = min(max(self._ahead, said - answered), said - asked)
