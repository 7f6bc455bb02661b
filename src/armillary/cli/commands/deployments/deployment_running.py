"""``deployment run``, ``execute`` and ``backfill``: runs of a deployment that somebody asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from armillary.cli.commands.runs import flow_run_following
from armillary.cli.completion import deployment_words
from armillary.cli.connecting import connect
from armillary.cli.terminal.arguments import age, parameters
from armillary.cli.terminal.exits import code_for_state
from armillary.cli.terminal.formatting import moment
from armillary.cli.terminal.messages import confirm, hint, say, warn
from armillary.cli.terminal.output import Output, OutputOption, only_data, print_json

WordsArgument = Annotated[
    str, typer.Argument(help="flow/name, or the id.", metavar="DEPLOYMENT", autocompletion=deployment_words)
]
ParamOption = Annotated[
    list[str] | None, typer.Option("--param", "-p", help="name=value, the value as JSON or else text; repeatable.")
]
_ASKED_FROM = 20
"""So many runs are not made without a question."""


def add_to(app: typer.Typer) -> None:
    app.command()(run)
    app.command()(execute)
    app.command()(backfill)


def run(
    deployment: WordsArgument,
    param: ParamOption = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag; repeatable.")] = None,
    delay: Annotated[str | None, typer.Option("--in", help="Delay before the run: 10m, 2h, 1d.")] = None,
    at: Annotated[str | None, typer.Option(help="At that time: 2026-01-01T09:00, local unless it has a zone.")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Follow the run until it finishes; the exit code reflects its final state.")
    ] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Put a run of a deployment into its queue, for an agent to take.

    \b
    Examples:
      armillary deployment run mlflow-staging/every-minute --param num_xgb_runs=3 --watch
      armillary deployment run nightly --in 2h
    """
    due = datetime.now(UTC) + age(delay) if delay else _time(at) if at else None
    with connect() as client:
        found = client.find_deployment(deployment)
        made = client.run_deployment(found.id, parameters=parameters(param or ()), tags=tag or [], due=due)
        agents = client.workers()
    say(f"Flow run {made.name!r} of {found.path} is due {moment(made.expected_start_time)}.")
    if not agents:
        warn("No agent is running.")
        hint("armillary agent start")
    if watch:
        if output is Output.TABLE:
            print(made.id, flush=True)
        flow_run_following.watch(made.id, output)
    elif output is Output.JSON:
        print_json(made)
    else:
        print(made.id)


def execute(deployment: WordsArgument, param: ParamOption = None, output: OutputOption = Output.TABLE) -> None:
    """Run a deployment in this process and wait for it: its code and parameters, without queue and agent.

    \b
    Example:
      armillary deployment execute mlflow-staging/every-minute --param num_xgb_runs=1
    """
    from armillary.cli.running.deployment_execution import execute_here  # loads what running flows needs

    with connect() as client:
        found = client.find_deployment(deployment)
        with only_data(output):
            run_id = execute_here(client, found, parameters(param or ()))
        ended = client.find_flow_run(run_id)
    say(f"Flow run {ended.name!r} ended as {ended.state_name}.")
    if output is Output.JSON:
        print_json(ended)
    raise typer.Exit(code_for_state(ended.state_type))


def backfill(
    deployment: WordsArgument,
    begin: Annotated[str, typer.Option("--from", help="The first time: 2026-01-01, local unless it has a zone.")],
    end: Annotated[str | None, typer.Option("--to", help="The time to stop before. Default: now.")] = None,
    only_missed: Annotated[bool, typer.Option("--only-missed", help="Only for times without a run.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print the times.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Make the runs that a deployment's schedules would have made in the past, each with its own scheduled time.

    They are late at once, and agents work them off as their queues allow.

    \b
    Examples:
      armillary deployment backfill nightly --from 2026-01-01 --to 2026-02-01 --dry-run
      armillary deployment backfill nightly --from 2026-01-01 --only-missed
    """
    first, last = _time(begin), _time(end) if end else datetime.now(UTC)
    with connect() as client:
        found = client.find_deployment(deployment)
        planned = client.backfill_deployment(found.id, first, last, only_missed=only_missed, dry_run=True)
        if not dry_run and planned.times:
            if len(planned.times) >= _ASKED_FROM:
                confirm(f"Make {len(planned.times)} runs of {found.path}?", yes)
            planned = client.backfill_deployment(found.id, first, last, only_missed=only_missed)
    word = "Would make" if dry_run else "Made"
    span = f", {moment(planned.times[0])} to {moment(planned.times[-1])}" if planned.times else ""
    many = "1 run" if len(planned.times) == 1 else f"{len(planned.times)} runs"
    say(f"{word} {many} of {found.path}{span}.")
    if output is Output.JSON:
        print_json(planned)
    else:
        for each in planned.flow_run_ids or [moment(time) for time in planned.times]:
            print(each)


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a time such as 2026-01-01T09:00.") from None
    return found if found.tzinfo is not None else found.astimezone()
