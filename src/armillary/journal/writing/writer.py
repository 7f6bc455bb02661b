"""The owner's end of a journal: it appends, and no acknowledged event is lost.

writer = JournalWriter.create(folder, root_flow_run_id=run, attempt=1, journal_id=new_id())
writer.append(StateChanged(...))
writer.append_log(Log(...))
writer.close()
"""

from __future__ import annotations

import os
import sys
from _thread import RLock
from collections.abc import Callable
from time import monotonic, sleep
from typing import Literal

from armillary.clock import now_us
from armillary.core.errors import HomeNotWritable
from armillary.core.version import VERSION
from armillary.home_folder import make_private
from armillary.journal.format.events import FORMAT_VERSION, LOG_LANE, STATE_LANE, AnyEvent, Closed, Header, LogsDropped
from armillary.journal.format.segment import segment_name
from armillary.journal.process import this_process
from armillary.journal.writing.lane import DISK_FULL, Lane

Durability = Literal["process", "disk"]

SEGMENT_BYTES = 64 * 1024 * 1024
WAITING_STATES_BYTES = 64 * 1024 * 1024
WAITING_LOGS_BYTES = 16 * 1024 * 1024
_RETRY_SECONDS = 0.2


def say_on_stderr(sentence: str) -> None:
    print(f"armillary: {sentence}", file=sys.stderr)


