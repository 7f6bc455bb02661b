"""``armillary deployment``: flows that run by themselves."""

from __future__ import annotations

from typing import Annotated

import typer

from armillary.cli.commands.deployments import deployment_running, deployment_schedules
from armillary.cli.commands.deployments.deployment_changes import (
    say_changes,
    say_what_is_given_away,
    schedule_pairs,
    schedule_words,
)
from armillary.cli.commands.deployments.deployment_running import WordsArgument
from armillary.cli.connecting import connect
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.formatting import compact, moment
from armillary.cli.terminal.messages import confirm, hint, say, warn
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import LimitOption, Output, OutputOption, print_json, print_pairs, print_records
from armillary.cli.terminal.paging import first
from armillary.client.interface.client import Client
from armillary.core.deployments.deployment import Deployment
from armillary.core.errors import NotFound

app = noun("Run flows on a schedule or on request.")
deployment_running.add_to(app)
deployment_schedules.add_to(app)

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command()
def create(
    path: Annotated[
        str, typer.Argument(help="A Python file with DeploymentSpec(…), a YAML file, or a folder with one.")
    ] = ".",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check it, and show what would change.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Make the deployments a file specifies, or replace those of the same flow and name.

    The project around each flow's file is kept in its storage. A replaced deployment keeps its id and, if it is paused, its pause.
    Its runs that nobody started are made anew.

    \b
    Examples:
      armillary deployment create deployments.py
      armillary deployment create armillary.yaml --dry-run
    """
    from armillary.sdk.deployments.project_upload import locate  # loads what flows need
    from armillary.sdk.deployments.spec_files import specs_in

    specs, folder = specs_in(path)
    prepared = [spec.prepared(folder) for spec in specs]
    with connect() as client:
        located = [locate(client, each) for each in prepared]
        known = {each.deployment.path: _known(client, each.deployment.path) for each in located}
        say_what_is_given_away(located)
        if dry_run:
            for each in located:
                say_changes(client, known[each.deployment.path], each)
            if output is Output.JSON:
                print_json([each.deployment for each in located])
            return
        for each in located:
            each.upload(client)
        saved = [client.save_deployment(each.deployment) for each in located]
        wanted = sorted({each.work_queue_name for each in saved if each.work_queue_name is not None})
        there = {each.name for each in client.work_queues()} if wanted else set()
    for made in saved:
        say(f"{'Made' if known[made.path] is None else 'Replaced'} deployment {made.path}: {schedule_words(made)}.")
    for name in wanted:
        if name not in there:
            warn(
                f"There is no work queue {name!r}, so no agent gets its runs. Create it: armillary work-queue create {name}"
            )
    if output is Output.JSON:
        print_json(saved)
    else:
        for made in saved:
            print(made.id)
        hint("armillary agent start")


@app.command("ls")
def list_deployments(limit: LimitOption = 200, output: OutputOption = Output.TABLE) -> None:
    """List deployments by flow and name."""
    with connect() as client:
        found = first(limit, lambda size, after: client.deployments(limit=size, after=after))
    columns: list[Column[Deployment]] = [
        Column("id", lambda each: each.id),
        Column("deployment", lambda each: each.path),
        Column("schedule", schedule_words),
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
            ("code", found.project_hash or "where it lies"),
            ("storage", found.storage_block_id or "the home's"),
            *schedule_pairs(found),
            ("parameters", compact(found.parameters)),
            ("tags", ", ".join(found.tags)),
            ("flow runner", compact(found.flow_runner)),
            ("work queue", found.work_queue_name or "by the queues' filters"),
            ("concurrency limit", str(found.concurrency_limit or "none")),
            ("crash retries", str(found.crash_retries)),
            ("updated", moment(found.updated)),
        ]
    )


@app.command()
def delete(deployment: WordsArgument, yes: YesOption = False, output: OutputOption = Output.TABLE) -> None:
    """Take a deployment away, with the runs nobody started. What ran stays."""
    with connect() as client:
        found = client.find_deployment(deployment)
        confirm(f"Delete deployment {found.path}?", yes)
        client.delete_deployment(found.id)
    say(f"Deleted deployment {found.path}.")
    if output is Output.JSON:
        print_json(found)


def _known(client: Client, path: str) -> Deployment | None:
    try:
        return client.find_deployment(path)
    except NotFound:
        return None
