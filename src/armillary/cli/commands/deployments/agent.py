"""``armillary agent``: work off what is scheduled."""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated

import typer

from armillary import settings
from armillary.cli.commands.deployments.queue_contents import contents_of
from armillary.cli.completion import work_queue_words
from armillary.cli.connecting import connect
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.formatting import ago
from armillary.cli.terminal.messages import hint, say, shown, warn
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import LimitOption, Output, OutputOption, print_records
from armillary.core.deployments.work_queue import WorkQueue
from armillary.core.deployments.worker import Worker
from armillary.core.errors import ArmillaryError
from armillary.own_process import hide_secrets

app = noun("Run what is scheduled, each run in a process of its own.")

_LINES = "%(asctime)s.%(msecs)03d | %(levelname)-7s | %(message)s"
"""As runs write theirs, which stand between."""


class _Lines(logging.Formatter):
    """What a run said last may be in them."""

    def format(self, record: logging.LogRecord) -> str:
        return shown(super().format(record), sys.stderr)


@app.command()
def start(
    queues: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names or ids of the queues to work on; none: all.",
            metavar="[QUEUE]…",
            autocompletion=work_queue_words,
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Most runs at once. Default: this machine's processors, at least 2.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What others see it as. Default: host and process.")] = None,
    warm: Annotated[
        int, typer.Option(min=0, help="Maximum number of warm interpreters, each with a flow imported that ran before.")
    ] = 2,
) -> None:
    """Work on queues until Ctrl-C: take runs as they fall due, and start each in a process of its own.

    With a server on this home, or ARMILLARY_API_URL, it works for that one; else on this home's own ledger, and does itself
    what a server would do. Ctrl-C takes nothing more and lets what runs go on to its end, for half a minute; twice ends it.
    """
    from armillary.agent.agent import CLAIM_SECONDS, Agent  # loads what running flows needs
    from armillary.agent.flow_runners.registry import flow_runners
    from armillary.agent.home_services import serving_home
    from armillary.agent.ledger_link import LedgerLink

    hide_secrets()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(_LINES, datefmt="%H:%M:%S"))
    logging.basicConfig(handlers=[handler])
    logging.getLogger("armillary.agent").setLevel(logging.INFO)

    def link(timeout_seconds: float = 10.0) -> LedgerLink:
        return LedgerLink(lambda: connect(timeout_seconds=timeout_seconds, retry_seconds=0))

    def ready(found: list[WorkQueue]) -> None:
        named = ", ".join(each.name for each in found) if queues else "all queues"
        say(f"Agent {agent.worker.name!r} works on {named}, {agent.worker.slots} runs at once.")
        with suppress(ArmillaryError):
            _ship_leftovers()  # of runs that an agent before this one lost with its machine
        with suppress(ArmillaryError):
            for each in pulse.ask(lambda client: [contents_of(client, queue) for queue in found]):
                if not each.deployments:
                    warn(each.why_nothing)

    pulse = link()
    agent = Agent(
        link(CLAIM_SECONDS + 20),
        pulse,
        queues or (),
        limit or max(2, os.cpu_count() or 2),
        lambda worker_id: flow_runners(link(), link(), settings.home(), worker_id, warm),
        name=name,
        before_release=_ship_leftovers,
        ready=ready,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: agent.stop())
    with serving_home(connect):
        agent.run()
    say("The agent has stopped.")


@app.command("ls")
def list_agents(limit: LimitOption = 200, output: OutputOption = Output.TABLE) -> None:
    """List the agents that work, newest first."""
    now = datetime.now(UTC)
    with connect() as client:
        found = client.workers()[:limit]
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
    from armillary.client.shipping import Carrier
    from armillary.home.home_token import token_for
    from armillary.journal.outbox import outbox_folder

    Carrier(outbox_folder(settings.home(), url), url, token_for(url)).ship_all()
