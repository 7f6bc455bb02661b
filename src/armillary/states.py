"""States of runs, and functions that create the states a body may return to set how its run ends.

@task
def check(rows: int) -> State:
    return Completed(message=f"{rows} rows") if rows else Failed(message="no rows")
"""

from __future__ import annotations

from typing import Any

from armillary.clock import now_us, to_datetime
from armillary.core.states import State, StateType

__all__ = ["Cancelled", "Completed", "Failed", "State", "StateType"]


def Completed(message: str | None = None, data: Any = None) -> State:  # noqa: N802  reads as the state it creates
    """A COMPLETED state with ``data`` as the run's value."""
    return State(StateType.COMPLETED, "Completed", message, to_datetime(now_us()), data)


def Failed(message: str | None = None, data: BaseException | None = None) -> State:  # noqa: N802
    """A FAILED state; ``data`` is the exception that ``.result()`` raises."""
    return State(StateType.FAILED, "Failed", message, to_datetime(now_us()), data)


def Cancelled(message: str | None = None) -> State:  # noqa: N802
    """A CANCELLED state."""
    return State(StateType.CANCELLED, "Cancelled", message, to_datetime(now_us()))
