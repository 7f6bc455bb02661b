"""Messages between an owner's process and a server about journals, as msgpack."""

from __future__ import annotations

from msgspec import Struct

from armillary.journal.commands import Command


class LaneFrames(Struct, array_like=True):
    """Frames of one lane, whose first has the ordinal ``first_ordinal``."""

    lane: str
    first_ordinal: int
    frames: list[bytes]


class Shipment(Struct):
    """Part of one journal. ``died``: its owner is dead, and this is all it wrote. ``over``: nothing more follows, and the
    local copy is deleted once the server confirms. ``lost``: its owner died while events waited in its memory for a full disk."""

    journal_id: str
    lanes: list[LaneFrames]
    died: bool = False
    over: bool = False
    lost: bool = False


class LaneAnswer(Struct, array_like=True):
    """``next_ordinal`` is the frame the server expects next: all below it are committed."""

    lane: str
    next_ordinal: int
    closed: bool


class ShipmentAnswer(Struct):
    """``fenced``: the run has another owner by now, and this one must stop. ``ledger_id`` is that of the ledger that took it,
    wherever its server is; empty from a server of 0.1."""

    lanes: list[LaneAnswer]
    fenced: bool
    server_time: int
    ledger_id: str = ""


class Listening(Struct):
    """The journals whose owner lives and waits for commands, for up to ``wait_seconds``, with the root run of each."""

    roots: dict[str, str]
    wait_seconds: float


class Heard(Struct):
    """Commands by journal id, for the owners to carry out."""

    commands: dict[str, list[Command]]
    fenced: list[str]
