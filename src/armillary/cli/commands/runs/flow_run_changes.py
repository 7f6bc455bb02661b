"""``flow-run cancel``, ``retry`` and ``delete``: the verbs that change something."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from armillary.cli.commands.runs.flow_run_listing import columns
from armillary.cli.completion import flow_names, flow_run_words, state_words
from armillary.cli.connecting import connect
from armillary.cli.running.following import follow_progress
from armillary.cli.terminal.arguments import age, states
from armillary.cli.terminal.exits import OK, code_for_state
from armillary.cli.terminal.messages import confirm, hint, say
from armillary.cli.terminal.output import Output, OutputOption, only_data, print_json, print_records
from armillary.cli.terminal.paging import every
from armillary.client.interface.client import Client
from armillary.core.errors import UsageError
from armillary.core.filters import FlowRunFilter
from armillary.core.runs.flow_run import FlowRun
from armillary.core.states import TERMINAL

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")]


def add_to(app: typer.Typer) -> None:
    app.command()(cancel)
    app.command()(retry)
    app.command()(delete)


def cancel(
    flow_run: Annotated[
        list[str], typer.Argument(help="Ids, beginnings of ids, or names.", autocompletion=flow_run_words)
    ],
    wait: Annotated[bool, typer.Option("--wait", help="Go on until the runs have ended.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Cancel flow runs, with everything below them.

    The processes that run them are asked to. A body gets ARMILLARY_CANCEL_GRACE_SECONDS to stop; the run then ends as CANCELLED.

    \b
    Example:
      armillary flow-run cancel flashy-dove --wait
    """
    with connect() as client:
        runs = [client.find_flow_run(words) for words in flow_run]
        for run in runs:
            client.cancel(run.id)
            say(f"Cancellation requested for flow run {run.name!r}.")
        for run in runs if wait else ():
            for _ in follow_progress(client, run.id):
                pass
            say(f"Flow run {run.name!r} ended as {client.find_flow_run(run.id).state_name}.")
        if output is Output.JSON:
            print_json([client.find_flow_run(run.id) for run in runs])


def retry(
    flow_run: Annotated[str, typer.Argument(help="Id, beginning of an id, or name.", autocompletion=flow_run_words)],
    from_failure: Annotated[
        bool, typer.Option("--from-failure", help="Reuse the stored results of completed tasks.")
    ] = False,
    here: Annotated[
        bool, typer.Option("--here", help="Run a deployed one here and now too, instead of by an agent.")
    ] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Run a flow run that has ended again, as its next attempt, with the same parameters.

    A run of a deployment goes back into its queue, for an agent to take. Any other runs here and now: the flow is loaded from the
    file it came from, as that file is now, and the exit code tells how the run ended. Results are kept for --from-failure when the
    flow has retries, its deployment crash_retries, or its tasks persist their results.

    \b
    Example:
      armillary flow-run retry flashy-dove --from-failure
    """
    from armillary.cli.running.execution import retry as retry_here  # loads the engine

    with connect() as client:
        run = client.find_flow_run(flow_run)
        if run.deployment_id is not None and not here:
            queued = client.retry(run.id, from_failure=from_failure)
            say(f"Flow run {queued.name!r} is back in its queue, as attempt {queued.attempt}.")
            hint(f"armillary flow-run watch {queued.name}")
            if output is Output.JSON:
                print_json(queued)
            return
        with only_data(output):
            retry_here(client, run, from_failure=from_failure)
        ended = client.find_flow_run(run.id)
    say(f"Attempt {ended.attempt} of flow run {ended.name!r} ended as {ended.state_name}.")
    if output is Output.JSON:
        print_json(ended)
    raise typer.Exit(code_for_state(ended.state_type))


def delete(
    flow_run: Annotated[
        list[str] | None, typer.Argument(help="Ids, beginnings of ids, or names.", autocompletion=flow_run_words)
    ] = None,
    flow: Annotated[list[str] | None, typer.Option(help="Ended runs of this flow.", autocompletion=flow_names)] = None,
    state: Annotated[
        list[str] | None, typer.Option(help="Ended runs in this state.", autocompletion=state_words)
    ] = None,
    older_than: Annotated[str | None, typer.Option(help="Ended runs expected to start before, such as 30d.")] = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Delete flow runs with all that is theirs.

    That is their tasks, logs and subflow runs. Name the runs, or choose them by options.

    \b
    Examples:
      armillary flow-run delete flashy-dove
      armillary flow-run delete --flow pipeline --state failed --older-than 30d --dry-run
    """
    by_option = bool(flow or state or older_than)
    if bool(flow_run) == by_option:
        raise UsageError(
            "Select flow runs by name or by options." if not flow_run else "Give names or options, not both.",
            advice="See armillary flow-run delete --help.",
        )
    with connect() as client:
        runs = (
            [client.find_flow_run(words) for words in flow_run]
            if flow_run
            else _chosen(client, flow, state, older_than)
        )
        if dry_run or output is Output.JSON:
            print_records(runs, columns(datetime.now(UTC)), output)
        if dry_run or not runs:
            say(f"{len(runs)} flow runs would be deleted." if dry_run else "No flow run matches.")
            raise typer.Exit(OK)
        what = f"flow run {runs[0].name!r}" if len(runs) == 1 else f"{len(runs)} flow runs"
        confirm(f"Delete {what} and all that belongs to {'it' if len(runs) == 1 else 'them'}?", yes)
        gone = sum(client.delete_flow_run(run.id) for run in runs)
    say(f"Deleted {gone} flow runs." if gone != 1 else f"Deleted {what}.")
    if gone > 100:
        hint("armillary database prune gives old space back.")


def _chosen(client: Client, flow: list[str] | None, state: list[str] | None, older_than: str | None) -> list[FlowRun]:
    types, names = states(state or ())
    wanted = FlowRunFilter(
        flow_names=flow or None,
        state_types=types,
        state_names=names,
        before=None if older_than is None else datetime.now(UTC) - age(older_than),
        top_level=True,
    )
    found = every(lambda size, after: client.flow_runs(wanted, limit=size, after=after))
    return [run for run in found if run.state_type in TERMINAL]
