"""``flow-run logs`` and ``flow-run watch``: looking on until the run ends."""

from __future__ import annotations

import sys
from collections import deque
from time import monotonic
from typing import Annotated, Any

import typer
from msgspec import json

from armillary.cli.completion import flow_run_words
from armillary.cli.connecting import connect
from armillary.cli.running.following import follow_logs, follow_progress, read_logs
from armillary.cli.terminal.arguments import level as parsed_level
from armillary.cli.terminal.exits import OK, code_for_state
from armillary.cli.terminal.log_lines import LogLines
from armillary.cli.terminal.messages import say
from armillary.cli.terminal.output import Output, OutputOption, for_stdout, print_json
from armillary.cli.terminal.streams import write_json
from armillary.cli.terminal.task_run_argument import the_task_run
from armillary.core.states import TERMINAL

LINE_SECONDS = 1.0
"""Where no picture can be drawn, a line is written at most this often."""

FlowRunArgument = Annotated[str, typer.Argument(help="Id, beginning of an id, or name.", autocompletion=flow_run_words)]


def add_to(app: typer.Typer) -> None:
    app.command()(logs)
    app.command()(watch)


def logs(
    flow_run: FlowRunArgument,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run ends.")] = False,
    level: Annotated[str, typer.Option(help="Lowest level shown.")] = "debug",
    task_run: Annotated[str | None, typer.Option(help="Only lines of this task run.")] = None,
    subflows: Annotated[bool, typer.Option("--subflows/--no-subflows", help="With the lines of runs below it.")] = True,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, max=1_000_000_000, help="Only the last lines, this many.")
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Give a terminal the lines' escape sequences too, not their colours alone.")
    ] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what a flow run said. With --follow the command ends when the run does, with a code that tells how.

    Of the escape sequences in a line, a terminal gets the colours; the rest is shown as text. A pipe gets lines as they are.

    -o json prints an array; with --follow, one object per line.

    \b
    Examples:
      armillary flow-run logs flashy-dove --follow
      armillary flow-run logs flashy-dove --level warning --limit 20
    """
    code = OK
    with connect() as client:
        run = client.find_flow_run(flow_run)
        options: dict[str, Any] = {"with_subflows": subflows, "least_level": parsed_level(level)}
        if task_run is not None:
            options["task_run_id"] = the_task_run(client, task_run, run.id).id
        lines = LogLines(client, raw=raw)
        past = deque((line for batch in read_logs(client, run.id, -1, options) for line in batch), limit)
        if output is Output.JSON and not follow:
            print_json(list(past))
            return
        show = _print_object if output is Output.JSON else lines.print
        show(list(past))
        if follow:
            for batch in follow_logs(client, run.id, past[-1].ordinal if past else -1, options):
                show(batch)
            ended = client.find_flow_run(run.id)
            say(f"Flow run {ended.name!r} ended as {ended.state_name}.")
            code = code_for_state(ended.state_type)
    raise typer.Exit(code)


def _print_object(lines: list[Any]) -> None:
    write_json(b"".join(for_stdout(json.encode(line)) + b"\n" for line in lines))


def watch(flow_run: FlowRunArgument, output: OutputOption = Output.TABLE) -> None:
    """Show a run's progress until it ends.

    Its tasks by state, how many end per second, and how long the known ones may take still.

    The exit code tells how the run ended. -o json prints the flow run when it has.

    \b
    Examples:
      armillary flow-run watch flashy-dove
      armillary flow-run watch flashy-dove && ./publish.sh
    """
    with connect() as client:
        run = client.find_flow_run(flow_run)
        if sys.stderr.isatty():
            from armillary.cli.running.progress_bar import show_progress  # loads rich, which logs and pipes do without

            ended = show_progress(client, run)
        else:
            ended = run
            told_at = float("-inf")
            for ended, progress in follow_progress(client, run.id):
                if monotonic() - told_at >= LINE_SECONDS or ended.state_type in TERMINAL:
                    told_at = monotonic()
                    say(f"{ended.state_name}: {progress.told()}")
        if output is Output.JSON:
            print_json(ended)
    message = f": {ended.state_message}" if ended.state_message else "."
    say(f"Flow run {ended.name!r} ended as {ended.state_name}{message}")
    raise typer.Exit(code_for_state(ended.state_type))
