"""The seam between a task run and results of earlier runs. Light: what is behind it loads with the first run that keeps any."""

from __future__ import annotations

from typing import Any, Generic, NamedTuple, TypeVar

Run = TypeVar("Run")


class Found(NamedTuple):
    """A result to use instead of running. ``producer`` is the run that computed it."""

    value: Any
    producer: str
    message: str


class Waits:
    """The answer "somebody is computing it": the run is tried again when they are done."""


WAITS = Waits()


class Reuse(Generic[Run]):
    """Belongs to one task run, which is a ``Run``."""

    def find(self, run: Run) -> Found | Waits | None:
        """Before the body: a result to use; ``WAITS``; or None: compute it. May raise; then the run fails."""
        raise NotImplementedError

    def store(self, run: Run, value: Any) -> None:
        """After the body: write the value where it belongs. May raise; then the try has failed."""
        raise NotImplementedError

    def release(self) -> None:
        """The run has ended: whoever waits for its result may look now."""
        raise NotImplementedError
