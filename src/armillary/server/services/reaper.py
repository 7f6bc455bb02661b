"""The reaper: owners elsewhere that have fallen silent are presumed dead."""

from __future__ import annotations

from sqlalchemy import Connection

from armillary.journal.files import journals_in
from armillary.ledger import claims, shipped, suspended_runs
from armillary.server.remote_owners import RemoteOwners


class Reaper:
    """Of owners whose journals lie in ``local_journals`` the kernel tells, so they are none of its business."""

    def __init__(self, owners: RemoteOwners, local_journals: str) -> None:
        self._owners = owners
        self._local_journals = local_journals
        self._supposed = False

    def run_once(self, connection: Connection, now: int) -> dict[str, int]:
        """One turn. The first one only begins the leases of what was open when this server started."""
        if not self._supposed:
            self._supposed = True
            local = {files.journal_id for files in journals_in(self._local_journals)}
            self._owners.suppose([each for each in shipped.open_journals(connection) if each not in local])
        silent = self._owners.silent()
        crashed = shipped.give_up(connection, silent, now)
        for journal_id in silent:
            self._owners.forget(journal_id)
        given_up = suspended_runs.give_up(connection, now)
        return {"crashed": len(crashed), **claims.reap(connection, now), "timed_out": given_up}
