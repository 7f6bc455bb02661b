"""Commands to a run's owner."""

from __future__ import annotations

from msgspec import Struct

CANCEL = "cancel"
PAUSE = "pause"
SUSPEND = "suspend"
RESUME = "resume"
STOP = "stop"


class Command(Struct, frozen=True):
    """``run`` is the flow run or task run it concerns; STOP is for a fenced owner. ``payload`` is JSON text:
    RESUME's is the requested input."""

    command_id: str
    verb: str
    run: str
    at: int
    payload: str | None = None


def stop(root_flow_run_id: str, at: int) -> Command:
    """For an owner whose run was reassigned. Its id is the root's, because one is enough."""
    return Command(root_flow_run_id, STOP, root_flow_run_id, at)
