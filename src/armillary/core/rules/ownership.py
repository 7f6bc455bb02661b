"""Whether a process owns a run and alone decides the run's state."""

from __future__ import annotations

from armillary.core.states import CANCELLING, PAUSED, PENDING, RUNNING, StateType

SUSPENDED = "Suspended"
"""The name of a PAUSED run that released its process. One named ``Paused`` waits in its process."""

_OWNED = frozenset({PENDING, RUNNING, CANCELLING})


def has_owner(kind: StateType, name: str) -> bool:
    """Whether a run in this state belongs to a process.

    >>> has_owner(PAUSED, "Paused"), has_owner(PAUSED, "Suspended")
    (True, False)
    """
    return kind in _OWNED or (kind is PAUSED and name != SUSPENDED)
