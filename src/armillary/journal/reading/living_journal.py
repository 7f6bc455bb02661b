"""Which journal does the owner of a run write now, so that a command can be put beside it?"""

from __future__ import annotations

from contextlib import suppress

from armillary.journal.format.events import STATE_LANE
from armillary.journal.reading.files import journals_in
from armillary.journal.reading.headers import header_in
from armillary.journal.reading.owner import Owner, owner_of


def living_journal(folder: str, root_flow_run_id: str) -> str | None:
    """The id of the newest journal in ``folder`` of that root run whose owner is not known to be dead."""
    for files in reversed(journals_in(folder)):
        segment = files.segments[STATE_LANE].get(files.last(STATE_LANE))
        if segment is None:
            continue
        with suppress(FileNotFoundError):  # another reader has let it go
            header = header_in(segment)
            if header is None or header.root_flow_run_id != root_flow_run_id:
                continue
            if owner_of(header, segment) is not Owner.DEAD:
                return files.journal_id
    return None
