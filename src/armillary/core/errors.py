"""Every error Armillary raises on purpose.

    ArmillaryError
    ├── UsageError                   you: the call, option or value is wrong
    │   ├── UnknownOption            an option no decorator or command has
    │   ├── InvalidOption            an option with an invalid value
    │   ├── OutsideRun               a task, logger or context used outside a run
    │   ├── InvalidParameters        arguments that do not match the flow's signature
    │   ├── InvalidSetting           a setting with an unknown name or a wrong value
    │   ├── InvalidState             a state whose type and name do not belong together
    │   ├── IllegalTransition        a transition that the run's state does not allow
    │   ├── FutureMisuse             a future used as if it were its value (also a TypeError, an AttributeError)
    │   ├── WouldBlockLoop           a blocking wait on an event loop's own thread
    │   ├── NotSerializable          a value that cannot be pickled, encoded or hashed
    │   ├── InvalidSchedule          a schedule that cannot be parsed, never fires, or fires too often
    │   ├── FileRaised               a file with flows or deployments that raises while it is loaded
    │   ├── InvalidCacheKey          a cache key function that raised or returned no string
    │   ├── NotFound                 a name or id with no record
    │   ├── Ambiguous                a name or short id that matches several records
    │   ├── TooBroad                 a query that would take too long
    │   ├── Conflict                 a request that conflicts with the current state
    │   ├── Unauthenticated          missing or invalid credentials
    │   │   └── AttemptOver          the token of an attempt whose run was or will be reassigned
    │   ├── Forbidden                the caller lacks permission
    │   ├── Untrusted                a store or a stored value that cannot be trusted
    │   └── TooLarge                 more bytes, depth or items than are accepted
    ├── RunError                     the outcome of a run, raised where its value is requested
    │   ├── UpstreamNotCompleted     an upstream did not complete, so the run never started
    │   ├── RunTimedOut              the run passed its deadline (also a TimeoutError)
    │   ├── RunCancelled             the run was cancelled
    │   ├── RunCrashed               the process or machine died under the run
    │   ├── RunFailed                the run failed and its original exception is not available
    │   ├── RunPaused                the run was paused and has no value yet
    │   └── ResultMissing            the run completed but its value was not stored
    └── WorldError                   the world: a disk, a file, a database, another process
        ├── HomeNotWritable          the home directory cannot be used
        ├── JournalUnreadable        a journal damaged beyond its torn tail
        ├── JournalTooNew            a journal written by a newer release
        ├── LedgerTooNew             a database migrated by a newer release
        ├── LedgerUnavailable        a database that is locked, read-only, full or missing
        ├── StorageUnavailable       a result or code store that cannot be read or written
        └── WorkerDied               a worker process ended before it returned a result

Each carries its ``subject`` (what it is about), its ``fault`` ("you" or "the world") and its ``advice`` (what to do
next); ``str(error)`` is the message followed by the advice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

Fault = Literal["you", "the world"]


class ArmillaryError(Exception):
    """Root of the tree above. ``ArmillaryError(message, subject=..., advice=...)``."""

    fault: ClassVar[Fault] = "the world"

    def __init__(self, message: str, *, subject: str | None = None, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.subject = subject
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}" if self.advice else self.message

    def __reduce__(self) -> tuple[object, ...]:
        return (
            _rebuild,
            (type(self), self.message, self.subject, self.advice),
            self.__dict__,
        )


def _rebuild(kind: type[ArmillaryError], message: str, subject: str | None, advice: str | None) -> ArmillaryError:
    return kind(message, subject=subject, advice=advice)


def did_you_mean(given: str, known: Iterable[str]) -> str | None:
    """The advice for a misspelt name: the nearest known one, or all known names if none is near."""
    from difflib import (
        get_close_matches,
    )  # needed only for errors: takes 2 ms

    names = sorted(known)
    near = get_close_matches(given, names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Known: {', '.join(names)}." if names else None


class UsageError(ArmillaryError):
    """You: the call, option or value is wrong. A run that raises one is not retried: it would fail the same way."""

    fault: ClassVar[Fault] = "you"


class UnknownOption(UsageError, TypeError):
    """An option no decorator or command has."""


class InvalidOption(UsageError, ValueError):
    """An option with an invalid value."""


class OutsideRun(UsageError, RuntimeError):
    """A task, logger or context used outside a run."""


class InvalidParameters(UsageError, TypeError):
    """Arguments that do not match the flow's signature."""


class InvalidSetting(UsageError, ValueError):
    """A setting with an unknown name or a wrong value."""


class InvalidState(UsageError, ValueError):
    """A state whose type and name do not belong together."""


class IllegalTransition(UsageError, ValueError):
    """A transition that the run's state does not allow."""


class FutureMisuse(UsageError, TypeError, AttributeError):
    """A future used as if it were its value (also a TypeError, and an AttributeError for ``hasattr``)."""


class WouldBlockLoop(UsageError, RuntimeError):
    """A blocking wait on an event loop's own thread."""


class NotSerializable(UsageError, TypeError):
    """A value that cannot be pickled, encoded or hashed."""


class InvalidSchedule(UsageError, ValueError):
    """A schedule that cannot be parsed, never fires, or fires too often."""


class FileRaised(UsageError):
    """A file with flows or deployments that raises while it is loaded: see ``__cause__``."""


class InvalidCacheKey(UsageError, ValueError):
    """A cache key function that raised or returned no string."""


class NotFound(UsageError, LookupError):
    """A name or id with no record."""


class Ambiguous(UsageError, LookupError):
    """A name or short id that matches several records."""


class Conflict(UsageError):
    """A request that conflicts with the current state."""


class Unauthenticated(UsageError):
    """Missing or invalid credentials."""


class AttemptOver(Unauthenticated):
    """The token of an attempt whose run was or will be reassigned to another owner. ``subject`` is the run's id."""


class Forbidden(UsageError):
    """The caller lacks permission."""


class Untrusted(UsageError):
    """A store that only a run names, or a stored value that is unsigned or of an unexpected serializer."""


class TooLarge(UsageError):
    """More bytes, depth or items than are accepted."""


class TooBroad(UsageError):
    """A query that would take too long."""


class RunError(ArmillaryError):
    """The outcome of a run, raised where its value is requested. ``subject`` is the run's name."""


class UpstreamNotCompleted(RunError):
    """An upstream did not complete, so the run never started."""


class RunTimedOut(RunError, TimeoutError):
    """The run passed its deadline (also a TimeoutError)."""

    fault: ClassVar[Fault] = "you"


class RunCancelled(RunError):
    """The run was cancelled."""


class RunCrashed(RunError):
    """The process or machine died under the run."""


class RunFailed(RunError):
    """The run failed and its original exception is not available."""

    fault: ClassVar[Fault] = "you"


class RunPaused(RunError):
    """The run was paused and has no value yet."""


class ResultMissing(RunError):
    """The run completed but its value was not stored."""


class WorldError(ArmillaryError):
    """The world: a disk, a file, a database, another process."""

    fault: ClassVar[Fault] = "the world"


class HomeNotWritable(WorldError, OSError):
    """The home directory cannot be used."""


class JournalUnreadable(WorldError):
    """A journal damaged beyond its torn tail."""


class JournalTooNew(WorldError):
    """A journal written by a newer release."""


class LedgerTooNew(WorldError):
    """A database migrated by a newer release."""


class LedgerUnavailable(WorldError):
    """A database that is locked, read-only, full or missing."""


class StorageUnavailable(WorldError, OSError):
    """A result or code store that cannot be read or written."""


class WorkerDied(WorldError):
    """A worker process ended before it returned a result."""
