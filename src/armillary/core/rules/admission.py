"""Whether a recorded state change counts: the ledger checks every event before it changes a run.

Three answers: it applies; it is history only, because a newer owner was granted the run (fenced); or it is history only,
because the run's state does not allow the move. One exception to "terminal is final" within an attempt: CRASHED by
presumption (by the reaper, for an owner without heartbeats) yields to events that this owner sends later.

This also holds while the run waits to be restarted and has not been granted: there is no newer owner yet that could fence the
old one. Runs below it count as before, and the run itself leaves its queue once its owner reports that it has
finished. A report that it is still running does not count: it may be granted to another owner at any moment.
"""

from __future__ import annotations

from enum import Enum

from armillary.core.rules.ownership import SUSPENDED
from armillary.core.states import COMPLETED, FAILED, PAUSED, StateType, can_move


class Admission(Enum):
    APPLIES = "applies"
    FENCED = "fenced"
    ILLEGAL = "illegal"


def admit(
    current: StateType | None,
    proposed: StateType,
    *,
    current_attempt: int,
    event_attempt: int,
    before_crash: StateType | None = None,
    awaits_grant: bool = False,
) -> Admission:
    """Judge one state change of a run that is in ``current`` (None: not created yet).

    ``before_crash`` is the state that a presumed crash replaced, from which the owner's own move must be legal. ``awaits_grant``:
    the root run was put back into its queue after such a crash, as ``current_attempt``, which has not been granted.
    """
    if event_attempt != current_attempt and not (awaits_grant and event_attempt == current_attempt - 1):
        return Admission.FENCED
    if before_crash is not None:
        current = before_crash
    return Admission.APPLIES if can_move(current, proposed) else Admission.ILLEGAL


def finishes(kind: StateType, name: str) -> bool:
    """Whether an owner that reports this state has finished its work. A cancellation does not count: it may be how the owner
    obeyed the message that the run was reassigned.

    >>> finishes(COMPLETED, "Cached"), finishes(PAUSED, "Paused"), finishes(PAUSED, "Suspended")
    (True, False, True)
    """
    return kind in (COMPLETED, FAILED) or (kind is PAUSED and name == SUSPENDED)
