"""The state of a run after its owner died."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from armillary.core.states import CANCELLED, CANCELLING, CRASHED, TERMINAL, StateType


def after_owner_death(current: StateType) -> tuple[StateType, str] | None:
    """The state a run takes when its owner is dead, or None when it had already ended.

    A run in CANCELLING becomes CANCELLED: its owner's death completes the cancellation.
    """
    if current in TERMINAL:
        return None
    if current is CANCELLING:
        return CANCELLED, "Cancelled; its process ended."
    return CRASHED, "The process that ran it died."


class Death(StrEnum):
    """Whose death ended an attempt: the run's own process, or its agent or machine."""

    PROCESS = "process"
    AGENT = "agent"


class AfterCrash(StrEnum):
    """What happens to a deployed run that crashed."""

    AGAIN = "again"
    STAYS = "stays"
    QUARANTINED = "quarantined"


FEWEST_BEFORE_QUARANTINE = 3


def after_crash(crash_retries: int, deaths: Sequence[Death]) -> AfterCrash:
    """``deaths`` are those since the run was last requested. Only deaths of its own process use up ``crash_retries``; a run
    with three deaths, or as many as its retries if that is more, is assumed to kill agents and is not restarted.
    Without retries a run is never restarted automatically.

    >>> after_crash(1, [Death.PROCESS]), after_crash(1, [Death.PROCESS] * 2), after_crash(1, [Death.AGENT] * 2)
    (<AfterCrash.AGAIN: 'again'>, <AfterCrash.STAYS: 'stays'>, <AfterCrash.AGAIN: 'again'>)
    """
    if crash_retries == 0:
        return AfterCrash.STAYS
    if len(deaths) >= max(FEWEST_BEFORE_QUARANTINE, crash_retries + 1):
        return AfterCrash.QUARANTINED
    if list(deaths).count(Death.PROCESS) > crash_retries:
        return AfterCrash.STAYS
    return AfterCrash.AGAIN
