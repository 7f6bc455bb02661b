"""What a dead owner leaves behind."""

from __future__ import annotations

from armillary.core.states import CANCELLED, CANCELLING, CRASHED, TERMINAL, StateType


def after_owner_death(current: StateType) -> tuple[StateType, str] | None:
    """The state a run takes when its owner is dead, or None when it had already ended.

    A run on its way to CANCELLED gets there: its owner's death is what was asked for.
    """
    if current in TERMINAL:
        return None
    if current is CANCELLING:
        return CANCELLED, "Cancelled; its process ended."
    return CRASHED, "The process that ran it died."
