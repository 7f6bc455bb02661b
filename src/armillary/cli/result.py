"""``armillary result``: values that were kept."""

from __future__ import annotations

import os
import sys
from pprint import pformat
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec import json

from armillary.cli.choosing import the_task_run
from armillary.cli.completion import flow_run_words, task_run_words
from armillary.cli.connecting import connect
from armillary.cli.noun import noun
from armillary.cli.output import Output, OutputOption, print_json
from armillary.cli.speech import shown
from armillary.client.interface import Client
from armillary.core.errors import NotFound, ResultMissing
from armillary.core.flow_run import FlowRun
from armillary.core.states import COMPLETED
from armillary.core.stored_result import StoredResult
from armillary.core.task_run import TaskRun

if TYPE_CHECKING:
    from armillary.engine.results import Kept

app = noun(
    "Get the kept value of a run. Values are kept where a task or flow says persist_result=True, and for caching."
)


@app.command()
def get(
    run: Annotated[str, typer.Argument(help="Id or name of a flow run or task run.", autocompletion=task_run_words)],
    flow_run: Annotated[
        str | None,
        typer.Option("--flow-run", "-r", help="The flow run a task run is in.", autocompletion=flow_run_words),
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Print the value a run returned.

    Text is printed as it is, anything else as Python shows it; -o json prints the value as JSON, with where it lies.
    A pickled value is loaded, which runs code: get only what your own flows have kept.

    \b
    Examples:
      armillary result get flashy-dove
      armillary result get load_training_dataframe-0 --flow-run flashy-dove -o json
    """
    with connect() as client:
        found = _run(client, run, flow_run)
        stored = client.stored_result(found.id)
        if stored is None and isinstance(found, TaskRun) and found.cached_from is not None:
            stored = client.stored_result(found.cached_from)
        home = found if isinstance(found, FlowRun) else client.find_flow_run(found.flow_run_id)
    if stored is None:
        raise _not_kept(found)
    kept = _kept(stored, home)
    if kept is None:
        # What is kept only for a retry goes when the run completes.
        raise _not_kept(found) if stored.for_resume_only else _gone(stored)
    value = kept.value
    if output is Output.JSON:
        print_json({"run_id": found.id, "storage": stored.storage, "key": stored.key, "value": _as_json(value)})
    else:
        print(shown(value if isinstance(value, str) else pformat(value), sys.stdout))


def _run(client: Client, words: str, flow_run: str | None) -> FlowRun | TaskRun:
    if flow_run is not None:
        return the_task_run(client, words, flow_run)
    try:
        return client.find_flow_run(words)
    except NotFound:
        return client.find_task_run(words)


def _kept(stored: StoredResult, flow_run: FlowRun) -> Kept | None:
    from armillary.engine.results import read_result  # loads the engine
    from armillary.storage.opening import open_store

    # What a value is an instance of may be defined in the flow's own file or beside it.
    places = [os.getcwd(), *([os.path.dirname(flow_run.entrypoint.rpartition(":")[0])] if flow_run.entrypoint else [])]
    sys.path[:0] = [place for place in places if place not in sys.path]
    return read_result(open_store(stored.storage), stored.key)


def _not_kept(run: FlowRun | TaskRun) -> NotFound:
    advice = "Say persist_result=True to keep the next one."
    if run.state_type is not COMPLETED:
        advice = f"It is {run.state_name}: it has none."
    return NotFound(f"No result of {run.name!r} was kept.", subject=run.name, advice=advice)


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
        return repr(value)
    return value
