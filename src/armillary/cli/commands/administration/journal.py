"""``armillary journal``: what was recorded here for a server, and has not reached it."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from armillary import settings
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.messages import complain, say
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import Output, OutputOption, print_records
from armillary.core.errors import ArmillaryError, InvalidOption, LedgerUnavailable, NotFound, did_you_mean
from armillary.home.home_token import token_for
from armillary.journal.outbox import JournalOutbox, outboxes
from armillary.journal.reading.files import JournalFiles, journals_in
from armillary.journal.reading.headers import header_of

app = noun("Inspect and ship the journals that are meant for a server.")


@app.command("ls")
def ls(output: OutputOption = Output.TABLE) -> None:
    """List the journals that have not reached their server."""
    found = [
        {"journal_id": files.journal_id, "api_url": outbox.api_url, "flow_run_id": _root(files), "bytes": _size(files)}
        for outbox in outboxes(settings.home())
        for files in journals_in(outbox.folder)
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
def ship(
    moved_from: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="URL",
            help="Send what was recorded for this address to the server at ARMILLARY_API_URL, although it has another ledger.",
        ),
    ] = None,
) -> None:
    """Send what earlier processes could not, and settle the runs whose processes died.

    Each journal goes to the ledger that has what came before it, at whatever address: the server at ARMILLARY_API_URL if that is
    where its ledger is now, else the address it was recorded for.
    """
    here = settings.get("API_URL")
    found = [outbox for outbox in outboxes(settings.home()) if journals_in(outbox.folder)]
    if moved_from is not None:
        found = [_only(found, moved_from)]
        if not here:
            raise InvalidOption("--from needs a server to send to.", subject="--from", advice="Set ARMILLARY_API_URL.")
    left_behind: list[ArmillaryError] = []
    for outbox in found:
        try:
            _ship(outbox, here, anyway=moved_from is not None)
        except ArmillaryError as problem:
            left_behind.append(problem)
    for earlier in left_behind[:-1]:
        complain(earlier)
    if left_behind:
        raise left_behind[-1]


def _ship(outbox: JournalOutbox, here: str | None, *, anyway: bool) -> None:
    from armillary.client.shipping import Carrier, left_for_another_ledger  # loads httpx

    before = len(journals_in(outbox.folder))
    moved = Carrier(outbox.folder, here, token_for(here)) if here and here.rstrip("/") != outbox.api_url else None
    if moved is not None:
        try:
            ledger_id = moved.find_ledger()
        except LedgerUnavailable:
            moved = None
        else:
            if not anyway and ledger_id != outbox.ledger_id:
                moved = moved if outbox.ledger_id is None and not _answers(outbox) else None
    carrier = moved or Carrier(outbox.folder, outbox.api_url, token_for(outbox.api_url))
    try:
        left = carrier.ship_all()
    except LedgerUnavailable as problem:
        if here and carrier.api_url != here.rstrip("/"):
            problem.advice = left_for_another_ledger(outbox, here)
        raise
    now = len(journals_in(outbox.folder))
    say(f"{before - now} journals shipped to {carrier.api_url}.")
    if now:
        say(f"{now} stay: {now - left} belong to processes that still run.")


def _answers(outbox: JournalOutbox) -> bool:
    """Whether an Armillary server is at the address that the journals were recorded for."""
    from armillary.client.shipping import Carrier

    try:
        Carrier(outbox.folder, outbox.api_url, token_for(outbox.api_url)).find_ledger()
    except ArmillaryError as problem:
        return not isinstance(problem, LedgerUnavailable)
    return True


def _only(found: list[JournalOutbox], api_url: str) -> JournalOutbox:
    known = {outbox.api_url: outbox for outbox in found}
    wanted = known.get(api_url.rstrip("/"))
    if wanted is None:
        raise NotFound(
            f"No journals recorded for {api_url!r} are here.",
            subject=api_url,
            advice=did_you_mean(api_url, known) or "See `armillary journal ls`.",
        )
    return wanted


def _root(files: JournalFiles) -> str:
    header = header_of(files)
    return "" if header is None else header.root_flow_run_id


def _size(files: JournalFiles) -> int:
    return sum(os.path.getsize(path) for lane in files.segments.values() for path in lane.values())
