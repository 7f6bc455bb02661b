"""``armillary deployment``: flows that run by themselves."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from armillary.cli.arguments import age, parameters
from armillary.cli.columns import Column
from armillary.cli.connecting import connect
from armillary.cli.noun import noun
from armillary.cli.output import LimitOption, Output, OutputOption, print_json, print_pairs, print_records
from armillary.cli.paging import first
from armillary.cli.speech import confirm, hint, say, warn
from armillary.cli.wording import moment
from armillary.core.deployment import Deployment, DeploymentSchedule
from armillary.core.schedules.schedule import from_document, to_document

app = noun("Make flows run by themselves: on a schedule, or when somebody asks.")

WordsArgument = Annotated[str, typer.Argument(help="flow/name, or the id.", metavar="DEPLOYMENT")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command()
def create(
    path: Annotated[str, typer.Argument(help="A Python file with DeploymentSpec(…) at its top level.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check it, and show what would change.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Make the deployments a file specifies, or replace those of the same flow and name.

    A replaced deployment keeps its id and, if it is paused, its pause. Its runs that nobody started are made anew.

    \b
    Example:
      armillary deployment create deployments.py
    """
    from armillary.sdk.deployment_spec import specs_in  # loads what flows need

    folder = os.path.dirname(os.path.abspath(os.path.expanduser(path)))
    wanted = [spec.deployment(folder) for spec in specs_in(path)]
    with connect() as client:
        known = {each.path: each for each in client.deployments(limit=1000).items}
        if dry_run:
            for each in wanted:
                _say_changes(known.get(each.path), each)
            return
        saved = [client.save_deployment(each) for each in wanted]
    for each in saved:
        say(f"{'Replaced' if each.path in known else 'Made'} deployment {each.path}: {_words(each)}.")
    if output is Output.JSON:
        print_json(saved)
    else:
        for each in saved:
            print(each.id)
        hint("armillary agent start")


@app.command("ls")
def list_deployments(limit: LimitOption = 200, output: OutputOption = Output.TABLE) -> None:
    """List deployments by flow and name."""
    with connect() as client:
        found = first(limit, lambda size, after: client.deployments(limit=size, after=after))
    columns: list[Column[Deployment]] = [
        Column("id", lambda each: each.id),
        Column("deployment", lambda each: each.path),
        Column("schedule", _words),
        Column("tags", lambda each: ", ".join(each.tags), expendable=True),
        Column("flow runner", lambda each: str(each.flow_runner.get("type")), expendable=True),
    ]
    print_records(found, columns, output)
    if not found:
        hint("armillary deployment create deployments.py")


@app.command()
def inspect(deployment: WordsArgument, output: OutputOption = Output.TABLE) -> None:
    """Show everything about a deployment."""
    with connect() as client:
        found = client.find_deployment(deployment)
    if output is Output.JSON:
        print_json(found)
        return
    print_pairs(
        [
            ("id", found.id),
            ("deployment", found.path),
            ("description", found.description or ""),
            ("entrypoint", found.entrypoint),
            ("schedules", _words(found)),
            ("parameters", str(found.parameters)),
            ("tags", ", ".join(found.tags)),
            ("flow runner", str(found.flow_runner)),
            ("work queue", found.work_queue_name or "by the queues' filters"),
            ("concurrency limit", str(found.concurrency_limit or "none")),
            ("crash retries", str(found.crash_retries)),
            ("updated", moment(found.updated)),
        ]
    )


@app.command()
def run(
    deployment: WordsArgument,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help="name=value, the value as JSON or else text; repeatable.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag; repeatable.")] = None,
    delay: Annotated[str | None, typer.Option("--in", help="So much later: 10m, 2h, 1d.")] = None,
    at: Annotated[str | None, typer.Option(help="At that time: 2026-01-01T09:00, local unless it has a zone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Put a run of a deployment into its queue, for an agent to take.

    \b
    Examples:
      armillary deployment run mlflow-staging/every-minute --param num_xgb_runs=3
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
    if output is Output.JSON:
        print_json(made)
    else:
        print(made.id)


@app.command("set-schedule")
def set_schedule(
    deployment: WordsArgument,
    interval: Annotated[str | None, typer.Option(help="So much time between runs: 90s, 10m, 1d.")] = None,
    cron: Annotated[str | None, typer.Option(help="A cron rule, such as '0 9 * * 1-5'.")] = None,
    rrule: Annotated[str | None, typer.Option(help="A recurrence rule, such as FREQ=WEEKLY;BYDAY=MO.")] = None,
    timezone: Annotated[str, typer.Option(help="The time zone of its wall time.")] = "UTC",
    none: Annotated[bool, typer.Option("--none", help="Take all schedules away.")] = False,
) -> None:
    """Give a deployment one schedule in place of those it has. Runs the old ones made and nobody started go."""
    from armillary.client.new_ids import new_id

    document: dict[str, object] = {"timezone": timezone}
    given = {"interval": age(interval).total_seconds() if interval else None, "cron": cron, "rrule": rrule}
    document |= {name: value for name, value in given.items() if value is not None}
    rule = None if none else from_document(document)
    wanted = [] if rule is None else [DeploymentSchedule(new_id(), to_document(rule), rule.words())]
    with connect() as client:
        found = client.find_deployment(deployment)
        changed = client.set_deployment_schedules(found.id, wanted)
    say(f"{changed.path}: {_words(changed)}.")


@app.command()
def pause(deployment: WordsArgument) -> None:
    """Let a deployment make no runs by itself. Those it made and nobody started are taken back."""
    _set_paused(deployment, True)


@app.command()
def resume(deployment: WordsArgument) -> None:
    """Let a paused deployment make runs again, from now on."""
    _set_paused(deployment, False)


@app.command()
def delete(deployment: WordsArgument, yes: YesOption = False) -> None:
    """Take a deployment away, with the runs nobody started. What ran stays."""
    with connect() as client:
        found = client.find_deployment(deployment)
        confirm(f"Delete deployment {found.path}?", yes)
        client.delete_deployment(found.id)
    say(f"Deleted deployment {found.path}.")


def _set_paused(words: str, paused: bool) -> None:
    with connect() as client:
        changed = client.set_deployment_paused(client.find_deployment(words).id, paused)
    say(f"{changed.path}: {_words(changed)}.")


def _words(found: Deployment) -> str:
    said = "; ".join(each.words for each in found.schedules) or "no schedule"
    return f"paused ({said})" if found.paused else said


def _say_changes(old: Deployment | None, new: Deployment) -> None:
    if old is None:
        say(f"Would make {new.path}: {_words(new)}.")
        return
    facts: dict[str, Callable[[Deployment], str]] = {
        "schedule": lambda each: "; ".join(schedule.words for schedule in each.schedules) or "no schedule",
        "parameters": lambda each: str(each.parameters),
        "tags": lambda each: ", ".join(each.tags),
        "entrypoint": lambda each: each.entrypoint,
        "version": lambda each: each.version or "",
        "flow runner": lambda each: str(each.flow_runner),
    }
    changes = [f"{name}: {of(old)} → {of(new)}" for name, of in facts.items() if of(old) != of(new)]
    say(f"Would replace {new.path}. {'; '.join(changes) or 'Nothing differs'}.")


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a time such as 2026-01-01T09:00.") from None
    return found if found.tzinfo is not None else found.astimezone()
