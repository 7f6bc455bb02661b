"""``armillary work-queue``: which runs wait where, for whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from armillary.cli.commands.deployments.queue_contents import contents_of
from armillary.cli.completion import deployment_words, flow_runner_types, work_queue_words
from armillary.cli.connecting import connect
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.formatting import ago, moment
from armillary.cli.terminal.messages import confirm, hint, say, warn
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import LimitOption, Output, OutputOption, print_json, print_pairs, print_records
from armillary.cli.terminal.paging import every
from armillary.core.deployments.deployment import LATE_AFTER_SECONDS
from armillary.core.deployments.flow_runner import checked_type
from armillary.core.deployments.work_queue import QueueFilter, WorkQueue
from armillary.core.runs.flow_run import FlowRun

app = noun("Decide which scheduled runs wait for which agents.")

WordsArgument = Annotated[
    str, typer.Argument(help="The queue's name or id.", metavar="QUEUE", autocompletion=work_queue_words)
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
_MOST = 1_000_000
_MOST_HOURS = 24 * 366 * 10


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="The queue's name.")],
    tag: Annotated[
        list[str] | None, typer.Option("--tag", "-t", help="Take runs with this tag; all of several.")
    ] = None,
    deployment: Annotated[
        list[str] | None,
        typer.Option(
            "--deployment", "-d", help="Take runs of this deployment; repeatable.", autocompletion=deployment_words
        ),
    ] = None,
    flow_runner: Annotated[
        list[str] | None,
        typer.Option(
            "--flow-runner",
            "-fr",
            help="Take runs with this flow runner; repeatable.",
            autocompletion=flow_runner_types,
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=0, max=_MOST, help="Most runs of it at once.")] = None,
    priority: Annotated[int, typer.Option(min=0, max=_MOST, help="Lower numbers come first.")] = 100,
    output: OutputOption = Output.TABLE,
) -> None:
    """Make a work queue, and print its id alone.

    What is given must all hold for a run to wait in it. A queue without any of them takes the runs of deployments that name it.

    \b
    Example:
      armillary work-queue create ml --tag ml
    """
    from armillary.clock import new_id

    now = datetime.now(UTC)
    runners = [checked_type(each) for each in flow_runner or ()]
    with connect() as client:
        ids = [client.find_deployment(each).id for each in deployment or ()]
        wanted = QueueFilter(list(tag or ()), ids, runners)
        made = client.create_work_queue(WorkQueue(new_id(), name, now, now, None, wanted, priority, limit))
        taken = contents_of(client, made)
    if output is Output.JSON:
        print_json(made)
    else:
        print(made.id)
    (say if taken.deployments else warn)(taken.sentence)
    hint(f"armillary agent start {made.name}")


@app.command("ls")
def list_queues(limit: LimitOption = 200, output: OutputOption = Output.TABLE) -> None:
    """List work queues by priority and name."""
    with connect() as client:
        found = client.work_queues()[:limit]
    columns: list[Column[WorkQueue]] = [
        Column("id", lambda each: each.id),
        Column("name", lambda each: each.name),
        Column("takes", _takes),
        Column("priority", lambda each: str(each.priority)),
        Column("limit", lambda each: "" if each.concurrency_limit is None else str(each.concurrency_limit)),
        Column("state", lambda each: "paused" if each.paused else "active"),
    ]
    print_records(found, columns, output)


@app.command()
def inspect(queue: WordsArgument, output: OutputOption = Output.TABLE) -> None:
    """Show everything about a work queue."""
    with connect() as client:
        found = client.find_work_queue(queue)
        agents = [each.name for each in client.workers() if not each.queues or found.name in each.queues]
        taken = contents_of(client, found)
    if output is Output.JSON:
        print_json(found)
        return
    print_pairs(
        [
            ("id", found.id),
            ("name", found.name),
            ("takes", _takes(found)),
            ("deployments", taken.words or f"none: {taken.why_nothing}"),
            ("priority", str(found.priority)),
            ("concurrency limit", "none" if found.concurrency_limit is None else str(found.concurrency_limit)),
            ("state", "paused" if found.paused else "active"),
            ("agents", ", ".join(agents) or "none: armillary agent start " + found.name),
            ("last asked", ago(found.last_polled, datetime.now(UTC))),
        ]
    )


@app.command()
def preview(
    queue: WordsArgument,
    hours: Annotated[float, typer.Option(min=0, max=_MOST_HOURS, help="How far to look ahead.")] = 1.0,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="Show at most this many.")] = 100,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what is coming in a queue, late runs first."""
    with connect() as client:
        found = client.find_work_queue(queue)
        runs = client.preview_work_queue(found.id, datetime.now(UTC) + timedelta(hours=hours), limit=limit)
        named = {each.id: each for each in every(lambda size, after: client.deployments(limit=size, after=after))}
        taken = contents_of(client, found) if not runs else None
    overdue = datetime.now(UTC) - timedelta(seconds=LATE_AFTER_SECONDS)
    columns: list[Column[FlowRun]] = [
        Column("scheduled start", lambda each: moment(each.expected_start_time)),
        Column("late", lambda each: "late" if each.expected_start_time < overdue else ""),
        Column("run id", lambda each: each.id),
        Column("name", lambda each: each.name),
        Column(
            "deployment",
            lambda each: named[each.deployment_id or ""].path if each.deployment_id in named else "",
            expendable=True,
        ),
        Column(
            "flow runner",
            lambda each: (
                str(named[each.deployment_id or ""].flow_runner.get("type")) if each.deployment_id in named else ""
            ),
            expendable=True,
        ),
    ]
    print_records(runs, columns, output)
    if taken is not None:
        say(f"Nothing is coming in {found.name!r} in the next {hours:g} {'hour' if hours == 1 else 'hours'}.")
        if not taken.deployments:
            warn(taken.why_nothing)


