"""What others ask of a run's owner, and what it answered."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from armillary.core.errors import Conflict
from armillary.journal.commands import Command
from armillary.ledger.database import dialect
from armillary.ledger.tables.run_tables import command, flow_run


def ask(connection: Connection, root_flow_run_id: str, wanted: Command) -> bool:
    """Keep a command until the owner has answered it. Asking again under the same id changes nothing, and is False. An owner may
    have recorded an id that nobody had asked with: for another run that one does not count."""
    known = connection.execute(
        select(command.c.root_flow_run_id, command.c.outcome).where(command.c.id == wanted.command_id)
    ).first()
    if known is not None and known.root_flow_run_id == root_flow_run_id:
        return False
    if known is not None and known.outcome is None:
        raise Conflict(
            f"Command {wanted.command_id} asks another run.", subject=wanted.command_id, advice="Give each its own id."
        )
    connection.execute(delete(command).where(command.c.id == wanted.command_id))
    row = {
        "id": wanted.command_id,
        "root_flow_run_id": root_flow_run_id,
        "run_id": wanted.run,
        "verb": wanted.verb,
        "payload": wanted.payload,
        "at": wanted.at,
        "outcome": None,
        "applied": None,
    }
    dialect.insert_missing(connection, command, [row])
    return True


def waiting(connection: Connection, root_flow_run_id: str) -> list[Command]:
    """The commands the owner of this root run has not answered, oldest first."""
    statement = (
        select(command)
        .where(command.c.root_flow_run_id == root_flow_run_id, command.c.outcome.is_(None))
        .order_by(command.c.id)
    )
    return [
        Command(row["id"], row["verb"], row["run_id"], row["at"], row["payload"])
        for row in connection.execute(statement).mappings()
    ]


UNANSWERED = (
    select(command.c.root_flow_run_id)
    .join(flow_run, flow_run.c.id == command.c.root_flow_run_id)
    .where(command.c.outcome.is_(None), flow_run.c.ended.is_(None))
    .distinct()
)
"""The root runs that go on and whose owners have not answered something."""


def unanswered(connection: Connection) -> list[str]:
    return [str(each) for each in connection.execute(UNANSWERED).scalars()]


def answered(connection: Connection, root_flow_run_id: str, command_id: str, verb: str, outcome: str, at: int) -> None:
    """Keep the owner's answer; a command it had from a file beside its journal is recorded with it."""
    changed = connection.execute(
        update(command)
        .where(command.c.id == command_id, command.c.root_flow_run_id == root_flow_run_id)
        .values(outcome=outcome, applied=at)
    )
    if changed.rowcount == 0:
        row = {
            "id": command_id,
            "root_flow_run_id": root_flow_run_id,
            "run_id": root_flow_run_id,
            "verb": verb,
            "payload": None,
            "at": at,
            "outcome": outcome,
            "applied": at,
        }
        dialect.insert_missing(connection, command, [row])
