"""``armillary storage``: where flow code and results are kept."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from armillary.cli.completion import storage_types, storage_words
from armillary.cli.connecting import connect
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.formatting import moment
from armillary.cli.terminal.messages import confirm, hint, say
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import LimitOption, Output, OutputOption, print_json, print_pairs, print_records
from armillary.cli.terminal.paging import first
from armillary.cli.terminal.prompts import ask, ask_number
from armillary.core.deployments.storage_block import KINDS, StorageBlock, StorageKind, StorageOption, kind_of
from armillary.core.errors import InvalidOption, UsageError
from armillary.stores.blocks import check_block

app = noun("Manage where flow code and results are stored.")

WordsArgument = Annotated[
    str, typer.Argument(help="The name, or the id.", metavar="STORAGE", autocompletion=storage_words)
]
_HOME = "~/.armillary"
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command()
def create(
    type: Annotated[str | None, typer.Option(help=f"One of {', '.join(KINDS)}.", autocompletion=storage_types)] = None,
    name: Annotated[str | None, typer.Option(help="What deployments call it.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="name=value, an option of the type; repeatable.")] = None,
    from_env: Annotated[
        list[str] | None, typer.Option(help="name=VARIABLE, an option whose value is in the environment; repeatable.")
    ] = None,
    default: Annotated[bool, typer.Option("--default", help="Use it for deployments that name none.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the one of that name; its id stays.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Make a storage. What is not given is asked for, where somebody can answer.

    It is checked first: something is written there, read back and deleted; a git repository is read. Credentials are encrypted,
    and never shown again.

    \b
    Examples:
      armillary storage create
      armillary storage create --type local --name local-storage --option storage_path=~/flows
      armillary storage create --type s3 --name models --option bucket=models --from-env aws_secret_access_key=SECRET
    """
    given = _given(option or (), from_env or ())
    kind = kind_of(type) if type is not None else _asked_kind()
    for name_given in given:
        _known(kind, name_given)
    if type is None and sys.stdin.isatty():
        say(f"You've selected {kind.title}. It has {len(kind.options)} option(s).")
    options = {each.name: _answer(each, given, interactive=type is None) for each in kind.options}
    if options.get("storage_path"):
        options["storage_path"] = os.path.abspath(os.path.expanduser(options["storage_path"]))
    chosen = name or ask("Choose a new name for this storage configuration", flag="--name")
    check_block(kind.type, {each: value for each, value in options.items() if value})
    with connect() as client:
        made = client.save_storage_block(chosen, kind.type, options, replace=replace)
        if default:
            client.set_default_storage_block(made.id)
            made.is_default = True
    say(f"Registered storage {made.name!r} with identifier '{made.id}'.")
    if output is Output.JSON:
        print_json(made)
    elif not sys.stdout.isatty():  # a person has just read it
        print(made.id)


@app.command("ls")
def list_storages(limit: LimitOption = 200, output: OutputOption = Output.TABLE) -> None:
    """List storages by name."""
    with connect() as client:
        found = first(limit, lambda size, after: client.storage_blocks(limit=size, after=after))
    columns: list[Column[StorageBlock]] = [
        Column("id", lambda each: each.id),
        Column("name", lambda each: each.name),
        Column("type", lambda each: each.type),
        Column("options", _words, expendable=True),
        Column("default", lambda each: "yes" if each.is_default else ""),
    ]
    print_records(found, columns, output)
    if not found:
        hint("armillary storage create")


@app.command()
def inspect(storage: WordsArgument, output: OutputOption = Output.TABLE) -> None:
    """Show everything about a storage but its credentials."""
    with connect() as client:
        found = client.find_storage_block(storage)
    if output is Output.JSON:
        print_json(found)
        return
    print_pairs(
        [
            ("id", found.id),
            ("name", found.name),
            ("type", found.type),
            *sorted(found.options.items()),
            *((each, "stored, not shown") for each in found.secret_names),
            ("default", "yes" if found.is_default else "no"),
            ("updated", moment(found.updated)),
        ]
    )


