"""Exit codes of every command. What ``armillary --help`` says about them is :data:`TOLD`."""

from __future__ import annotations

from armillary.core.errors import ArmillaryError, NotFound, UsageError
from armillary.core.states import CANCELLED, COMPLETED, PAUSED, StateType

OK = 0
FAILED = 1
USAGE = 2
NOT_FOUND = 3
RUN_CANCELLED = 4
INTERRUPTED = 130

TOLD = "0 done, or the run completed or was suspended · 1 failed, or the run failed or crashed · 2 wrong usage · 3 not found · 4 the run was cancelled · 130 interrupted"


def code_for_error(error: ArmillaryError) -> int:
    """
    >>> code_for_error(NotFound("There is no flow run 'x'."))
    3
    """
    if isinstance(error, NotFound):
        return NOT_FOUND
    return USAGE if isinstance(error, UsageError) else FAILED


def code_for_state(kind: StateType) -> int:
    """The code of a command that saw a run to its end.

    >>> code_for_state(CANCELLED)
    4
    """
    if kind in (COMPLETED, PAUSED):  # suspended: nothing is wrong, somebody is to answer
        return OK
    return RUN_CANCELLED if kind is CANCELLED else FAILED
