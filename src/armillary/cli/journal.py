"""``armillary journal``: what was recorded here for a server, and has not reached it."""

from __future__ import annotations

import os

from armillary import settings
from armillary.cli.columns import Column
from armillary.cli.noun import noun
from armillary.cli.output import Output, OutputOption, print_records
from armillary.cli.speech import say
from armillary.client.home_token import token_for
from armillary.journal.files import JournalFiles, journals_in
from armillary.journal.headers import header_of
from armillary.journal.outbox import outboxes

app = noun("Look after the journals that are meant for a server.")


@app.command("ls")
def ls(output: OutputOption = Output.TABLE) -> None:
    """List the journals that have not reached their server."""
    found = [
        {"journal_id": files.journal_id, "api_url": url, "flow_run_id": _root(files), "bytes": _size(files)}
        for url, folder in outboxes(settings.home())
        for files in journals_in(folder)
    ]
    print_records(
        found,
        [
            Column("journal id", lambda each: str(each["journal_id"])),
            Column("flow run id", lambda each: str(each["flow_run_id"])),
            Column("server", lambda each: str(each["api_url"])),
            Column("bytes", lambda each: str(each["bytes"])),
        ],
        output,
    )


@app.command()
def ship() -> None:
    """Send what earlier processes could not, and settle the runs whose processes died."""
    from armillary.client.shipping import Carrier  # loads httpx

    for url, folder in outboxes(settings.home()):
        before = len(journals_in(folder))
        if not before:
            continue
        left = Carrier(folder, url, token_for(url)).ship_all()
        now = len(journals_in(folder))
        say(f"{before - now} journals shipped to {url}.")
        if now:
            say(f"{now} stay: {now - left} belong to processes that still run.")


def _root(files: JournalFiles) -> str:
    header = header_of(files)
    return "" if header is None else header.root_flow_run_id


def _size(files: JournalFiles) -> int:
    return sum(os.path.getsize(path) for lane in files.segments.values() for path in lane.values())
