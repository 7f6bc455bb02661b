"""The run and the tags of the code on this thread or in this asyncio task."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from armillary.engine.runs.flow_execution import FlowExecution
    from armillary.engine.runs.task_execution import TaskExecution

current_run: ContextVar[FlowExecution | TaskExecution | None] = ContextVar("armillary_run", default=None)
current_tags: ContextVar[frozenset[str]] = ContextVar("armillary_tags", default=frozenset())


def _forget() -> None:
    current_run.set(None)


os.register_at_fork(after_in_child=_forget)  # a forked child is not part of the run: only its parent records for it
