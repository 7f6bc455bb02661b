"""``armillary result``: values that were kept."""

from __future__ import annotations

import os
import sys
from pprint import pformat
from typing import Annotated, Any

import typer
from msgspec import json

from armillary.cli.completion import flow_run_words, task_run_words
from armillary.cli.connecting import connect
from armillary.cli.terminal.messages import shown
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import Output, OutputOption, print_json
from armillary.cli.terminal.task_run_argument import the_task_run
from armillary.client.interface.client import Client
from armillary.core.errors import NotFound, ResultMissing
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.stored_result import StoredResult
from armillary.core.runs.task_run import TaskRun
from armillary.core.states import COMPLETED

app = noun(
    "Print the stored result of a run. Results are stored where a task or flow sets persist_result=True, and for caching."
)


@app.command()
def get(
    run: Annotated[str, typer.Argument(help="Id or name of a flow run or task run.", autocompletion=task_run_words)],
    flow_run: Annotated[
        str | None,
        typer.Option("--flow-run", "-r", help="The flow run a task run is in.", autocompletion=flow_run_words),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Write the stored bytes as they are, without loading them.")
    ] = False,
    trust_store: Annotated[
        list[str] | None,
        typer.Option("--trust-store", help="URL of a store to open although only the run names it, signed or not."),
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Print the value a run returned.

    Text is printed as it is, anything else as Python shows it; -o json prints the value as JSON, with where it lies.
    A store is opened where your settings, your home or a storage block name it; for any other you are asked, or say --trust-store.
    A value is loaded if it is signed by who may run that flow. A pickled one is code: get only what flows you trust have kept.

    \b
    Examples:
      armillary result get flashy-dove
      armillary result get load_training_dataframe-0 --flow-run flashy-dove -o json
      armillary result get flashy-dove --raw > value.pickle
    """
    from armillary.cli.commands.runs.result_opening import Opening  # loads the engine

    with connect() as client:
        found = _run(client, run, flow_run)
        stored = client.stored_result(found.id)
        if stored is None and isinstance(found, TaskRun) and found.cached_from is not None:
            stored = client.stored_result(found.cached_from)
        if stored is None:
            raise _not_kept(found)
        home = found if isinstance(found, FlowRun) else client.find_flow_run(found.flow_run_id)
        root = home if home.root_flow_run_id == home.id else client.find_flow_run(home.root_flow_run_id)
        opening = Opening(client, stored, root, trust_store or [])
        sealed = opening.sealed()
    if sealed is None:
        # What is kept only for a retry goes when the run completes.
        raise _not_kept(found) if stored.for_resume_only else _gone(stored)
    if raw:
        sys.stdout.buffer.write(sealed.payload)
        return
    # What a value is an instance of may be defined in the flow's own file or beside it.
    places = [os.getcwd(), *([os.path.dirname(home.entrypoint.rpartition(":")[0])] if home.entrypoint else [])]
    sys.path[:0] = [place for place in places if place not in sys.path]
    value = opening.value(sealed)
    if output is Output.JSON:
        print_json({"run_id": found.id, "storage": stored.storage, "key": stored.key, "value": _as_json(value)})
    else:
        print(shown(value if isinstance(value, str) else _as_text(value), sys.stdout))


def _run(client: Client, words: str, flow_run: str | None) -> FlowRun | TaskRun:
    if flow_run is not None:
        return the_task_run(client, words, flow_run)
    try:
        return client.find_flow_run(words)
    except NotFound:
        return client.find_task_run(words)


def _not_kept(run: FlowRun | TaskRun) -> NotFound:
    advice = "Set persist_result=True to store the next one."
    if run.state_type is not COMPLETED:
        advice = f"It is {run.state_name}: it has none."
    return NotFound(f"No result of {run.name!r} is stored.", subject=run.name, advice=advice)


def _gone(stored: StoredResult) -> ResultMissing:
    return ResultMissing(
        f"The result {stored.key} is not in {stored.storage} any more.",
        subject=stored.key,
        advice="It was deleted; run the flow again.",
    )


def _as_json(value: Any) -> Any:
    """The value itself where JSON can say it, else what Python shows."""
    try:
        json.encode(value)
    except (TypeError, ValueError, OverflowError):
        return _as_text(value)
    return value


def _as_text(value: Any) -> str:
    """What Python shows of it; how a value shows itself is its class's own doing, and may go wrong."""
    try:
        return pformat(value)
    except Exception as problem:
        kind = type(value)
        return f"<{kind.__module__}.{kind.__qualname__}, which cannot be shown: {type(problem).__name__}: {problem}>"
