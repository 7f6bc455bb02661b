"""``armillary agent``: work off what is scheduled."""

from __future__ import annotations

import logging
import os
import signal
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from armillary import settings
from armillary.cli.columns import Column
from armillary.cli.connecting import connect
from armillary.cli.noun import noun
from armillary.cli.output import Output, OutputOption, print_records
from armillary.cli.speech import hint, say
from armillary.cli.wording import ago
from armillary.core.worker import Worker

app = noun("Run what is scheduled, each run in a process of its own.")


@app.command()
def start(
    queues: Annotated[
        list[str] | None, typer.Argument(help="Names or ids of the queues to work on; none: all.", metavar="[QUEUE]…")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Most runs at once. Default: this machine's processors, at least 2.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What others see it as. Default: host and process.")] = None,
    warm: Annotated[
        int, typer.Option(min=0, help="Most interpreters kept ready, each with a flow imported that ran before.")
    ] = 2,
) -> None:
    """Work on queues until Ctrl-C: take runs as they fall due, and start each in a process of its own.

    With a server on this home, or ARMILLARY_API_URL, it works for that one; else on this home's own ledger, and does itself
    what a server would do. Ctrl-C takes nothing more and lets what runs go on to its end, for half a minute; twice ends it.
    """
    from armillary.agent.agent import Agent  # loads what running flows needs
    from armillary.agent.home_services import serving_home

    logging.basicConfig(format="%(asctime)s | %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    logging.getLogger("armillary.agent").setLevel(logging.INFO)
    with connect() as client:
        wanted = [client.find_work_queue(each).name for each in queues or ()]
    agent = Agent(connect, wanted, limit or max(2, os.cpu_count() or 2), name, _ship_leftovers, warm=warm)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: agent.stop())
    say(f"Agent {agent.worker.name!r} works on {', '.join(wanted) or 'all queues'}, {agent.worker.slots} runs at once.")
    with serving_home(connect):
        agent.run()
    say("The agent has stopped.")


@app.command("ls")
def list_agents(output: OutputOption = Output.TABLE) -> None:
    """List the agents that work, newest first."""
    now = datetime.now(UTC)
    with connect() as client:
        found = client.workers()
    columns: list[Column[Worker]] = [
        Column("id", lambda each: each.id),
        Column("name", lambda each: each.name),
        Column("queues", lambda each: ", ".join(each.queues) or "all"),
        Column("runs", lambda each: f"{len(each.held)} of {each.slots}"),
        Column("heartbeat", lambda each: ago(each.last_heartbeat, now)),
        Column("state", lambda each: "alive" if each.alive else "silent"),
    ]
    print_records(found, columns, output)
    if not found:
        hint("armillary agent start")


def _ship_leftovers() -> None:
    """What a run's process could not ship before it ended goes to the server before its end is reported."""
    url = settings.get("API_URL")
    if not url:
        return
    from armillary.client.home_token import token_for
    from armillary.client.shipping import Carrier
    from armillary.journal.outbox import outbox_folder

    Carrier(outbox_folder(settings.home(), url), url, token_for(url)).ship_all()
