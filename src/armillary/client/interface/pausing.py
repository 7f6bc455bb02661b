"""What a client offers of pausing: hold a flow run, let it give up its process, let it go on."""

from __future__ import annotations

from typing import Any, Protocol

from msgspec import UNSET

from armillary.core.runs.run_input import RunInput


class Pausing(Protocol):
    """A part of :class:`armillary.client.interface.client.Client`. All raise NotFound, and IllegalTransition for a run that is in no state
    for it. Where the run has an owner, it is asked: its state follows once it has obeyed."""

    def pause(self, flow_run_id: str) -> None:
        """Hold a running flow run: what runs below it goes on to its end, nothing new begins."""
        ...

    def suspend(self, flow_run_id: str) -> None:
        """Let a running root run give up its process once what runs below it has ended."""
        ...

    def resume(self, flow_run_id: str, answer: Any = UNSET) -> None:
        """Let a paused or suspended run go on, with the input it asks for, if it does.

        A suspended run becomes SCHEDULED ``Resuming``: an agent starts it, or ``armillary flow-run resume`` does. Raises
        InvalidParameters for an input that does not fit its schema; then nothing is changed.
        """
        ...

    def run_inputs(self, flow_run_id: str) -> list[RunInput]:
        """What a flow run asked for, oldest first; one that is open has no ``answered``."""
        ...
