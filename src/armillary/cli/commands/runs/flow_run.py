"""``armillary flow-run``: the verbs that look at flow runs; those that act on them are in its sibling modules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from msgspec import to_builtins

from armillary.cli.commands.runs import flow_run_changes, flow_run_following, flow_run_holding
from armillary.cli.commands.runs.flow_run_listing import columns
from armillary.cli.commands.runs.task_run import state_columns
from armillary.cli.completion import flow_names, flow_run_words, state_words
from armillary.cli.connecting import connect
from armillary.cli.terminal.arguments import age, states
from armillary.cli.terminal.formatting import duration, moment, run_duration, spent_words, wanted_input
from armillary.cli.terminal.messages import hint
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import LimitOption, Output, OutputOption, print_json, print_pairs, print_records
from armillary.cli.terminal.paging import first
from armillary.core.filters import FlowRunFilter
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.run_input import RunInput
from armillary.core.runs.time_spent import TimeSpent
from armillary.core.states import PAUSED, StateType

app = noun(
    "List, inspect, follow, pause, cancel, retry and delete flow runs. A flow run is given by its id, the beginning of it, or its name."
)


_CLOCKS_APART = timedelta(seconds=5)
"""How far a server's clock may be ahead of ours before what it has just begun is not listed yet."""


@app.command("ls")
def list_flow_runs(
    flow: Annotated[
        list[str] | None, typer.Option(help="Only runs of this flow; repeatable.", autocompletion=flow_names)
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(help="Only in this state, by type or name; repeatable.", autocompletion=state_words),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only with this tag; all of several.")] = None,
    name: Annotated[str | None, typer.Option(help="Only runs whose name contains this.")] = None,
    newer_than: Annotated[
        str | None, typer.Option(help="Only runs expected to start since, such as 12h or 7d.")
    ] = None,
    top_level: Annotated[bool, typer.Option("--top-level", help="Leave subflow runs out.")] = False,
    limit: LimitOption = 50,
    output: OutputOption = Output.TABLE,
) -> None:
    """List flow runs, the latest first: those whose time has come, and with --state scheduled those that are to come too.

    \b
    Examples:
      armillary flow-run ls
      armillary flow-run ls --flow pipeline --state failed --newer-than 7d
      armillary flow-run ls -o json --limit 1000
    """
    types, names = states(state or ())
    now = datetime.now(UTC)
    wanted = FlowRunFilter(
        flow_names=flow or None,
        state_types=types,
        state_names=names,
        tags=tag or (),
        name_contains=name,
        after=None if newer_than is None else now - age(newer_than),
        top_level=True if top_level else None,
    )
    come = wanted if state else replace(wanted, before=now + _CLOCKS_APART)
    with connect() as client:
        found = first(limit, lambda size, after: client.flow_runs(come, limit=size, after=after))
        to_come = 0 if state else client.count_flow_runs(replace(wanted, after=come.before))
    if found or output is Output.JSON:
        print_records(found, columns(now), output)
    if to_come:
        hint(f"{to_come} more {'is' if to_come == 1 else 'are'} to come: armillary flow-run ls --state scheduled")
    elif found or output is Output.JSON:
        pass
    elif wanted == FlowRunFilter():
        hint("Nothing has run here yet. Run a flow: armillary run FILE.py:FLOW")
    else:
        hint("No flow run matches. Without options all are listed.")


@app.command()
def inspect(
    flow_run: Annotated[str, typer.Argument(help="Id, beginning of an id, or name.", autocompletion=flow_run_words)],
    output: OutputOption = Output.TABLE,
) -> None:
    """Show one flow run and its history.

    \b
    Examples:
      armillary flow-run inspect flashy-dove
      armillary flow-run inspect flashy-dove -o json
    """
    with connect() as client:
        run = client.find_flow_run(flow_run)
        counts = client.task_run_counts(run.id)
        history = client.flow_run_states(run.id)
        asked = client.run_inputs(run.id)
        spent = client.time_spent(run.id)
    if output is Output.JSON:
        print_json(
            {
                **to_builtins(run, enc_hook=str),
                "task_run_counts": counts,
                "states": history,
                "inputs": asked,
                "time_spent": spent,
            }
        )
        return
    print_pairs(_properties(run, counts, datetime.now(UTC), asked, spent))
    print()
    print_records(history, state_columns(), output)


def _properties(
    run: FlowRun, counts: dict[StateType, int], now: datetime, asked: list[RunInput], spent: TimeSpent | None
) -> list[tuple[str, str]]:
    return [
        ("Id", run.id),
        ("Name", run.name),
        ("Flow", run.flow_name),
        ("State", f"{run.state_name} ({run.state_type})"),
        ("Message", run.state_message or ""),
        *[("Asks for", wanted_input(each)) for each in asked if each.answered is None and run.state_type is PAUSED],
        ("Created", moment(run.created)),
        ("Expected start", moment(run.expected_start_time)),
        ("Started", moment(run.start_time)),
        ("Ended", moment(run.end_time)),
        ("Duration", run_duration(run, now)),
        ("Time in RUNNING", duration(run.total_run_time_seconds)),
        *([] if spent is None else [("Time", spent_words(spent))]),
        ("Attempt", str(run.attempt)),
        ("Starts", f"{run.run_count} in this attempt"),
        ("Task runs", counted(counts)),
        ("Parameters", ", ".join(f"{name}={value!r}" for name, value in run.parameters.items())),
        ("Tags", ", ".join(run.tags)),
        ("Task runner", run.task_runner or ""),
        ("Version", run.flow_version or ""),
        ("Entrypoint", run.entrypoint or ""),
        *([("Parent flow run", run.parent_flow_run_id)] if run.parent_flow_run_id else []),
        *(
            [("Incomplete", "part of its journal could not be read: armillary doctor")]
            if run.incomplete_history
            else []
        ),
    ]


def counted(counts: dict[StateType, int]) -> str:
    """
    >>> counted({StateType.COMPLETED: 2, StateType.FAILED: 1})
    '2 completed, 1 failed'
    """
    return ", ".join(f"{counts[kind]:,} {kind.lower()}" for kind in StateType if counts.get(kind))


flow_run_following.add_to(app)
flow_run_holding.add_to(app)
flow_run_changes.add_to(app)
