"""The interface between a task run and stored results. Light: the implementation loads with the first run that needs it."""

from __future__ import annotations

from typing import Any, Generic, NamedTuple, TypeVar

Run = TypeVar("Run")


class Found(NamedTuple):
    """A result to use instead of running. ``producer`` is the run that computed it."""

    value: Any
    producer: str
    message: str


class Waits:
    """Another run is computing the result: this run is retried when that one is done."""


WAITS = Waits()


class Reuse(Generic[Run]):
    """Belongs to one task run, which is a ``Run``."""

    def find(self, run: Run) -> Found | Waits | None:
        """Before the body: a result to use; ``WAITS``; or None: compute it. May raise; then the run fails."""
        raise NotImplementedError

    def store(self, run: Run, value: Any) -> None:
        """After the body: store the value. May raise; then the try fails."""
        raise NotImplementedError

    def release(self) -> None:
        """The run has ended: wake those waiting for its result."""
        raise NotImplementedError