@app.command()
def pause(queue: WordsArgument, output: OutputOption = Output.TABLE) -> None:
    """Hand nothing of a queue out."""
    _change(queue, output, paused=True)


@app.command()
def resume(queue: WordsArgument, output: OutputOption = Output.TABLE) -> None:
    """Hand out what waits in a paused queue."""
    _change(queue, output, paused=False)


@app.command("set-concurrency-limit")
def set_concurrency_limit(
    queue: WordsArgument,
    limit: Annotated[int, typer.Argument(min=0, max=_MOST, help="Most runs of it at once; 0: none.")],
    output: OutputOption = Output.TABLE,
) -> None:
    """Let at most so many runs of a queue go on at once."""
    _change(queue, output, limit=limit)


@app.command("clear-concurrency-limit")
def clear_concurrency_limit(queue: WordsArgument, output: OutputOption = Output.TABLE) -> None:
    """Let any number of runs of a queue go on at once."""
    _change(queue, output, no_limit=True)


@app.command()
def delete(queue: WordsArgument, yes: YesOption = False, output: OutputOption = Output.TABLE) -> None:
    """Take a queue away. What waits in it goes to whichever queue selects it next."""
    with connect() as client:
        found = client.find_work_queue(queue)
        confirm(f"Delete work queue {found.name!r}?", yes)
        client.delete_work_queue(found.id)
    say(f"Deleted work queue {found.name!r}.")
    if output is Output.JSON:
        print_json(found)


def _change(
    words: str, output: Output, *, paused: bool | None = None, limit: int | None = None, no_limit: bool = False
) -> None:
    with connect() as client:
        found = client.find_work_queue(words)
        found.paused = found.paused if paused is None else paused
        found.concurrency_limit = None if no_limit else limit if limit is not None else found.concurrency_limit
        changed = client.change_work_queue(found)
    most = "any number" if changed.concurrency_limit is None else f"at most {changed.concurrency_limit}"
    say(f"Work queue {changed.name!r} is {'paused' if changed.paused else 'active'}, {most} of its runs at once.")
    if output is Output.JSON:
        print_json(changed)


def _takes(queue: WorkQueue) -> str:
    wanted = queue.filter
    said = [f"tag {each}" for each in wanted.tags]
    said += [f"deployment {each}" for each in wanted.deployment_ids]
    said += [f"flow runner {each}" for each in wanted.flow_runner_types]
    if said:
        return ", ".join(said)
    return "what no queue selects" if queue.name == "default" else "deployments that name it"
