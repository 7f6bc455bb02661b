"""``flow-run pause``, ``suspend`` and ``resume``."""

from __future__ import annotations

from time import monotonic
from typing import Annotated, Any

import typer
from msgspec import UNSET, DecodeError, json

from armillary.cli.completion import flow_run_words
from armillary.cli.connecting import connect
from armillary.cli.terminal.arguments import parameters
from armillary.cli.terminal.exits import code_for_state
from armillary.cli.terminal.formatting import wanted_input
from armillary.cli.terminal.messages import hint, say
from armillary.cli.terminal.output import Output, OutputOption, only_data, print_json
from armillary.client.interface.client import Client
from armillary.core.errors import InvalidOption, InvalidParameters
from armillary.core.rules.ownership import SUSPENDED
from armillary.core.runs.flow_run import FlowRun
from armillary.core.states import PAUSED, TERMINAL

_OBEYS_WITHIN_SECONDS = 5.0

WordsArgument = Annotated[
    str, typer.Argument(metavar="FLOW_RUN", help="Id, beginning of an id, or name.", autocompletion=flow_run_words)
]


def add_to(app: typer.Typer) -> None:
    app.command()(pause)
    app.command()(suspend)
    app.command()(resume)


def pause(flow_run: WordsArgument, output: OutputOption = Output.TABLE) -> None:
    """Hold a running flow run in its process.

    Tasks that run go on to their end, nothing new begins, and the run's timeout stands still.

    \b
    Example:
      armillary flow-run pause flashy-dove
    """
    with connect() as client:
        run = client.find_flow_run(flow_run)
        client.pause(run.id)
        told = _when(client, run, lambda now: now.state_type is not run.state_type)
    if output is Output.JSON:
        print_json(told or run)
    say(f"Flow run {run.name!r} is {told.state_name}." if told else f"Pause requested for flow run {run.name!r}.")
    hint(f"To go on: armillary flow-run resume {run.name}")


def suspend(flow_run: WordsArgument, output: OutputOption = Output.TABLE) -> None:
    """Let a running flow run give up its process.

    Tasks that run end first. Resumed, the run goes on as its next attempt; kept results are not computed again.

    \b
    Example:
      armillary flow-run suspend flashy-dove
    """
    with connect() as client:
        run = client.find_flow_run(flow_run)
        client.suspend(run.id)
        told = _when(client, run, lambda now: now.state_name == SUSPENDED or now.state_type in TERMINAL)
    if output is Output.JSON:
        print_json(told or run)
    say(f"Flow run {run.name!r} is {told.state_name}." if told else f"Suspend requested for flow run {run.name!r}.")
    hint(f"To go on: armillary flow-run resume {run.name}")


def resume(
    flow_run: WordsArgument,
    given: Annotated[
        list[str] | None,
        typer.Option("--input", "-i", help="name=value of the input it asks for, the value as JSON or else text."),
    ] = None,
    value: Annotated[str | None, typer.Option("--input-json", help="The whole input, as JSON.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Let a paused or suspended flow run go on.

    A suspended run of a deployment is started by an agent; any other is run here and now, from the file it came from, and the exit code
    tells how it ended. See what it asks for with: armillary flow-run inspect.

    \b
    Examples:
      armillary flow-run resume flashy-dove
      armillary flow-run resume flashy-dove --input approved=true --input reason="looks good"
      armillary flow-run resume flashy-dove --input-json 42
    """
    answer = _answer(given, value)
    with connect() as client:
        run = client.find_flow_run(flow_run)
        suspended = run.state_type is PAUSED and run.state_name == SUSPENDED
        try:
            if suspended and run.deployment_id is None:
                _run_here(client, run, answer, output)
            client.resume(run.id, answer)
        except InvalidParameters as problem:
            raise _with_schema(client, run, problem) from None
        told = None if suspended else _when(client, run, lambda now: now.state_type is not PAUSED)
    if suspended:
        say(f"Flow run {run.name!r} is to be started again.")
    else:
        say(f"Flow run {run.name!r} is {told.state_name}." if told else f"Resume requested for flow run {run.name!r}.")


def _run_here(client: Client, run: FlowRun, answer: Any, output: Output) -> None:
    from armillary.cli.running.execution import resume as resume_here  # loads the engine

    with only_data(output):
        resume_here(client, run, answer)
    ended = client.find_flow_run(run.id)
    say(f"Attempt {ended.attempt} of flow run {ended.name!r} ended as {ended.state_name}.")
    if output is Output.JSON:
        print_json(ended)
    raise typer.Exit(code_for_state(ended.state_type))


def _answer(given: list[str] | None, value: str | None) -> Any:
    if given and value is not None:
        raise InvalidOption("Give --input or --input-json, not both.", subject="--input")
    if given:
        return parameters(given)
    if value is None:
        return UNSET
    try:
        return json.decode(value)
    except DecodeError as problem:
        raise InvalidOption(
            f"--input-json is not JSON: {problem}.", subject="--input-json", advice="Quote it for the shell."
        ) from None


def _with_schema(client: Client, run: FlowRun, problem: InvalidParameters) -> InvalidParameters:
    """What would be right, beside what was wrong."""
    asked = [each for each in client.run_inputs(run.id) if each.answered is None]
    advice = f"It is waiting for {wanted_input(asked[-1])}." if asked else problem.advice
    return InvalidParameters(problem.message, subject=problem.subject, advice=advice)


def _when(client: Client, run: FlowRun, there: Any) -> FlowRun | None:
    """The run once its owner has obeyed, or None when that takes long."""
    deadline = monotonic() + _OBEYS_WITHIN_SECONDS
    while (left := deadline - monotonic()) > 0:
        now = client.find_flow_run(run.id)
        if there(now):
            return now
        client.wait_for_news(min(left, 0.5))
    return None
