"""``armillary artifact``: what runs published for people."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from armillary.cli.completion import flow_run_words
from armillary.cli.connecting import connect
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.formatting import ago, moment
from armillary.cli.terminal.messages import hint, shown
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import LimitOption, Output, OutputOption, print_json, print_records
from armillary.cli.terminal.paging import first
from armillary.core.runs.artifact import Artifact

app = noun("List and show artifacts: what runs published with armillary.artifacts.")


@app.command("ls")
def list_artifacts(
    flow_run: Annotated[
        str | None, typer.Option(help="Of this flow run: id or name.", autocompletion=flow_run_words)
    ] = None,
    key: Annotated[str | None, typer.Option(help="Only versions of this key.")] = None,
    kind: Annotated[str | None, typer.Option(help="markdown, table, link, image or progress.")] = None,
    latest: Annotated[bool, typer.Option("--latest", help="Of each key only the newest.")] = False,
    limit: LimitOption = 200,
    output: OutputOption = Output.TABLE,
) -> None:
    """List artifacts, newest first.

    \b
    Example:
      armillary artifact ls --flow-run flashy-dove
    """
    now = datetime.now(UTC)
    with connect() as client:
        run_id = None if flow_run is None else client.find_flow_run(flow_run).id
        found = first(
            limit,
            lambda size, after: client.artifacts(
                flow_run_id=run_id, key=key, kind=kind, latest=latest, limit=size, after=after
            ),
        )
    columns = [
        Column[Artifact]("Id", lambda each: each.id),
        Column[Artifact]("Key", lambda each: each.key or ""),
        Column[Artifact]("Kind", lambda each: each.kind),
        Column[Artifact]("Description", lambda each: each.description or "", expendable=True),
        Column[Artifact]("Created", lambda each: moment(each.created), lambda each: ago(each.created, now)),
    ]
    if found or output is Output.JSON:
        print_records(found, columns, output)
    else:
        hint("No artifact matches. Flows publish them with armillary.artifacts.")


@app.command()
def inspect(artifact_id: Annotated[str, typer.Argument(help="Its id.")], output: OutputOption = Output.TABLE) -> None:
    """Print what an artifact says; with -o json all that is known of it.

    \b
    Example:
      armillary artifact inspect 0181fc10-0000-7000-8000-000000000001
    """
    with connect() as client:
        found = client.artifact(artifact_id)
    if output is Output.JSON:
        print_json(found)
    else:
        told = found.data if found.fraction is None else f"{found.fraction:.0%} {found.data}".rstrip()
        print(shown(told, sys.stdout))