@app.command("set-default")
def set_default(storage: WordsArgument, output: OutputOption = Output.TABLE) -> None:
    """Use a storage for the deployments that name none, from their next creation on."""
    with connect() as client:
        found = client.find_storage_block(storage)
        client.set_default_storage_block(found.id)
    say(f"Deployments that name no storage use {found.name!r} from now on.")
    if output is Output.JSON:
        found.is_default = True
        print_json(found)


@app.command("reset-default")
def reset_default() -> None:
    """Let deployments that name no storage keep their code in the home again."""
    with connect() as client:
        client.set_default_storage_block(None)
    say("Deployments without a storage now store their code in the home.")


@app.command()
def delete(
    storage: WordsArgument,
    yes: YesOption = False,
    force: Annotated[bool, typer.Option("--force", help="Also when deployments store their code there.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Forget a storage. What lies there stays."""
    with connect() as client:
        found = client.find_storage_block(storage)
        confirm(f"Delete storage {found.name!r}?", yes)
        client.delete_storage_block(found.id, force=force)
    say(f"Deleted storage {found.name!r}.")
    if output is Output.JSON:
        print_json(found)


def _asked_kind() -> StorageKind:
    kinds = list(KINDS.values())
    if not sys.stdin.isatty():
        raise UsageError(
            "Cannot prompt for the storage type: stdin is not a terminal.",
            subject="--type",
            advice=f"Give --type, one of {', '.join(KINDS)}.",
        )
    say("Found the following storage types:")
    for number, kind in enumerate(kinds):
        say(f"{number}) {kind.title}\n    {kind.meaning}")
    return kinds[ask_number("Select a storage type to create", len(kinds))]


def _given(options: list[str] | tuple[()], from_env: list[str] | tuple[()]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in options:
        name, value = _pair(pair, "--option", "value")
        found[name] = value
    for pair in from_env:
        name, variable = _pair(pair, "--from-env", "VARIABLE")
        if variable not in os.environ:
            raise InvalidOption(f"There is no environment variable {variable!r}.", subject=variable)
        found[name] = os.environ[variable]
    return found


def _pair(text: str, flag: str, what: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidOption(f"{text!r} is no option.", subject=flag, advice=f"Write {flag} name={what}.")
    return name.strip().replace("-", "_"), value


def _known(kind: StorageKind, name: str) -> None:
    names = [each.name for each in kind.options]
    if name not in names:
        raise InvalidOption(
            f"{kind.title} has no option {name!r}.",
            subject=name,
            advice=f"It has: {', '.join(names)}." if names else "It has none.",
        )


def _default(option: StorageOption) -> str:
    """Of a folder in the home, as this home is called here."""
    return option.default.replace(_HOME, os.environ.get("ARMILLARY_HOME") or _HOME)


def _answer(option: StorageOption, given: dict[str, str], *, interactive: bool) -> str:
    """``interactive``: nothing was said about this storage, so everything is asked for; else only what it cannot do without."""
    default = _default(option)
    if option.name in given:
        return given[option.name]
    if sys.stdin.isatty() and (interactive or option.required):
        label = option.name.replace("_", " ").upper()
        return ask(
            label,
            flag=f"--option {option.name}=…",
            default=default,
            needed=option.required,
            hidden=option.secret,
        )
    if option.required and not default:
        raise UsageError(
            f"Cannot prompt for {option.name} ({option.meaning}): stdin is not a terminal.",
            subject=option.name,
            advice=f"Give --option {option.name}=…",
        )
    return default


def _words(block: StorageBlock) -> str:
    shown = [f"{name}={value}" for name, value in sorted(block.options.items())]
    return ", ".join([*shown, *(f"{name}=***" for name in block.secret_names)])
