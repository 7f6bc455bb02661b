"""A lane: one stream of frames from many threads into one file, through a gate.

The usual path takes no lock. One frame is one ``os.write`` on an ``O_APPEND`` descriptor, and the kernel never mixes two
such writes. Exclusive access is rarely needed: to cut out a torn frame, write the events that waited while the
disk was full, switch to the next segment, close. For these there is a gate instead of a lock:

- An append puts its thread's id into ``_in_flight``, checks whether the gate is shut, writes, and removes the id again.
  List operations are atomic, so this costs two of them.
- Exclusive access takes the lock, shuts the gate and waits until ``_in_flight`` is empty. From then on it owns the
  file. Appends that find the gate shut take the slow path and wait for the lock.

**Torn frames.** A write cut short (disk full) leaves a piece. Its writer registers the piece and shuts the gate
*before* it leaves ``_in_flight``; so the next owner of the file knows every piece in it. It walks the frames from the last
position known to be valid, cuts each piece out, preserves whole frames that others wrote after it, and puts the unfinished
frames into ``_waiting``, first in, first out. While anything waits the gate stays shut: nothing may overtake, and no
``append`` returns before its frame is on file or, with the disk full, in memory.

**Interrupted by itself.** A signal handler or a finalizer of user code may log in the middle of an append of the same
thread. On the usual path that is just another write. On the slow path it must not wait for what its own thread holds, so
its frame goes to ``_waiting``, which the interrupted call empties.

**Removed.** User code may close the descriptor, and the file may be deleted. Housekeeping checks for both, and so does every exclusive
access: the file is reopened, or rewritten from what the descriptor still reads. Frames are lost only for an instant, if the descriptor's
number was reused for another file.
"""

from __future__ import annotations

import fcntl
import os
from _thread import RLock, get_ident
from collections import deque
from collections.abc import Callable
from errno import EDQUOT, EFBIG, ENOSPC
from itertools import count
from time import monotonic, sleep
from zlib import crc32

from armillary.clock import now_us
from armillary.core.errors import NotSerializable
from armillary.journal.descriptors import identity_of, is_deleted, is_open, reopened, written_anew
from armillary.journal.format.encoding import encode, encode_escaped
from armillary.journal.format.events import AnyEvent, LogsDropped
from armillary.journal.format.frames import MAX_BODY_BYTES, pack, pack_prefix
from armillary.journal.format.segment import count_frames, create_segment, mark_waiting, sound_end, without_pieces

_write = os.write
_fdatasync = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync

_RETRY_SECONDS = 0.05
_CHECK_IN_FLIGHT_SECONDS = 0.00005
_ROTATION_RETRY_BYTES = 1 << 20
DISK_FULL = frozenset({ENOSPC, EDQUOT, EFBIG})

HeaderFor = Callable[[int, int], AnyEvent]
"""The header event of (segment number, ordinal of its first frame)."""


