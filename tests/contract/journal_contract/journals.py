"""Journals as a reader finds them."""

from __future__ import annotations

from pathlib import Path

from msgspec.msgpack import Decoder

from armillary.core.ids import flow_id
from armillary.journal.format.damaged import Damaged
from armillary.journal.format.events import LOG_LANE, STATE_LANE, AnyEvent, LogLaneEvent, StateChanged, StateLaneEvent
from armillary.journal.reading.files import journals_in, read_segment
from armillary.journal.writing.writer import JournalWriter

ROOT = "0190163d-8694-739b-aea5-966c26f8ad91"
JOURNAL = "0190163d-8694-739b-aea5-966c26f8ad92"
FLOW = flow_id("pipe")

_decode = {STATE_LANE: Decoder(StateLaneEvent).decode, LOG_LANE: Decoder(LogLaneEvent).decode}


def writer_in(folder: Path, **options: object) -> JournalWriter:
    return JournalWriter.create(
        folder,
        root_flow_run_id=ROOT,
        attempt=1,
        journal_id=JOURNAL,
        **options,  # type: ignore[arg-type]
    )


def state(number: int, message: str = "") -> StateChanged:
    return StateChanged(number, "t", ROOT, "PENDING", "RUNNING", "Running", number, message)


def events_in(folder: Path, lane: str = STATE_LANE, *, finished: bool = True) -> list[AnyEvent | Damaged]:
    """Every frame of a lane, over all its segments, as the event it says or the damage it is."""
    [files] = journals_in(str(folder))
    found: list[AnyEvent | Damaged] = []
    for number, path in sorted(files.segments[lane].items()):
        position, at_end = 0, False
        while not at_end:
            read = read_segment(path, position, 100, 1 << 20, finished=finished, last=number == files.last(lane))
            found.extend(each if isinstance(each, Damaged) else _decode[lane](each) for each in read.frames)
            position, at_end = read.position, read.at_end
    return found


def run_counts(folder: Path) -> list[int]:
    """What the state changes of a journal said, in the order of their frames."""
    return [each.run_count for each in events_in(folder) if isinstance(each, StateChanged)]
