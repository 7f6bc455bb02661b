"""The reaper: owners elsewhere that have fallen silent, and workers, are presumed dead."""

from __future__ import annotations

from sqlalchemy import Connection

from armillary.journal.reading.files import journals_in
from armillary.ledger.deployments import claims
from armillary.ledger.ingest import owners, shipped
from armillary.ledger.ownership import suspended_runs
from armillary.server.live.heartbeats import Heartbeats


class Reaper:
    """Of owners whose journals lie in ``local_journals`` the kernel tells, so they are none of its business."""

    def __init__(self, heartbeats: Heartbeats, local_journals: str) -> None:
        self._heartbeats = heartbeats
        self._local_journals = local_journals

    def run_once(self, connection: Connection, now: int) -> dict[str, int]:
        """One turn. A server that was itself away waits one full lease before it judges anybody's silence."""
        counted = {"timed_out": suspended_runs.give_up(connection, now)}
        if self._heartbeats.listening.lasts(now) < owners.LEASE_MICROS:
            return counted
        silent = owners.silent(connection, now)
        if silent:
            local = {files.journal_id for files in journals_in(self._local_journals)}
            silent = [each for each in silent if each not in local]
        crashed = shipped.give_up(connection, silent, now)
        return {**counted, "crashed": len(crashed), **claims.reap(connection, now)}