class Lane:
    """``path_of(segment)`` names the files. ``may_drop``: past ``waiting_bytes_limit`` frames are dropped and counted
    (logs) instead of retained (states). ``say`` is called with problems and their end, in whole sentences, never under the lock."""

    __slots__ = (
        "_closed",
        "_complained",
        "_complained_of_bound",
        "_descriptor",
        "_dropped",
        "_durable",
        "_first_ordinal",
        "_header_for",
        "_identity",
        "_in_flight",
        "_last_try",
        "_lock",
        "_may_drop",
        "_messages",
        "_path_of",
        "_pieces",
        "_room",
        "_say",
        "_segment",
        "_segment_bytes",
        "_settling",
        "_shut",
        "_sound_to",
        "_sync_lock",
        "_synced",
        "_tickets",
        "_torn",
        "_waiting",
        "_waiting_bytes",
        "_waiting_bytes_limit",
    )

    def __init__(
        self,
        path_of: Callable[[int], str],
        header_for: HeaderFor,
        *,
        durable: bool,
        may_drop: bool,
        waiting_bytes_limit: int,
        segment_bytes: int,
        say: Callable[[str], None],
    ) -> None:
        self._path_of = path_of
        self._header_for = header_for
        self._durable = durable
        self._may_drop = may_drop
        self._waiting_bytes_limit = waiting_bytes_limit
        self._segment_bytes = segment_bytes
        self._say = say
        self._segment = 0
        self._first_ordinal = 0
        header = pack(encode(header_for(0, 0)))
        self._descriptor = create_segment(path_of(0), header, durable=durable)
        self._identity = identity_of(self._descriptor)
        self._sound_to = len(header)
        self._room = segment_bytes - len(header)
        self._in_flight: list[int] = []
        self._shut = False
        self._closed = False
        self._lock = RLock()
        self._settling = False
        self._torn: list[tuple[bytes, int]] = []
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._dropped = 0
        self._pieces: list[bytes] = []
        self._complained = False
        self._complained_of_bound = False
        self._messages: list[str] = []
        self._last_try = 0.0
        self._sync_lock = RLock()
        self._tickets = count(1)
        self._synced = 0

    # ── the usual path ──────────────────────────────────────────────────────────────────────────────────────────

    def append(self, event: AnyEvent) -> bool:
        """True when the event is on file (or waits in memory for a full disk); False when it is refused: the lane is
        closed, this is a forked child, or a log line was dropped past the limit. Raises NotSerializable only for an
        event over 64 MiB."""
        try:
            body = encode(event)
        except UnicodeEncodeError:
            body = encode_escaped(event)
        size = len(body)
        if size > MAX_BODY_BYTES:
            raise _too_large(event, size)
        return self._put(pack_prefix(size, crc32(body)) + body)

    def append_durably(self, event: AnyEvent) -> bool:
        """As ``append``, and the event survives a power cut once this returns. Concurrent callers share a sync."""
        taken = self.append(event)
        if taken and not self._shut:
            self._sync(next(self._tickets))
        return taken

    def _put(self, frame: bytes) -> bool:
        me = get_ident()
        in_flight = self._in_flight
        in_flight.append(me)
        try:
            if open_gate := not self._shut:
                try:
                    written = _write(self._descriptor, frame)
                except OSError:  # reported where it fails again
                    written = 0
                if written == len(frame):
                    self._room = room = self._room - written
                    if room > 0:
                        return True
                else:
                    self._torn.append((frame, written))
                    self._shut = True
        finally:
            in_flight.remove(me)
        return self._settle_after_write() if open_gate else self._put_slowly(frame)

    # ── the slow path: exclusive access ──────────────────────────────────────────────────────────────────────────

    def _put_slowly(self, frame: bytes) -> bool:
        if self._closed:
            return False
        if (
            get_ident() in self._in_flight
        ):  # this thread's own append was interrupted: the one that waits for it writes ours
            return self._enqueue(frame)
        with self._lock:
            if self._closed:
                return False
            if shut := self._shut:
                queued = self._enqueue(frame)
                self._settle(force=False)
        if not shut:
            return self._put(frame)
        self._report()
        return queued

    def _settle_after_write(self) -> bool:
        """After a torn write, or one that used the segment's room up."""
        with self._lock:
            self._settle(force=True)
        self._report()
        return True

    def retry(self) -> None:
        """Retry to write what waits, and check that the file still exists. The engine's housekeeping calls it every 200 ms;
        it is cheap while nothing waits."""
        if not self._closed and (self._shut or not self._is_intact):
            with self._lock:
                self._settle(force=True)
            self._report()

    @property
    def _is_intact(self) -> bool:
        return is_open(self._descriptor, self._identity) and not is_deleted(self._descriptor)

    def _mend(self) -> bool:
        """With exclusive access: reopen the file, or rewrite it. False if there is nothing to write to."""
        if self._is_intact:
            return True
        path = self._path_of(self._segment)
        try:
            if is_open(self._descriptor, self._identity):
                fresh, old = written_anew(path, self._descriptor, durable=self._durable), self._descriptor
                self._messages.append(f"{path} was deleted while its run is active; its content was written again.")
                if self._segment:
                    self._messages.append(f"Its earlier segments, 0 to {self._segment - 1}, may be lost.")
            else:  # the number is now another file's, or closed
                fresh, old = reopened(path, self._identity), None
                self._messages.append(
                    f"The descriptor of {path} was closed by something in this process; it was reopened."
                )
        except OSError as error:
            if not self._complained:
                self._complained = True
                self._messages.append(f"{path} was removed while its run is active, and cannot be recreated: {error}.")
            return is_open(self._descriptor, self._identity)
        with self._sync_lock:
            self._descriptor, self._identity = fresh, identity_of(fresh)
        if old is not None:
            os.close(old)
        return True

    @property
    def has_room(self) -> bool:
        return self._waiting_bytes <= self._waiting_bytes_limit

    def _enqueue(self, frame: bytes) -> bool:
        """Queue a frame after those that wait, or drop and count it."""
        if self._may_drop and self._waiting_bytes + len(frame) > self._waiting_bytes_limit:
            self._dropped += 1
            return False
        if self._dropped:
            self._mark_dropped()
        self._waiting.append(frame)
        self._waiting_bytes += len(frame)
        return True

    def _mark_dropped(self) -> None:
        count, self._dropped = self._dropped, 0
        marker = pack(encode(LogsDropped(now_us(), count)))
        self._messages.append(f"{count} log lines were dropped: the disk was full and their memory limit was reached.")
        self._waiting.append(marker)
        self._waiting_bytes += len(marker)

    def _settle(self, *, force: bool) -> None:
        """Under the lock: repair, write what waits, rotate, and reopen the gate if nothing is left to do."""
        if self._settling or get_ident() in self._in_flight:
            return  # called inside an interrupted call of the same thread, which continues
        self._settling = True
        try:
            self._take_file()
            while self._mend():
                if (self._waiting or self._pieces) and not self._write_waiting(force=force):
                    break
                if self._room <= 0 and not self._closed:
                    self._rotate()
                if self._closed:
                    break
                self._shut = False
                if not (self._waiting or self._torn):
                    break
                self._take_file()
        finally:
            self._settling = False

    def _take_file(self) -> None:
        """Shut the gate, wait until no append is in flight, and take over their unfinished frames."""
        self._shut = True
        while self._in_flight:
            sleep(_CHECK_IN_FLIGHT_SECONDS)
        torn, self._torn = self._torn, []
        for frame, written in torn:
            self._waiting.append(frame)
            self._waiting_bytes += len(frame)
            if written:
                self._pieces.append(frame[:written])

    def _write_waiting(self, *, force: bool) -> bool:
        """True if nothing is left waiting. Tries at most every 50 ms, so that a full disk is not tried for each event."""
        if not force and monotonic() - self._last_try < _RETRY_SECONDS:
            return False
        waited = 0
        try:
            if self._pieces:
                self._cut()
            end = os.fstat(self._descriptor).st_size
            while self._waiting or self._dropped:
                if not self._waiting:
                    self._mark_dropped()
                frame = self._waiting[0]
                written = _write(self._descriptor, frame)
                if written < len(frame):
                    self._pieces.append(frame[:written])
                    self._sound_to = end
                    self._cut()
                    raise OSError(ENOSPC, os.strerror(ENOSPC))
                end += written
                self._room -= written
                self._waiting_bytes -= written
                self._waiting.popleft()
                waited += 1
            self._sound_to = end
            if self._durable:
                _fdatasync(self._descriptor)
        except OSError as error:
            self._last_try = monotonic()
            mark_waiting(self._descriptor, True)
            self._complain(error)
            return False
        self._waiting_bytes = 0
        if self._complained:
            mark_waiting(self._descriptor, False)
            self._complained = self._complained_of_bound = False
            self._messages.append(
                f"{self._path_of(self._segment)} can be written again; the {waited} waiting events are on disk."
            )
        return True

    def _cut(self) -> None:
        """Cut the torn pieces out of the file. Frames that others wrote after a piece move up; they are whole in the
        file at every moment. Bytes not written here stay for readers to report, and a new segment begins."""
        file = self._descriptor
        size = os.fstat(file).st_size
        at = sound_end(file, self._sound_to, size)
        if at < size:
            frames = without_pieces(os.pread(file, size - at, at), self._pieces)
            if frames is None:
                self._pieces.clear()
                self._rotate()
                return
            if frames:
                # pwrite appends, whatever its offset says, while O_APPEND is set: pwrite(2), "BUGS".
                flags = fcntl.fcntl(file, fcntl.F_GETFL)
                fcntl.fcntl(file, fcntl.F_SETFL, flags & ~os.O_APPEND)
                try:
                    os.pwrite(file, frames, at)
                finally:
                    fcntl.fcntl(file, fcntl.F_SETFL, flags)
            os.ftruncate(file, at + len(frames))
            at += len(frames)
        self._sound_to = at
        self._pieces.clear()

    def _rotate(self) -> None:
        """Switch to the next segment; if it cannot be created, continue in this one and retry a megabyte later."""
        first_ordinal = self._first_ordinal + count_frames(self._descriptor)
        segment = self._segment + 1
        header = pack(encode(self._header_for(segment, first_ordinal)))
        try:
            successor = create_segment(self._path_of(segment), header, durable=self._durable)
        except OSError as error:
            self._messages.append(
                f"The journal's next segment {self._path_of(segment)} could not be created: {error.strerror}."
            )
            self._room = _ROTATION_RETRY_BYTES
            return
        with self._sync_lock:
            if self._durable:
                self._sync(next(self._tickets))
            predecessor, self._descriptor = self._descriptor, successor
            self._identity = identity_of(successor)
        os.close(predecessor)
        self._segment = segment
        self._first_ordinal = first_ordinal
        self._sound_to = len(header)
        self._room = self._segment_bytes - len(header)

    def _sync(self, ticket: int) -> None:
        """Return when a sync that began after ``ticket`` was drawn has ended. Those waiting at the lock meanwhile are
        covered by the next one, all at once."""
        with self._sync_lock:
            if self._synced >= ticket or self._closed:
                return
            covers = next(self._tickets)
            try:
                _fdatasync(self._descriptor)
            except OSError as error:
                self._messages.append(
                    f"{self._path_of(self._segment)} would not survive a power cut: {error.strerror}."
                )
            self._synced = max(self._synced, covers)

    # ── errors, the end, and the fork ───────────────────────────────────────────────────────────────────────────

    def _complain(self, error: OSError) -> None:
        path = self._path_of(self._segment)
        reason = "the disk is full" if error.errno in DISK_FULL else error.strerror or str(error)
        if not self._complained:
            self._complained = True
            self._messages.append(
                f"{path} cannot be written: {reason}. The run continues with its events in memory; free some space in "
                f"{os.path.dirname(path)} to write them to disk."
            )
        if not self._complained_of_bound and not self.has_room and not self._may_drop:
            self._complained_of_bound = True
            self._messages.append(
                f"{self._waiting_bytes >> 20} MiB of events wait for {path}: new task runs pause until it has room."
            )

    def _report(self) -> None:
        while self._messages and not self._settling:
            self._say(self._messages.pop(0))

    def close(self, event: AnyEvent, wait_seconds: float) -> bool:
        """Write ``event`` as the last frame and close the file. With the disk full, wait up to ``wait_seconds`` for
        space; False if events were lost. A second call does nothing."""
        deadline = monotonic() + wait_seconds
        with self._lock:
            if self._closed:
                return True
            self._closed = True
            self._take_file()
            self._enqueue(pack(encode(event)))
            self._settle(force=True)
        while self._waiting and monotonic() < deadline:
            self._report()
            sleep(_RETRY_SECONDS)
            with self._lock:
                self._settle(force=True)
        lost = len(self._waiting)
        if lost:
            self._messages.append(
                f"{lost} events of {self._path_of(self._segment)} are lost: it could not be written for {wait_seconds:.0f} s."
            )
        if self._durable:
            self._sync(next(self._tickets))
        self._close_descriptor()
        self._report()
        return not lost

    def _close_descriptor(self) -> None:
        if is_open(self._descriptor, self._identity):  # else the number is another file's
            os.close(self._descriptor)

    def abandon(self) -> None:
        """In a forked child: the file is the parent's alone. Locks may be held by threads that do not exist here."""
        self._closed = self._shut = True
        self._lock = RLock()
        self._sync_lock = RLock()
        self._waiting.clear()
        self._torn.clear()
        self._close_descriptor()


def _too_large(event: AnyEvent, size: int) -> NotSerializable:
    return NotSerializable(
        f"A {type(event).__name__} event of {size >> 20} MiB does not fit into the journal.",
        subject=type(event).__name__,
        advice=f"The limit is {MAX_BODY_BYTES >> 20} MiB: store the data as a result or file and record where it is.",
    )