class JournalWriter:
    """Create it with ``JournalWriter.create``. Any thread may call any method at any time.

    ``append(event) -> bool`` takes an event of the state lane: it survives this process as soon as the call returns, and
    a power cut too with durability "disk". False means refused: the journal is closed, or this is a forked child of the
    owner. ``append_log(event) -> bool`` takes one of the log lane, which the first of them opens; False also if the
    line was dropped and counted.
    Neither raises for disk errors: events then wait in memory, in order, and ``complaint`` is called.
    """

    __slots__ = (
        "_closed",
        "_complaint",
        "_durable",
        "_header",
        "_log_lane",
        "_log_lane_failed_at",
        "_logs_dropped",
        "_opening",
        "_segment_bytes",
        "_state_lane",
        "_waiting_logs_bytes",
        "append",
        "append_log",
        "folder",
        "journal_id",
        "path",
    )

    append: Callable[[AnyEvent], bool]
    append_log: Callable[[AnyEvent], bool]

    def __init__(
        self,
        folder: str,
        header: Callable[[str, int, int], Header],
        *,
        journal_id: str,
        durable: bool,
        complaint: Callable[[str], None],
        segment_bytes: int,
        waiting_states_bytes: int,
        waiting_logs_bytes: int,
    ) -> None:
        self.folder = folder
        self.journal_id = journal_id
        self.path = os.path.join(folder, segment_name(journal_id, STATE_LANE, 0))
        self._header = header
        self._durable = durable
        self._complaint = complaint
        self._segment_bytes = segment_bytes
        self._waiting_logs_bytes = waiting_logs_bytes
        self._opening = RLock()
        self._log_lane: Lane | None = None
        self._log_lane_failed_at = 0.0
        self._logs_dropped = 0
        self._closed = False
        self._state_lane = self._open_lane(STATE_LANE, waiting_states_bytes)
        self.append = self._state_lane.append_durably if durable else self._state_lane.append
        self.append_log = self._append_first_log
        _open_writers.add(self)

    @classmethod
    def create(
        cls,
        folder: str | os.PathLike[str],
        *,
        root_flow_run_id: str,
        attempt: int,
        journal_id: str,
        ledger_id: str | None = None,
        ledger_url: str | None = None,
        durability: Durability = "process",
        complaint: Callable[[str], None] = say_on_stderr,
        segment_bytes: int = SEGMENT_BYTES,
        waiting_states_bytes: int = WAITING_STATES_BYTES,
        waiting_logs_bytes: int = WAITING_LOGS_BYTES,
    ) -> JournalWriter:
        """Create the journal, and its folder if necessary, locked for as long as this process lives.

        ``complaint`` gets a whole sentence each time a write fails and when writes succeed again. It is called on
        any thread, with no lock held. Raises HomeNotWritable.
        """
        folder = os.fspath(folder)

        def header(lane: str, segment: int, first_ordinal: int) -> Header:
            return Header(
                at=now_us(),
                format_version=FORMAT_VERSION,
                journal_id=journal_id,
                lane=lane,
                segment=segment,
                root_flow_run_id=root_flow_run_id,
                attempt=attempt,
                ledger_id=ledger_id,
                ledger_url=ledger_url,
                armillary_version=VERSION,
                first_ordinal=first_ordinal,
                **this_process()._asdict(),
            )

        try:
            make_private(folder)
            return cls(
                folder,
                header,
                journal_id=journal_id,
                durable=durability == "disk",
                complaint=complaint,
                segment_bytes=segment_bytes,
                waiting_states_bytes=waiting_states_bytes,
                waiting_logs_bytes=waiting_logs_bytes,
            )
        except OSError as error:
            raise _not_writable(folder, error) from error

    @property
    def has_room(self) -> bool:
        """False while more events wait for a full disk than the memory limit: new task runs should not start."""
        return self._state_lane.has_room

    @property
    def is_closed(self) -> bool:
        return self._closed

    def wait_for_room(self, timeout_seconds: float | None = None) -> bool:
        """Block, trying the disk every 200 ms, until ``has_room``; False if the timeout passes first."""
        deadline = None if timeout_seconds is None else monotonic() + timeout_seconds
        while not self.has_room and not self._closed:
            if deadline is not None and monotonic() >= deadline:
                return False
            sleep(_RETRY_SECONDS)
            self.retry()
        return True

    def retry(self) -> None:
        """Write what waits if the disk accepts it. Free while nothing waits; housekeeping calls it every 200 ms."""
        self._state_lane.retry()
        if self._log_lane is not None:
            self._log_lane.retry()

    def close(self, reason: str = "", *, wait_seconds: float = 30.0) -> bool:
        """Close the journal, logs first. With the disk full, wait
        up to ``wait_seconds`` for space; False if events were lost. A second call does nothing."""
        with self._opening:
            if self._closed:
                return True
            self._closed = True
        self.append_log = _refuse
        complete = True
        if self._log_lane is not None:
            complete = self._log_lane.close(Closed(now_us(), reason), wait_seconds)
        complete &= self._state_lane.close(Closed(now_us(), reason), wait_seconds)
        _open_writers.discard(self)
        return complete

    def _append_first_log(self, event: AnyEvent) -> bool:
        with self._opening:
            if self._closed:
                return False
            if self._log_lane is None and not self._open_log_lane():
                self._logs_dropped += 1
                return False
            return self.append_log(event)

    def _open_log_lane(self) -> bool:
        if monotonic() - self._log_lane_failed_at < _RETRY_SECONDS:
            return False
        try:
            lane = self._log_lane = self._open_lane(LOG_LANE, self._waiting_logs_bytes)
        except OSError as error:
            self._log_lane_failed_at = monotonic()
            if not self._logs_dropped:
                self._complaint(
                    f"No log lines can be recorded in {self.folder}: {error.strerror}. Counting the dropped lines."
                )
            return False
        self.append_log = lane.append_durably if self._durable else lane.append
        if self._logs_dropped:
            lane.append(LogsDropped(now_us(), self._logs_dropped))
        return True

    def _open_lane(self, lane: str, waiting_bytes_limit: int) -> Lane:
        return Lane(
            lambda segment: os.path.join(self.folder, segment_name(self.journal_id, lane, segment)),
            lambda segment, first_ordinal: self._header(lane, segment, first_ordinal),
            durable=self._durable,
            may_drop=lane == LOG_LANE,
            waiting_bytes_limit=waiting_bytes_limit,
            segment_bytes=self._segment_bytes,
            say=self._complaint,
        )

    def _abandon(self) -> None:
        """In a forked child of the owner."""
        self._closed = True
        self._opening = RLock()
        self.append_log = _refuse
        self._state_lane.abandon()
        if self._log_lane is not None:
            self._log_lane.abandon()


def _refuse(_event: AnyEvent) -> bool:
    return False


def _not_writable(folder: str, error: OSError) -> HomeNotWritable:
    return HomeNotWritable(
        f"No journal can be written in {folder}: {error.strerror or error}.",
        subject=folder,
        advice="Free some space there."
        if error.errno in DISK_FULL
        else "Make it writable, or set ARMILLARY_HOME to a folder that is.",
    )


_open_writers: set[JournalWriter] = set()


def _abandon_all() -> None:
    """A forked child shares the parent's descriptors, and with them the lock that proves the owner alive."""
    for writer in _open_writers:
        writer._abandon()
    _open_writers.clear()


os.register_at_fork(after_in_child=_abandon_all)
