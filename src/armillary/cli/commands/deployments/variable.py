"""``armillary variable``: named values that flows read."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from msgspec import DecodeError, json

from armillary.cli.completion import variable_names
from armillary.cli.connecting import connect
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.formatting import ago, moment
from armillary.cli.terminal.messages import hint, say, shown
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import LimitOption, Output, OutputOption, print_json, print_records
from armillary.cli.terminal.paging import first
from armillary.cli.terminal.streams import read_stdin
from armillary.core.variable import Variable

app = noun("Set, get, list and unset variables: named values that flows read with armillary.variables.")

NameArgument = Annotated[str, typer.Argument(help="The variable's name.", autocompletion=variable_names)]


@app.command("set")
def set_variable(
    name: NameArgument,
    value: Annotated[str, typer.Argument(help="JSON, or else text as it is; - reads it from stdin.")],
    tag: Annotated[list[str] | None, typer.Option(help="A tag; may be given several times.")] = None,
    text: Annotated[bool, typer.Option("--text", help="Store the value as text, without parsing it.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Set a variable, new or not.

    \b
    Examples:
      armillary variable set exchange_rate 1.08
      armillary variable set regions '["eu", "us"]' --tag sales
    """
    said = read_stdin() if value == "-" else value
    with connect() as client:
        variable = client.set_variable(name, said if text else _value(said), tag or [])
    if output is Output.JSON:
        print_json(variable)
    say(f"Variable {variable.name!r} is {json.encode(variable.value).decode()}.")


@app.command()
def get(name: NameArgument, output: OutputOption = Output.TABLE) -> None:
    """Print a variable's value: text as it is, anything else as JSON.

    \b
    Example:
      armillary variable get exchange_rate
    """
    with connect() as client:
        variable = client.variable(name)
    if output is Output.JSON:
        print_json(variable)
    elif isinstance(variable.value, str):
        print(shown(variable.value, sys.stdout))
    else:
        print_json(variable.value)


@app.command("ls")
def list_variables(
    prefix: Annotated[str | None, typer.Option(help="Only names that begin so.")] = None,
    limit: LimitOption = 200,
    output: OutputOption = Output.TABLE,
) -> None:
    """List variables by name.

    \b
    Example:
      armillary variable ls --prefix sales
    """
    now = datetime.now(UTC)
    with connect() as client:
        found = first(limit, lambda size, after: client.variables(name_prefix=prefix, limit=size, after=after))
    columns = [
        Column[Variable]("Name", lambda each: each.name),
        Column[Variable]("Value", lambda each: json.encode(each.value).decode()),
        Column[Variable]("Tags", lambda each: ", ".join(each.tags)),
        Column[Variable]("Updated", lambda each: moment(each.updated), lambda each: ago(each.updated, now)),
    ]
    if found or output is Output.JSON:
        print_records(found, columns, output)
    else:
        hint("There is no variable. Set one: armillary variable set NAME VALUE")


@app.command()
def unset(name: NameArgument) -> None:
    """Take a variable away.

    \b
    Example:
      armillary variable unset exchange_rate
    """
    with connect() as client:
        client.unset_variable(name)
    say(f"Deleted variable {name!r}.")


def _value(said: str) -> Any:
    try:
        return json.decode(said)
    except DecodeError:
        return said
