"""One root run in this process: its journal, the commands it receives, and what all runs below it share."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from armillary import settings
from armillary.clock import new_id, now_us
from armillary.engine.runs.destination import carry, destination
from armillary.engine.waiting.timers import Timer, timers
from armillary.journal.command_file import CommandReader
from armillary.journal.commands import Command
from armillary.journal.format.events import AnyEvent, CommandApplied
from armillary.journal.writing.writer import JournalWriter

if TYPE_CHECKING:
    from armillary.engine.runs.execution import Execution
    from armillary.stores.store import Store

HOUSEKEEPING_SECONDS = 0.2


class Root:
    """``flow`` is the root flow run. ``on_command`` is called on the timer thread with each command for a run below,
    ``on_look`` on the same thread every 200 ms. ``show``, if set, receives the console lines of these runs; False: print
    the line as usual. ``resume_stores`` contain results stored only for a later attempt; those stored before ``fresh_since_us``
    are not reused. ``broken`` are runs that the engine could not continue, and why; ``mend`` ends them. ``result_secret`` signs
    stored results, None: the home's; ``result_prefix`` begins the keys of cached results."""

    __slots__ = (
        "_commands",
        "_housekeeping",
        "attempt",
        "broken",
        "flow",
        "fresh_since_us",
        "journal",
        "log",
        "mend",
        "on_command",
        "on_look",
        "pid",
        "record",
        "result_prefix",
        "result_secret",
        "resume_stores",
        "show",
    )

    def __init__(self, root_flow_run_id: str, attempt: int, complaint: Callable[[str], None]) -> None:
        place = destination()
        self.attempt = attempt
        self.pid = os.getpid()
        self.resume_stores: set[Store] = set()
        self.fresh_since_us = 0
        self.result_secret: str | None = None
        self.result_prefix = ""
        self.show: Callable[[str], bool] | None = None
        self.journal = JournalWriter.create(
            place.folder,
            root_flow_run_id=root_flow_run_id,
            attempt=attempt,
            journal_id=new_id(),
            ledger_url=place.api_url,
            durability=settings.get("DURABILITY"),
            complaint=complaint,
        )
        self.record: Callable[[AnyEvent], object] = self.journal.append
        self.log: Callable[[AnyEvent], object] = self.journal.append_log
        self.flow: Execution | None = None
        self.on_command: Callable[[Command], str] | None = None
        self.on_look: Callable[[], None] | None = None
        self.broken: list[tuple[Execution, BaseException]] = []
        self.mend: Callable[[], None] | None = None
        self._commands = CommandReader(place.folder, self.journal.journal_id)
        self._housekeeping: Timer = timers.after(HOUSEKEEPING_SECONDS, self._keep_house)
        carry(place)

    @property
    def is_owner(self) -> bool:
        """False in a forked child: its parent continues and alone records for the runs."""
        return self.pid == os.getpid()

    def close(self, reason: str) -> None:
        """The last event of this root run has been appended."""
        self._housekeeping.cancel()
        self._commands.remove()
        self.journal.close(reason)

    def _keep_house(self) -> None:
        self.journal.retry()
        if self.broken and self.mend is not None:
            self.mend()
        if self.on_look is not None:
            self.on_look()
        for command in self._commands.read_new():
            outcome = self.on_command(command) if self.on_command is not None else "refused"
            self.record(CommandApplied(now_us(), command.command_id, command.verb, outcome))
        if self._housekeeping.callback is not None:
            self._housekeeping = timers.after(HOUSEKEEPING_SECONDS, self._keep_house)
