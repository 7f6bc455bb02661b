"""Why a run is not running."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from armillary.core.states import StateType


class WaitsFor(StrEnum):
    DUE_TIME = "due_time"
    RETRY = "retry"
    DEPENDENCY = "dependency"
    FLOW_RUN = "flow_run"
    WORKER = "worker"
    SLOT = "slot"
    QUEUE_LIMIT = "queue_limit"
    QUEUE_PAUSED = "queue_paused"
    DEPLOYMENT_LIMIT = "deployment_limit"
    NO_QUEUE = "no_queue"
    NO_AGENT = "no_agent"
    AGENT_LIMIT = "agent_limit"
    START = "start"
    RESUME = "resume"
    CANCELLING = "cancelling"


@dataclass(slots=True)
class WaitedFor:
    """Something another run or row must do first: ``kind`` is the noun, ``state_type`` that of a run."""

    kind: str
    id: str
    name: str
    state_type: StateType | None = None


@dataclass(slots=True)
class WaitingReason:
    """``message`` is for people. ``waited_for`` names at most 20 of the ``many`` things; ``until`` is when a wait for a time
    ends."""

    kind: WaitsFor
    message: str
    until: datetime | None = None
    many: int = 0
    waited_for: list[WaitedFor] = field(default_factory=list)


@dataclass(slots=True)
class Waiting:
    """``reasons`` all hold; a run that runs or has ended has none."""

    run_id: str
    state_type: StateType
    state_name: str
    reasons: list[WaitingReason] = field(default_factory=list)
