"""``deployment set-schedule``, ``pause`` and ``resume``: when a deployment makes runs by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from armillary.cli.commands.deployments.deployment_changes import schedule_words
from armillary.cli.commands.deployments.deployment_running import WordsArgument
from armillary.cli.completion import zone_names
from armillary.cli.connecting import connect
from armillary.cli.terminal.arguments import age
from armillary.cli.terminal.messages import say
from armillary.cli.terminal.output import Output, OutputOption, print_json
from armillary.clock import new_id
from armillary.core.deployments.deployment import Catchup, Deployment, DeploymentSchedule
from armillary.core.errors import InvalidOption
from armillary.core.schedules.schedule import check_it_fires, from_document, to_document

NumberOption = Annotated[
    int | None, typer.Option("--schedule", min=1, help="Only this one, by its number in `deployment inspect`.")
]


def add_to(app: typer.Typer) -> None:
    app.command("set-schedule")(set_schedule)
    app.command()(pause)
    app.command()(resume)


def set_schedule(
    deployment: WordsArgument,
    interval: Annotated[str | None, typer.Option(help="So much time between runs: 90s, 10m, 1d.")] = None,
    cron: Annotated[str | None, typer.Option(help="A cron rule, such as '0 9 * * 1-5'.")] = None,
    rrule: Annotated[str | None, typer.Option(help="A recurrence rule, such as FREQ=WEEKLY;BYDAY=MO.")] = None,
    timezone: Annotated[str, typer.Option(help="The time zone of its wall time.", autocompletion=zone_names)] = "UTC",
    jitter: Annotated[str | None, typer.Option(help="Fire up to so much later, each time differently: 30s.")] = None,
    catchup: Annotated[
        Catchup, typer.Option(help="Which runs are made for times at which nothing made any.")
    ] = Catchup.ALL,
    add: Annotated[bool, typer.Option("--add", help="Beside the schedules it has, not in their place.")] = False,
    remove: Annotated[
        int | None, typer.Option(min=1, help="Take this one away, by its number in `deployment inspect`.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Take all schedules away.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Give a deployment a schedule in place of those it has, or beside them. Runs that went with a schedule and nobody started go.

    \b
    Examples:
      armillary deployment set-schedule nightly --cron '0 2 * * *' --timezone Europe/Berlin --jitter 5m
      armillary deployment set-schedule nightly --interval 6h --add
    """
    document: dict[str, object] = {"timezone": timezone}
    if jitter is not None:
        document["jitter_seconds"] = age(jitter).total_seconds()
    given = {"interval": age(interval).total_seconds() if interval else None, "cron": cron, "rrule": rrule}
    rules = {name: value for name, value in given.items() if value is not None}
    if len(rules) + none + (remove is not None) != 1:
        raise InvalidOption(
            "It is not clear which schedule you mean.",
            subject="--interval",
            advice="Give one of --interval, --cron, --rrule, --remove and --none.",
        )
    wanted: list[DeploymentSchedule] = []
    if rules:
        rule = from_document(document | rules)
        check_it_fires(rule, datetime.now(UTC))
        wanted = [DeploymentSchedule(new_id(), to_document(rule), rule.words(), catchup)]
    with connect() as client:
        found = client.find_deployment(deployment)
        if remove is not None:
            gone = _numbered(found, remove)
            wanted = [each for each in found.schedules if each is not gone]
        elif add:
            wanted = [*found.schedules, *wanted]
        _tell(client.set_deployment_schedules(found.id, wanted), output)


def pause(deployment: WordsArgument, schedule: NumberOption = None, output: OutputOption = Output.TABLE) -> None:
    """Let a deployment make no runs by itself. Those it made and nobody started are taken back."""
    _set_paused(deployment, schedule, True, output)


def resume(deployment: WordsArgument, schedule: NumberOption = None, output: OutputOption = Output.TABLE) -> None:
    """Let a paused deployment make runs again, from now on."""
    _set_paused(deployment, schedule, False, output)


def _set_paused(words: str, number: int | None, paused: bool, output: Output) -> None:
    with connect() as client:
        found = client.find_deployment(words)
        if number is None:
            changed = client.set_deployment_paused(found.id, paused)
        else:
            _numbered(found, number).active = not paused
            changed = client.set_deployment_schedules(found.id, found.schedules)
    _tell(changed, output)


def _tell(changed: Deployment, output: Output) -> None:
    say(f"{changed.path}: {schedule_words(changed)}.")
    if output is Output.JSON:
        print_json(changed)


def _numbered(of: Deployment, number: int) -> DeploymentSchedule:
    if number > len(of.schedules):
        many = {0: "no schedule", 1: "one schedule"}.get(len(of.schedules), f"{len(of.schedules)} schedules")
        raise InvalidOption(f"{of.path} has {many}, and no number {number}.", subject=str(number))
    return of.schedules[number - 1]
