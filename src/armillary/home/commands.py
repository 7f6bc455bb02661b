"""Asking the owner of a run for something: to cancel, to pause, to resume.

A run of this home's own journals has its commands put into the file beside its journal. Any other owner is one that ships its
journal here: it gets the command with the answer to what it ships next. The command is kept in the ledger either way.

Each of these works in the transaction it is given, and tells the root run whose owner is to be rung once that has committed; None
where nobody owned it and all is done, and where that was asked before. All raise NotFound, and IllegalTransition naming what the
run is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from msgspec import UNSET, json
from sqlalchemy import Connection

from armillary.clock import new_id
from armillary.core.errors import IllegalTransition, NotFound
from armillary.core.rules.ownership import has_owner
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.task_run import TaskRun
from armillary.core.states import TERMINAL
from armillary.journal.command_file import append_command
from armillary.journal.commands import CANCEL, PAUSE, RESUME, SUSPEND, Command
from armillary.journal.reading.living_journal import living_journal
from armillary.ledger.database import dialect
from armillary.ledger.database.opening import Ledger
from armillary.ledger.ownership import commands, flow_run_changes, holding
from armillary.ledger.runs import flow_runs, task_runs

Asking = Callable[[Connection, str, str, int], str | None]
"""One of those below: of connection, run, command id and now."""


def cancel(connection: Connection, run_id: str, command_id: str, now: int) -> str | None:
    """Cancel a flow run or task run that has not ended: at once when nobody owns it, else by asking its owner."""
    run, home = _found(connection, run_id)
    dialect.lock(connection, home.root_flow_run_id)  # re-check under the lock: it may be claimed concurrently
    run, home = _found(connection, run_id)
    if run.state_type in TERMINAL:
        raise IllegalTransition(f"{run.name!r} has ended: it is {run.state_name}.", subject=run.name)
    root = flow_runs.get(connection, home.root_flow_run_id) or home
    if not has_owner(root.state_type, root.state_name):
        flow_run_changes.cancel_unowned(connection, run, root, now)
        return None
    return _ask(connection, root, Command(command_id, CANCEL, run_id, now))


def pause(connection: Connection, flow_run_id: str, command_id: str, now: int) -> str | None:
    """Hold a running flow run."""
    root = holding.to_pause(connection, flow_run_id)
    return _ask(connection, root, Command(command_id, PAUSE, flow_run_id, now))


def suspend(connection: Connection, flow_run_id: str, command_id: str, now: int) -> str | None:
    """Let a root run give up its process."""
    root = holding.to_suspend(connection, flow_run_id)
    return _ask(connection, root, Command(command_id, SUSPEND, flow_run_id, now))


def resume(connection: Connection, flow_run_id: str, command_id: str, now: int, answer: Any = UNSET) -> str | None:
    """Let a paused run go on. Raises InvalidParameters for an input that does not fit."""
    root = holding.to_resume(connection, flow_run_id, now, answer)
    if root is None:
        return None
    payload = None if answer is UNSET else json.encode(answer).decode()
    return _ask(connection, root, Command(command_id, RESUME, flow_run_id, now, payload))


def ask_here(ledger: Ledger, wanted: Asking, run_id: str) -> str:
    """Ask in a home that no server keeps: the command is put beside the journal of its owner, which has to be on this machine. Returns
    the id of the command. Raises IllegalTransition where no process of this machine runs it; then nothing was asked."""
    journals = os.path.join(ledger.home, "journal")
    command_id = new_id()
    with ledger.write() as connection:
        root_id = wanted(connection, run_id, command_id, ledger.now())
        if root_id is None:
            return command_id
        journal_id = living_journal(journals, root_id)
        if journal_id is None:
            root = flow_runs.get(connection, root_id)
            assert root is not None
            raise IllegalTransition(
                f"{root.name!r} is {root.state_name}, and no process on this machine runs it.", subject=root.name
            )
        [command] = [each for each in commands.waiting(connection, root_id) if each.command_id == command_id]
        append_command(journals, journal_id, command)  # inside: on a full disk nothing was asked
    return command_id


def _ask(connection: Connection, root: FlowRun, wanted: Command) -> str | None:
    return root.id if commands.ask(connection, root.id, wanted) else None


def _found(connection: Connection, run_id: str) -> tuple[FlowRun | TaskRun, FlowRun]:
    """The run, and the flow run that it is or is in."""
    run = flow_runs.get(connection, run_id) or task_runs.get(connection, run_id)
    home = flow_runs.get(connection, run.flow_run_id) if isinstance(run, TaskRun) else run
    if run is None or home is None:
        raise NotFound(f"There is no run {run_id!r}.", subject=run_id)
    return run, home
