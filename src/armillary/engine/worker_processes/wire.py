"""Messages between owner and worker: pickled, prefixed with their length, over a pair of pipes."""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.task_run import TaskRun
from armillary.engine.runs.unseen import Dropped
from armillary.journal.format.events import AnyEvent

_LENGTH = struct.Struct("<Q")


@dataclass(slots=True)
class WorkerSetup:
    """First message to a worker: how to import what the owner can, and the flow run it works for. ``main_name`` and
    ``main_file`` identify the owner's main module, for processes that a body starts by multiprocessing. ``flow`` is the
    pickled flow and its parameters, as far as they could be pickled."""

    path: list[str]
    main_name: str | None
    main_file: str | None
    flow: bytes
    flow_run: FlowRun
    log_prints: bool


@dataclass(slots=True)
class BodyRequest:
    """Run a body. ``body`` is the pickled (task, arguments, keywords)."""

    body: bytes
    task_run: TaskRun
    tags: frozenset[str]
    log_prints: bool


@dataclass(slots=True)
class EventReport:
    """An event of the worker for the journal; ``is_log`` names the lane."""

    event: AnyEvent
    is_log: bool


@dataclass(slots=True)
class BodyOutcome:
    """The body is over: its pickled value, or its pickled exception. ``dropped``: its first unread failure."""

    value: bytes | None
    error: bytes | None
    body_seconds: float
    dropped: Dropped | None = None

    def outcome(self) -> tuple[Any, BaseException | None]:
        """The value and the exception, one of which is None."""
        if self.error is not None:
            return None, pickle.loads(self.error)  # noqa: S301  from our own worker
        return pickle.loads(self.value or b""), None  # noqa: S301


def send(pipe: BinaryIO, message: Any) -> None:
    """Raises :class:`BrokenPipeError` when the other side has closed the pipe."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: BinaryIO) -> Any:
    """The next message; None when the other side has closed the pipe."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    return pickle.loads(data) if len(data) == length else None  # noqa: S301  a pipe to our own child
