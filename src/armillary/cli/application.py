"""The root of the command: its nouns, loaded when they are used, and what happens to errors.

``armillary --help`` shows the table below without importing a single noun; a command imports its own.
"""

from __future__ import annotations

import os
import sys
from errno import EDQUOT, EFBIG, EIO, ENOSPC
from importlib import import_module
from typing import Any

from armillary import __version__
from armillary.cli.elsewhere import refuse_if_known
from armillary.cli.terminal.exits import FAILED, TOLD, code_for_error
from armillary.cli.terminal.messages import complain, say
from armillary.cli.terminal.streams import argument, prepare
from armillary.core.errors import ArmillaryError

NOUNS = {
    "run": ("armillary.cli.commands.runs.run", "Run a flow from a file or module, here and now."),
    "flow": ("armillary.cli.commands.runs.flow", "List flows."),
    "flow-run": ("armillary.cli.commands.runs.flow_run", "List, inspect, follow, cancel, retry and delete flow runs."),
    "task-run": ("armillary.cli.commands.runs.task_run", "List and inspect task runs."),
    "result": ("armillary.cli.commands.runs.result", "Print the stored result of a run."),
    "variable": ("armillary.cli.commands.deployments.variable", "Set, get, list and unset variables."),
    "artifact": ("armillary.cli.commands.runs.artifact", "List and show what runs published for people."),
    "saved-search": ("armillary.cli.commands.runs.saved_search", "Save, list and delete filters of the web app."),
    "notification": (
        "armillary.cli.commands.administration.notification",
        "Notify people about runs: by webhook, mail or chat.",
    ),
    "concurrency-limit": (
        "armillary.cli.commands.deployments.concurrency_limit",
        "Limit how many task runs with a tag run at once.",
    ),
    "storage": ("armillary.cli.commands.deployments.storage", "Manage where flow code and results are stored."),
    "deployment": (
        "armillary.cli.commands.deployments.deployment",
        "Run flows on a schedule or on request.",
    ),
    "schedule": ("armillary.cli.commands.deployments.schedule", "See when a schedule would fire."),
    "work-queue": (
        "armillary.cli.commands.deployments.work_queue",
        "Decide which scheduled runs wait for which agents.",
    ),
    "agent": ("armillary.cli.commands.deployments.agent", "Run what is scheduled."),
    "worker": ("armillary.cli.commands.deployments.agent", "Another name for agent."),
    "journal": (
        "armillary.cli.commands.administration.journal",
        "Inspect and ship what was recorded here for a server.",
    ),
    "server": ("armillary.cli.commands.administration.server", "Start, stop and check the server of this home."),
    "token": (
        "armillary.cli.commands.administration.token",
        "Create and revoke tokens for the server.",
    ),
    "config": ("armillary.cli.commands.administration.config", "View and change settings."),
    "profile": (
        "armillary.cli.commands.administration.profile",
        "Store several sets of settings and switch between them.",
    ),
    "database": (
        "armillary.cli.commands.administration.database",
        "Inspect, back up and clean the database of this home.",
    ),
    "doctor": (
        "armillary.cli.commands.administration.doctor",
        "Check this home, and say how to fix what is wrong.",
    ),
    "version": ("armillary.cli.commands.administration.version", "Show versions."),
}

HELP = f"""Run Python workflows, and see what happened to them.

\b
  armillary run pipeline.py:pipeline --param msg=hello
  armillary flow-run ls --state failed
  armillary flow-run logs flashy-dove --follow

Every noun explains itself: armillary flow-run --help. Listings print JSON with -o json. Data goes to stdout, everything
else to stderr.

Exit codes: {TOLD}.
"""


def main() -> None:
    """Run the command of ``sys.argv`` and exit with its code."""
    if sys.argv[1:] in (["version"], ["--version"]):  # answered before Typer is imported
        print(__version__)
        sys.exit(0)
    prepare()
    try:
        try:
            _root().main([argument(word) for word in sys.argv[1:]], prog_name="armillary")
        finally:
            sys.stdout.flush()  # here, where it is known what to do when nobody takes it
    except ArmillaryError as error:
        complain(error)
        sys.exit(code_for_error(error))
    except BrokenPipeError:  # the reader of a pipe has seen enough; the interpreter must not complain at exit
        _drop_output()
        sys.exit(FAILED)
    except OSError as problem:
        if problem.errno not in (ENOSPC, EDQUOT, EFBIG, EIO) or problem.filename is not None:
            raise
        _drop_output()
        say(f"error: The output cannot be written: {problem.strerror}.")
        sys.exit(FAILED)


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _root() -> Any:
    import typer  # heavy: 45 ms
    from typer.core import TyperCommand, TyperGroup
    from typer.main import get_command

    from armillary.cli.terminal.noun import SETTINGS

    class Nouns(TyperGroup):
        """Help and completion see each noun's name and summary; using one loads it."""

        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            self.commands = {name: TyperCommand(name, help=summary) for name, (_, summary) in NOUNS.items()}

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            refuse_if_known(args[0])
            name, found, rest = super().resolve_command(ctx, args)
            if name in NOUNS:
                found = get_command(import_module(NOUNS[name][0]).app)
                found.name = name
            return name, found, rest

    app = typer.Typer(
        cls=Nouns,
        help=HELP,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=SETTINGS,
    )
    app.callback()(_no_options)
    return get_command(app)


def _no_options() -> None:
    return None
