"""``armillary database``: looking after the ledger of this home."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from msgspec import to_builtins

from armillary import settings
from armillary.cli.connecting import connect
from armillary.cli.terminal.arguments import age
from armillary.cli.terminal.formatting import size
from armillary.cli.terminal.messages import confirm, hint, say
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import Output, OutputOption, print_json, print_pairs
from armillary.core.errors import UsageError
from armillary.core.pruned import Pruned

app = noun("Inspect, back up and clean the database of this home: ARMILLARY_HOME/ledger.db, or its PostgreSQL.")

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


@app.command()
def info(output: OutputOption = Output.TABLE) -> None:
    """Show where the database is, how big it is and what it holds.

    \b
    Example:
      armillary database info
    """
    from armillary.ledger.postgresql.home_ledger import open_home
    from armillary.ledger.upkeep import maintenance

    with connect() as client:
        client.count_flow_runs()  # what the journals hold counts too
    with open_home(settings.home()) as ledger:
        found = maintenance.info(ledger)
    if output is Output.JSON:
        print_json(found)
        return
    print_pairs(
        [
            ("Path", found.path),
            ("Size", size(found.size_bytes)),
            ("Id", found.id),
            ("Schema version", found.schema_version),
            ("Flows", f"{found.flows:,}"),
            ("Flow runs", f"{found.flow_runs:,}"),
            ("Task runs", f"{found.task_runs:,}"),
            ("Quarantined", f"{found.quarantined:,} frames"),
        ]
    )


@app.command()
def upgrade() -> None:
    """Bring the database to this release's schema. Every command does so when it must; this one does nothing else.

    \b
    Example:
      armillary database backup before.db && armillary database upgrade
    """
    from armillary.ledger.postgresql.home_ledger import open_home
    from armillary.ledger.upkeep import maintenance

    with open_home(settings.home()) as ledger:
        say(f"The database has schema version {maintenance.info(ledger).schema_version}, which is this release's.")


@app.command()
def backup(path: Annotated[str, typer.Argument(help="The file to make; it must not exist yet.")]) -> None:
    """Copy the database as it is at one moment, while runs go on. What the journals hold is brought in first.

    \b
    Example:
      armillary database backup /backups/ledger-$(date +%F).db
    """
    from armillary.ledger import open_ledger
    from armillary.ledger.upkeep import maintenance

    _in_a_file("pg_dump copies a PostgreSQL database while it is used.")
    with connect() as client:
        client.count_flow_runs()
    with open_ledger(settings.home()) as ledger:
        written = maintenance.backup(ledger, os.path.abspath(os.path.expanduser(path)))
    say(f"Copied {size(written)} to {path}.")


@app.command()
def copy(
    to: Annotated[str, typer.Option(help="The empty database: postgresql://user:password@host/database.")],
    output: OutputOption = Output.TABLE,
) -> None:
    """Copy the database of this home into PostgreSQL, with every id, whole or not at all. Stop the server first.

    The file stays as it is. Secrets stay readable with the key they were sealed with: give servers on PostgreSQL what secret.key in
    this home holds as ARMILLARY_SECRET_KEY.

    \b
    Example:
      armillary server stop && armillary database copy --to postgresql://me@host/runs
    """
    from armillary.ledger.postgresql import copying

    copied = copying.copy(settings.home(), to, _tell_rows if sys.stderr.isatty() else lambda _done, _total: None)
    if output is Output.JSON:
        print_json(copied)
    say(f"Copied {sum(copied.rows.values()):,} rows to {copied.target}, and counted them there.")
    hint("Use it from now on: armillary config set ARMILLARY_DATABASE_URL=…, or server start --database-url …")


@app.command()
def reset(yes: YesOption = False) -> None:
    """Delete the database with everything recorded in it, whatever state it is in. Stop running flows first.

    \b
    Example:
      armillary database backup before.db && armillary database reset --yes
    """
    from armillary.ledger.upkeep import maintenance

    home = settings.home()
    _in_a_file("dropdb and createdb empty a PostgreSQL database; stop its server first.")
    confirm(f"Delete everything that is recorded in {home}?", yes)
    gone = maintenance.reset(home) if os.path.isdir(home) else []
    say(f"Deleted {', '.join(gone)}." if gone else f"There was no database in {home}.")


@app.command()
def prune(
    older_than: Annotated[str, typer.Option(help="Age since a run ended: 30d, 12h, 2w.")] = "30d",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be deleted.")] = False,
    yes: YesOption = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Delete runs that ended long ago, with all that belongs to them, and give their space back.

    \b
    Examples:
      armillary database prune --older-than 30d --dry-run
      armillary database prune --older-than 2w --yes
    """
    before = datetime.now(UTC) - age(older_than)
    with connect() as client:
        found = client.prune(before, dry_run=True)
        what = f"{found.flow_runs:,} flow runs with {found.task_runs:,} task runs that ended more than {older_than} ago"
        if not dry_run and found.flow_runs:
            confirm(f"Delete {what}?", yes)
            found = client.prune(before, progress=_tell if sys.stderr.isatty() else None)
    if output is Output.JSON:
        print_json({**to_builtins(found), "dry_run": dry_run})
    if dry_run:
        say(f"Would delete {what}.")
        if found.flow_runs:
            hint(f"armillary database prune --older-than {older_than}")
    else:
        say(f"Deleted {found.flow_runs:,} flow runs with {found.task_runs:,} task runs.")


def _tell_rows(done: int, total: int) -> None:
    sys.stderr.write(f"\rCopied {done:,} of {total:,} rows …\r")
    sys.stderr.flush()


def _in_a_file(instead: str) -> None:
    """Raises UsageError when the runs of this home are in PostgreSQL, whose own tools do it better."""
    from armillary.ledger.postgresql.home_ledger import is_in_postgresql  # loads SQLAlchemy

    if is_in_postgresql(settings.home()):
        raise UsageError(
            "This is for a database in a file, and the runs of this home are in PostgreSQL.",
            subject="ARMILLARY_DATABASE_URL",
            advice=instead,
        )


def _tell(so_far: Pruned) -> None:
    sys.stderr.write(f"\rDeleted {so_far.flow_runs:,} flow runs …\r")
    sys.stderr.flush()
