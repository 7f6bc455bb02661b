"""Asking the owner of a run on this machine for something, by the command file beside its journal."""

from __future__ import annotations

from armillary.clock import new_id, now_us
from armillary.core.errors import IllegalTransition
from armillary.core.runs.flow_run import FlowRun
from armillary.journal.command_file import append_command
from armillary.journal.commands import Command
from armillary.journal.reading.living_journal import living_journal


def ask_owner(journals: str, root: FlowRun, run_id: str, verb: str, payload: str | None = None) -> str:
    """Ask the process that runs ``root`` about the run at or below it; the id of the command. Raises IllegalTransition when no
    process of this machine runs it."""
    journal_id = living_journal(journals, root.id)
    if journal_id is None:
        raise IllegalTransition(
            f"{root.name!r} is {root.state_name}, and no process on this machine runs it.", subject=root.name
        )
    command = Command(new_id(), verb, run_id, now_us(), payload)
    append_command(journals, journal_id, command)
    return command.command_id
