"""``armillary concurrency-limit``: how many task runs with a tag may run at once."""

from __future__ import annotations

from typing import Annotated

import typer

from armillary.cli.completion import limited_tags
from armillary.cli.connecting import connect
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.messages import hint, say
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import LimitOption, Output, OutputOption, print_json, print_pairs, print_records
from armillary.cli.terminal.paging import first
from armillary.core.deployments.concurrency_limit import ConcurrencyLimit

app = noun("Limit how many task runs with a tag may run at once.")

TagArgument = Annotated[str, typer.Argument(help="The tag.", autocompletion=limited_tags)]


@app.command()
def create(
    tag: TagArgument,
    slots: Annotated[int, typer.Argument(min=0, help="How many at once; 0 lets none begin.")],
    output: OutputOption = Output.TABLE,
) -> None:
    """Limit a tag. A tag that has a limit gets the new number.

    \b
    Example:
      armillary concurrency-limit create gpu 2
    """
    with connect() as client:
        limit = client.set_concurrency_limit(tag, slots)
    if output is Output.JSON:
        print_json(limit)
    say(f"At most {limit.slots} task runs with tag {limit.tag!r} run at once.")


@app.command("ls")
def list_limits(limit: LimitOption = 200, output: OutputOption = Output.TABLE) -> None:
    """List limits by tag.

    \b
    Example:
      armillary concurrency-limit ls
    """
    with connect() as client:
        found = first(limit, lambda size, after: client.concurrency_limits(limit=size, after=after))
    columns = [
        Column[ConcurrencyLimit]("Tag", lambda each: each.tag),
        Column[ConcurrencyLimit]("Slots", lambda each: str(each.slots)),
        Column[ConcurrencyLimit]("Taken", lambda each: str(len(each.active_slots))),
        Column[ConcurrencyLimit]("Id", lambda each: each.id, expendable=True),
    ]
    if found or output is Output.JSON:
        print_records(found, columns, output)
    else:
        hint("No tag is limited. Limit one: armillary concurrency-limit create TAG SLOTS")


@app.command()
def inspect(tag: TagArgument, output: OutputOption = Output.TABLE) -> None:
    """Show a tag's limit and the task runs that hold its slots.

    \b
    Example:
      armillary concurrency-limit inspect gpu
    """
    with connect() as client:
        limit = client.concurrency_limit(tag)
    if output is Output.JSON:
        print_json(limit)
    else:
        held = [("Holds a slot", run_id) for run_id in limit.active_slots]
        print_pairs([("Tag", limit.tag), ("Slots", str(limit.slots)), *held])


@app.command()
def delete(tag: TagArgument) -> None:
    """Take a tag's limit away. What holds its slots runs on.

    \b
    Example:
      armillary concurrency-limit delete gpu
    """
    with connect() as client:
        client.delete_concurrency_limit(tag)
    say(f"Tag {tag!r} is not limited any more.")
