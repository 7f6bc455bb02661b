"""The lock of a home: who holds it may write its SQLite ledger.

Without a keeper each write transaction, checkpoint and close takes it for as long as it lasts. A keeper (a server or agent
that serves this home) takes it for good and writes its name into the file, so that others need not wait to find out.
"""

from __future__ import annotations

import fcntl
import os
import random
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock
from time import monotonic, sleep
from typing import Protocol

from armillary.core.errors import HomeNotWritable, LedgerUnavailable

LOCK_NAME = "keeper.lock"
PATIENCE_SECONDS = 60.0
_FIRST_PAUSE_SECONDS = 0.0005
_LONGEST_PAUSE_SECONDS = 0.02


class WriteLock(Protocol):
    """What a writer holds while it writes."""

    def held(self) -> AbstractContextManager[None]: ...

    def kept(self, name: str) -> AbstractContextManager[WriteLock]: ...


class KeptLock:
    """The lock of a process that keeps the home already: only its own threads exclude one another."""

    def __init__(self) -> None:
        self._lock = Lock()

    @contextmanager
    def held(self) -> Iterator[None]:
        with self._lock:
            yield

    @contextmanager
    def kept(self, name: str) -> Iterator[WriteLock]:
        yield self


class HomeLock:
    """Each use opens the file anew, so threads of one process exclude one another too."""

    def __init__(self, home: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.path = os.path.join(home, LOCK_NAME)
        self._patience_seconds = patience_seconds

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock. Raises LedgerUnavailable when a keeper has it, or others do for longer than patience lasts."""
        descriptor = self._take()
        try:
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def kept(self, name: str) -> Iterator[WriteLock]:
        """Hold the lock as the home's keeper; ``name`` says who that is to those who find it taken. Gives the lock this
        process writes under meanwhile."""
        descriptor = self._take()
        try:
            os.pwrite(descriptor, name.encode(), 0)
            yield KeptLock()
        finally:
            os.ftruncate(descriptor, 0)
            os.close(descriptor)

    def keeper(self) -> str | None:
        """The name of the keeper that holds the lock now, or None."""
        descriptor = self._open()
        try:
            return None if _try(descriptor) else _name_in(descriptor)
        finally:
            os.close(descriptor)

    def _take(self) -> int:
        descriptor = self._open()
        deadline = monotonic() + self._patience_seconds
        pause = _FIRST_PAUSE_SECONDS
        try:
            while not _try(descriptor):
                keeper = _name_in(descriptor)
                if keeper is not None:
                    raise LedgerUnavailable(
                        f"This home's ledger is kept by {keeper}.",
                        subject=self.path,
                        advice="Ask it, or stop it first.",
                    )
                if monotonic() > deadline:
                    raise LedgerUnavailable(
                        f"Another process has been writing this home's ledger for {self._patience_seconds:.0f} seconds.",
                        subject=self.path,
                        advice="See which one has that file open, and stop it if it hangs.",
                    )
                sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
            if os.fstat(descriptor).st_size:  # a keeper that was killed could not take its name away
                os.ftruncate(descriptor, 0)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _open(self) -> int:
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise HomeNotWritable(
                f"{self.path} cannot be opened for writing: {problem.strerror}.",
                subject=self.path,
                advice="Make the folder writable, or set ARMILLARY_HOME to one that is.",
            ) from problem


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _name_in(descriptor: int) -> str | None:
    return os.pread(descriptor, 256, 0).decode(errors="replace") or None
