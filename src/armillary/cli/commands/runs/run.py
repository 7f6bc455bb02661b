"""``armillary run``: a flow from a file or module, here and now."""

from __future__ import annotations

from typing import Annotated

import typer

from armillary.cli.connecting import connect
from armillary.cli.running.execution import run as run_here
from armillary.cli.terminal.arguments import parameters
from armillary.cli.terminal.exits import code_for_state
from armillary.cli.terminal.messages import hint, say
from armillary.cli.terminal.noun import command
from armillary.cli.terminal.output import Output, OutputOption, only_data, print_json
from armillary.sdk.deployments.loading import load_flow

app = command()


@app.command()
def run(
    flow: Annotated[str, typer.Argument(help="FILE.py:FLOW or package.module:FLOW.", metavar="FILE:FLOW")],
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help="name=value, the value as JSON or else text; repeatable.")
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Run a flow in this process and wait for it. The exit code tells how the run ended.

    The part after the colon may be left out where the file holds a single flow. The flow's annotations convert what
    --param gives. -o json prints the flow run when it has ended.

    \b
    Examples:
      armillary run pipeline.py:pipeline --param msg=hello
      armillary run my_project.flows:train --param epochs=3 --param 'layers=[64, 32]'
    """
    given = parameters(param or ())
    with only_data(output):
        run_id = run_here(load_flow(flow), given)
    with connect() as client:
        ended = client.find_flow_run(run_id)
    say(f"Flow run {ended.name!r} ended as {ended.state_name}.")
    if output is Output.JSON:
        print_json(ended)
    code = code_for_state(ended.state_type)
    if code:
        hint(f"armillary flow-run inspect {ended.name}")
    raise typer.Exit(code)
