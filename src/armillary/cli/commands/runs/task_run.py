"""``armillary task-run``: the task runs of a flow run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from msgspec import to_builtins

from armillary.cli.completion import flow_run_words, state_words, task_run_words
from armillary.cli.connecting import connect
from armillary.cli.terminal.arguments import states
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.formatting import ago, duration, moment, run_duration
from armillary.cli.terminal.messages import say
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import LimitOption, Output, OutputOption, print_json, print_pairs, print_records
from armillary.cli.terminal.paging import first
from armillary.cli.terminal.task_run_argument import the_task_run
from armillary.core.filters import TaskRunFilter
from armillary.core.runs.state_change import StateChange
from armillary.core.runs.task_run import TaskRun

app = noun("List and inspect task runs. A task run is given by its id, the beginning of it, or its name.")


@app.command("ls")
def list_task_runs(
    flow_run: Annotated[
        str | None, typer.Option("--flow-run", "-r", help="Only those of this flow run.", autocompletion=flow_run_words)
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(help="Only in this state, by type or name; repeatable.", autocompletion=state_words),
    ] = None,
    task: Annotated[list[str] | None, typer.Option(help="Only of this task; repeatable.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only with this tag; all of several.")] = None,
    name: Annotated[str | None, typer.Option(help="Only task runs whose name contains this.")] = None,
    limit: LimitOption = 200,
    output: OutputOption = Output.TABLE,
) -> None:
    """List task runs in order of creation. State, tag and name are those of the task runs themselves.

    \b
    Examples:
      armillary task-run ls --state failed
      armillary task-run ls --flow-run flashy-dove
      armillary task-run ls --flow-run flashy-dove --state failed -o json
    """
    types, names = states(state or ())
    with connect() as client:
        wanted = TaskRunFilter(
            flow_run_ids=None if flow_run is None else [client.find_flow_run(flow_run).id],
            task_names=task or None,
            state_types=types,
            state_names=names,
            tags=tag or (),
            name_contains=name,
        )
        found = first(limit, lambda size, after: client.task_runs(wanted, limit=size, after=after))
    if found or output is Output.JSON:
        print_records(found, columns(datetime.now(UTC)), output)
    else:
        say("No task run matches.")


def columns(now: datetime) -> list[Column[TaskRun]]:
    return [
        Column("Id", lambda run: run.id, expendable=True),
        Column("Name", lambda run: run.name),
        Column("State", lambda run: run.state_name, paint=lambda run: run.state_type),
        Column("Started", lambda run: moment(run.start_time), lambda run: ago(run.start_time, now)),
        Column("Duration", lambda run: run_duration(run, now)),
        Column("Tries", lambda run: str(run.run_count)),
        Column("Message", lambda run: run.state_message or ""),
    ]


@app.command()
def inspect(
    task_run: Annotated[str, typer.Argument(help="Id, beginning of an id, or name.", autocompletion=task_run_words)],
    flow_run: Annotated[
        str | None,
        typer.Option(
            "--flow-run", "-r", help="The flow run it is in, where names repeat.", autocompletion=flow_run_words
        ),
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show one task run, what it waited for, and its history.

    \b
    Example:
      armillary task-run inspect call_unreliable_api-0 --flow-run flashy-dove
    """
    with connect() as client:
        run = the_task_run(client, task_run, flow_run)
        history = client.task_run_states(run.id)
    if output is Output.JSON:
        print_json({**to_builtins(run, enc_hook=str), "states": history})
        return
    print_pairs(_properties(run, datetime.now(UTC)))
    print()
    print_records(history, state_columns(), output)


def _properties(run: TaskRun, now: datetime) -> list[tuple[str, str]]:
    upstreams = sorted({each for ids in run.upstreams.values() for each in ids})
    return [
        ("Id", run.id),
        ("Name", run.name),
        ("Task", run.task_name),
        ("Flow run", run.flow_run_id),
        ("State", f"{run.state_name} ({run.state_type})"),
        ("Message", run.state_message or ""),
        ("Created", moment(run.created)),
        ("Started", moment(run.start_time)),
        ("Ended", moment(run.end_time)),
        ("Duration", run_duration(run, now)),
        ("Time in RUNNING", duration(run.total_run_time_seconds)),
        ("Tries", f"{run.run_count} of {run.max_retries + 1} at most"),
        ("Tags", ", ".join(run.tags)),
        ("Upstreams", ", ".join(upstreams)),
        *([("Subflow run", run.child_flow_run_id)] if run.child_flow_run_id else []),
        *([("Cached from", run.cached_from)] if run.cached_from else []),
    ]


def state_columns() -> list[Column[Any]]:
    """The lines of a history."""
    return [
        Column[StateChange](
            "At", lambda change: change.timestamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        ),
        Column[StateChange]("State", lambda change: change.name, paint=lambda change: change.type),
        Column[StateChange]("Attempt", lambda change: str(change.attempt)),
        Column[StateChange]("Try", lambda change: str(change.run_count) if change.run_count else ""),
        Column[StateChange]("In force", lambda change: "yes" if change.applied else "no"),
        Column[StateChange]("Message", lambda change: change.message or ""),
    ]
