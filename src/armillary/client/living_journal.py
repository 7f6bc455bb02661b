"""Which journal does the owner of a run write now, so that a command can be put beside it?"""

from __future__ import annotations

from contextlib import suppress

from msgspec import DecodeError, ValidationError
from msgspec.msgpack import Decoder

from armillary.journal.events import STATE_LANE, Header
from armillary.ledger.journal_files import first_frame, journals_in
from armillary.ledger.journal_owner import Owner, owner_of

_decode_header = Decoder(Header).decode


def living_journal(folder: str, root_flow_run_id: str) -> str | None:
    """The id of the newest journal in ``folder`` of that root run whose owner is not known to be dead."""
    for files in reversed(journals_in(folder)):
        segment = files.segments[STATE_LANE].get(files.last(STATE_LANE))
        if segment is None:
            continue
        with suppress(
            FileNotFoundError, DecodeError, ValidationError
        ):  # another reader has let it go, or it is damaged
            header = _decode_header(first_frame(segment) or b"")
            if header.root_flow_run_id == root_flow_run_id and owner_of(header, segment) is not Owner.DEAD:
                return files.journal_id
    return None
