"""What others may ask of a run's owner."""

from __future__ import annotations

from msgspec import Struct

CANCEL = "cancel"
PAUSE = "pause"
RESUME = "resume"
STOP = "stop"


class Command(Struct, frozen=True):
    """``run`` is the flow run or task run it concerns; STOP is for a fenced owner. ``payload`` is JSON text."""

    command_id: str
    verb: str
    run: str
    at: int
    payload: str | None = None
