"""How a flow run ends, judged over states: those it returned, or all of its children."""

from __future__ import annotations

from armillary.core.states import CANCELLED, COMPLETED, CRASHED, FAILED, TERMINAL, StateType

ALL_COMPLETED = "All states completed."


class StateTally:
    """Counts of the judged states by outcome. Only counts are stored, so its size does not grow with a run."""

    __slots__ = ("cancelled", "failed", "total", "unfinished")

    def __init__(self, total: int = 0, failed: int = 0, cancelled: int = 0, unfinished: int = 0) -> None:
        self.total = total
        self.failed = failed
        self.cancelled = cancelled
        self.unfinished = unfinished

    def add(self, kind: StateType) -> None:
        self.total += 1
        if kind is COMPLETED:
            return
        if kind is FAILED or kind is CRASHED:
            self.failed += 1
        elif kind is CANCELLED:
            self.cancelled += 1
        elif kind not in TERMINAL:
            self.unfinished += 1

    def merge(self, other: StateTally) -> None:
        self.total += other.total
        self.failed += other.failed
        self.cancelled += other.cancelled
        self.unfinished += other.unfinished


def judge(tally: StateTally) -> tuple[StateType, str]:
    """Any FAILED or CRASHED makes FAILED (counting only these); else any that is not final makes FAILED; else any CANCELLED makes
    CANCELLED; else COMPLETED.

    >>> judge(StateTally(total=3, failed=1, cancelled=2))
    (<StateType.FAILED: 'FAILED'>, '1/3 states failed.')
    """
    if tally.failed:
        return FAILED, f"{tally.failed}/{tally.total} states failed."
    if tally.unfinished:
        return FAILED, f"{tally.unfinished}/{tally.total} states are not final."
    if tally.cancelled:
        return CANCELLED, f"{tally.cancelled}/{tally.total} states cancelled."
    return COMPLETED, ALL_COMPLETED
