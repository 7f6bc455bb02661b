"""``armillary saved-search``: filters that were given a name, as the web app lists them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from armillary.cli.completion import saved_search_names
from armillary.cli.connecting import connect
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.formatting import ago, moment
from armillary.cli.terminal.messages import hint, say
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import LimitOption, Output, OutputOption, print_json, print_pairs, print_records
from armillary.cli.terminal.paging import first
from armillary.core.saved_search import SavedSearch

app = noun("Save, list and delete searches: filters of the web app that were given a name.")

SearchArgument = Annotated[str, typer.Argument(help="Name or id.", autocompletion=saved_search_names)]


@app.command()
def save(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    words: Annotated[str, typer.Argument(help="The text of its filter bar.", metavar="FILTER")],
    output: OutputOption = Output.TABLE,
) -> None:
    """Save a filter under a name; one of that name is replaced.

    \b
    Example:
      armillary saved-search save "red today" "state:failed state:crashed after:-1d"
    """
    with connect() as client:
        saved = client.save_search(name, words)
    if output is Output.JSON:
        print_json(saved)
    say(f"Search {saved.name!r} is saved: the web app lists it beside its filter bar.")


@app.command("ls")
def list_searches(limit: LimitOption = 200, output: OutputOption = Output.TABLE) -> None:
    """List saved searches by name.

    \b
    Example:
      armillary saved-search ls
    """
    now = datetime.now(UTC)
    with connect() as client:
        found = first(limit, lambda size, after: client.saved_searches(limit=size, after=after))
    columns = [
        Column[SavedSearch]("Name", lambda each: each.name),
        Column[SavedSearch]("Filter", lambda each: _filter(each.definition)),
        Column[SavedSearch]("Updated", lambda each: moment(each.updated), lambda each: ago(each.updated, now)),
        Column[SavedSearch]("Id", lambda each: each.id, expendable=True),
    ]
    if found or output is Output.JSON:
        print_records(found, columns, output)
    else:
        hint("No search is saved. Save one: armillary saved-search save NAME FILTER")


@app.command()
def inspect(search: SearchArgument, output: OutputOption = Output.TABLE) -> None:
    """Show a saved search.

    \b
    Example:
      armillary saved-search inspect "red today"
    """
    with connect() as client:
        found = client.saved_search(search)
    if output is Output.JSON:
        print_json(found)
    else:
        print_pairs([("Name", found.name), ("Filter", _filter(found.definition)), ("Id", found.id)])


@app.command()
def delete(search: SearchArgument) -> None:
    """Delete a saved search.

    \b
    Example:
      armillary saved-search delete "red today"
    """
    with connect() as client:
        client.delete_saved_search(search)
    say(f"Deleted search {search!r}.")


def _filter(definition: Any) -> str:
    return str(definition.get("filter", "")) if isinstance(definition, dict) else ""
