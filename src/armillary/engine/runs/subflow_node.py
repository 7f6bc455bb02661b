"""The task run that represents a subflow in its parent's graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from armillary.core.states import PENDING, StateType
from armillary.journal.format.events import StateChanged

if TYPE_CHECKING:
    from armillary.engine.runs.execution import Execution


class Node:
    """It has no body and makes no decision: it mirrors each state of its flow run."""

    __slots__ = ("id", "name", "type")

    def __init__(self, task_run_id: str, name: str) -> None:
        self.id = task_run_id
        self.name = name
        self.type: StateType = PENDING

    def mirror(self, child: Execution) -> None:
        """``child`` has just taken a state."""
        child.record(
            StateChanged(
                child.at,
                "t",
                self.id,
                self.type,
                child.type,
                child.state_name,
                child.run_count,
                child.message,
            )
        )
        self.type = child.type
