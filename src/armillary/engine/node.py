"""The task run that stands for a subflow in its parent's graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from armillary.core.states import PENDING, StateType
from armillary.journal.format.events import StateChanged, TaskRunCreated

if TYPE_CHECKING:
    from armillary.engine.flow_execution import FlowExecution
    from armillary.engine.task_execution import TaskExecution


class Node:
    """It has no body and makes no decision: it takes each state of the flow run it stands for."""

    __slots__ = ("id", "name", "type")

    def __init__(
        self,
        task_run_id: str,
        child: FlowExecution,
        parent: FlowExecution | TaskExecution,
        name: str,
        index: int,
        upstreams: dict[str, list[str]] | None,
        at: int,
    ) -> None:
        self.id = task_run_id
        self.name = name
        self.type: StateType = PENDING
        child.record(
            TaskRunCreated(
                at,
                task_run_id,
                parent.flow.id,
                name,
                child.spec.name,
                child.spec.key,
                index,
                upstreams,
                tuple(sorted(child.tags)),
                0,
                parent.id if parent.letter == "t" else None,
                child.id,
                parent.flow.run_count,
            )
        )

    def mirror(self, child: FlowExecution) -> None:
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
