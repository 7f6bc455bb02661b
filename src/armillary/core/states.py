"""Run states: the nine types, the names within each type, and the moves between them.

    SCHEDULED ─▶ PENDING ─▶ RUNNING ─▶ COMPLETED · FAILED · CRASHED · CANCELLED      (terminal)
        ▲           │        │  ▲
        └───────────┴────────┤  └──▶ PAUSED
         retry, hand back     └─▶ CANCELLING ─▶ CANCELLED · CRASHED

A state is plain data; it knows nothing of databases, clients or contexts. ``State.data`` holds the value or the
exception in the process that ran the run and is never written anywhere.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from armillary.core.errors import (
    InvalidState,
    ResultMissing,
    RunCancelled,
    RunCrashed,
    RunFailed,
    RunPaused,
    RunTimedOut,
    UpstreamNotCompleted,
    did_you_mean,
)


class StateType(StrEnum):
    """The type of a run's state. The last four are terminal: COMPLETED and FAILED come from the user's code, CRASHED from the death of its
    process or machine, CANCELLED from a request."""

    SCHEDULED = "SCHEDULED"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    CANCELLING = "CANCELLING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CRASHED = "CRASHED"
    CANCELLED = "CANCELLED"


SCHEDULED = StateType.SCHEDULED
PENDING = StateType.PENDING
RUNNING = StateType.RUNNING
PAUSED = StateType.PAUSED
CANCELLING = StateType.CANCELLING
COMPLETED = StateType.COMPLETED
FAILED = StateType.FAILED
CRASHED = StateType.CRASHED
CANCELLED = StateType.CANCELLED

TERMINAL = frozenset({COMPLETED, FAILED, CRASHED, CANCELLED})

NAMES: dict[StateType, tuple[str, ...]] = {
    SCHEDULED: ("Scheduled", "Late", "AwaitingRetry", "Resuming"),
    PENDING: ("Pending", "AwaitingSlot", "Submitting"),
    RUNNING: ("Running", "Retrying"),
    PAUSED: ("Paused", "Suspended"),
    CANCELLING: ("Cancelling",),
    COMPLETED: ("Completed", "Cached"),
    FAILED: ("Failed", "TimedOut"),
    CRASHED: ("Crashed", "Quarantined"),
    CANCELLED: ("Cancelled", "NotReady"),
}
"""The names a state of each type may have; the first is the type's own."""

TYPE_OF_NAME = {name: kind for kind, names in NAMES.items() for name in names}

MOVES: dict[StateType | None, frozenset[StateType]] = {
    None: frozenset({SCHEDULED, PENDING}),
    SCHEDULED: frozenset({SCHEDULED, PENDING, RUNNING, PAUSED, CANCELLING, FAILED, CRASHED, CANCELLED}),
    PENDING: frozenset(
        {
            SCHEDULED,
            PENDING,
            RUNNING,
            PAUSED,
            CANCELLING,
            COMPLETED,
            FAILED,
            CRASHED,
            CANCELLED,
        }
    ),
    RUNNING: frozenset({SCHEDULED, PAUSED, CANCELLING, COMPLETED, FAILED, CRASHED, CANCELLED}),
    PAUSED: frozenset({SCHEDULED, RUNNING, PAUSED, CANCELLING, FAILED, CRASHED, CANCELLED}),
    CANCELLING: frozenset({CRASHED, CANCELLED}),
    COMPLETED: frozenset(),
    FAILED: frozenset(),
    CRASHED: frozenset(),
    CANCELLED: frozenset(),
}
"""Where a run may go from each state type within one attempt. A new attempt starts over from any terminal type."""

_EPOCH = datetime.fromtimestamp(0, UTC)


class State:
    """One state of a run. ``timestamp`` is aware UTC; ``message`` is for people; ``data`` never leaves the process.

    >>> State(COMPLETED, "Cached").is_final()
    True
    """

    __slots__ = ("__weakref__", "data", "message", "name", "timestamp", "type")

    def __init__(
        self,
        type: StateType,  # noqa: A002  the field's word for it
        name: str = "",
        message: str | None = None,
        timestamp: datetime = _EPOCH,
        data: Any = None,
    ) -> None:
        if not name:
            name = NAMES[type][0]
        elif name not in NAMES[type]:
            raise InvalidState(
                f"State name {name!r} does not belong to type {type}.",
                subject=name,
                advice=did_you_mean(name, NAMES[type]),
            )
        self.type = type
        self.name = name
        self.message = message
        self.timestamp = timestamp
        self.data = data

    def __eq__(self, other: object) -> bool:
        """``data`` does not count."""
        if not isinstance(other, State):
            return NotImplemented
        return (self.type, self.name, self.message, self.timestamp) == (
            other.type,
            other.name,
            other.message,
            other.timestamp,
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"State({self.type}, {self.name!r}, {self.message!r}, {self.timestamp.isoformat()})"

    def __str__(self) -> str:
        """``Completed('All states completed.')``; the type is added where the name differs from it."""
        kind = "" if self.name == NAMES[self.type][0] else f"type={self.type}"
        inside = ", ".join(part for part in (repr(self.message) if self.message else "", kind) if part)
        return f"{self.name}({inside})"

    def is_final(self) -> bool:
        """Whether no state can follow it in this attempt."""
        return self.type in TERMINAL

    def is_scheduled(self) -> bool:
        return self.type is SCHEDULED

    def is_pending(self) -> bool:
        return self.type is PENDING

    def is_running(self) -> bool:
        return self.type is RUNNING

    def is_paused(self) -> bool:
        return self.type is PAUSED

    def is_cancelling(self) -> bool:
        return self.type is CANCELLING

    def is_completed(self) -> bool:
        return self.type is COMPLETED

    def is_failed(self) -> bool:
        return self.type is FAILED

    def is_crashed(self) -> bool:
        return self.type is CRASHED

    def is_cancelled(self) -> bool:
        return self.type is CANCELLED

    def result(self, raise_on_failure: bool = True) -> Any:
        """The run's value. A run that did not complete raises its own exception, or with ``raise_on_failure=False``
        returns it. A run that is not finished raises :class:`RunPaused` or :class:`ResultMissing`."""
        if self.type is COMPLETED:
            return self.data
        if self.type not in TERMINAL:
            raise _unfinished(self)
        error = self.data if isinstance(self.data, BaseException) else error_for(self)
        if raise_on_failure:
            raise error
        return error


def error_for(state: State, subject: str | None = None) -> BaseException:
    """The error for a terminal state without its own exception."""
    message = state.message or f"The run ended as {state.name}."
    if state.name == "TimedOut":
        return RunTimedOut(message, subject=subject)
    if state.name == "NotReady":
        return UpstreamNotCompleted(message, subject=subject)
    kind = {CANCELLED: RunCancelled, CRASHED: RunCrashed}.get(state.type, RunFailed)
    return kind(message, subject=subject)


def _unfinished(state: State) -> Exception:
    if state.type is PAUSED:
        return RunPaused(
            f"The run is {state.name.lower()} and has no value yet.",
            advice="Resume it first.",
        )
    return ResultMissing(
        f"The run is {state.name} and has no value yet.",
        advice="Wait for its future first.",
    )


def can_move(current: StateType | None, proposed: StateType) -> bool:
    """Whether a run in ``current`` (None: not created) may go to ``proposed`` within one attempt.

    >>> can_move(COMPLETED, RUNNING)
    False
    """
    return proposed in MOVES[current]
