"""Does a recorded state change count? What the ledger asks of every event before it lets it change a run.

Three answers: it applies; it is history only, because a newer owner was granted the run (fenced); or it is history only,
because the run's state does not allow the move. One exception to "terminal is final" within an attempt: CRASHED by
presumption (a reaper's, for an owner that fell silent) gives way to what that owner then proves it did.
"""

from __future__ import annotations

from enum import Enum

from armillary.core.states import CRASHED, StateType, can_move


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
    crash_is_presumed: bool = False,
    before_crash: StateType | None = None,
) -> Admission:
    """Judge one state change of a run that is in ``current`` (None: not created yet).

    ``before_crash`` is the state a presumed crash replaced, from which the owner's own move must be legal.
    """
    if event_attempt != current_attempt:
        return Admission.FENCED
    if current is CRASHED and crash_is_presumed:
        current = before_crash
    return Admission.APPLIES if can_move(current, proposed) else Admission.ILLEGAL
