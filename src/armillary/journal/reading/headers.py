"""Reads headers: every segment of either lane begins with one."""

from __future__ import annotations

from msgspec import DecodeError, ValidationError
from msgspec.msgpack import Decoder

from armillary.journal.format.events import LOG_LANE, STATE_LANE, Header
from armillary.journal.reading.files import JournalFiles, first_frame

_decode_header = Decoder(Header).decode


def header_of(files: JournalFiles) -> Header | None:
    """The first valid header of a journal; None if none of its segments has one. Raises FileNotFoundError if the
    journal is deleted meanwhile."""
    for lane in (STATE_LANE, LOG_LANE):
        for number in sorted(files.segments[lane]):
            header = header_in(files.segments[lane][number])
            if header is not None:
                return header
    return None


def header_in(path: str) -> Header | None:
    """The header a segment begins with, if it is valid."""
    body = first_frame(path)
    if body is None:
        return None
    try:
        return _decode_header(body)
    except (DecodeError, ValidationError):
        return None


def first_ordinal(path: str) -> int:
    """The ordinal of a segment's first frame."""
    header = header_in(path)
    return 0 if header is None else header.first_ordinal
