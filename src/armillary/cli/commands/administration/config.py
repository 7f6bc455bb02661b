"""``armillary config``: what the settings are, where they come from, and changing them in the active profile."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from getpass import getpass
from typing import Annotated

import typer

from armillary import settings
from armillary.cli.commands.administration import profile_file
from armillary.cli.completion import setting_names
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.messages import hint, say, warn
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import Output, OutputOption, print_records
from armillary.core.errors import InvalidOption, NotFound, did_you_mean
from armillary.settings import PREFIX, SETTINGS

app = noun("View and change settings: environment ARMILLARY_* over the active profile over the default.")

_NOT_IN_A_PROFILE = {"HOME", "PROFILE"}
_HIDDEN = "********"


@dataclass(slots=True)
class Shown:
    """One setting as ``config view`` shows it; ``value`` is None where it is unset."""

    name: str
    value: str | None
    source: str
    meaning: str


@app.command()
def view(
    show_sources: Annotated[bool, typer.Option("--show-sources", help="Also where each value comes from.")] = False,
    show_secrets: Annotated[bool, typer.Option("--show-secrets", help="Do not mask tokens and passwords.")] = False,
    changed: Annotated[bool, typer.Option("--changed", help="Leave out what has its default.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show every setting, its value and what it means.

    \b
    Examples:
      armillary config view --show-sources
      armillary config view --changed -o json
    """
    shown = [each for name in SETTINGS if (each := _shown(name, show_secrets)).source != "default" or not changed]
    columns = [
        Column[Shown]("Setting", lambda each: each.name),
        Column[Shown]("Value", lambda each: each.value or ""),
        *([Column[Shown]("Source", lambda each: each.source)] if show_sources else []),
        Column[Shown]("Meaning", lambda each: each.meaning, expendable=True),
    ]
    print_records(shown, columns, output)


def _shown(name: str, show_secrets: bool) -> Shown:
    setting = SETTINGS[name]
    value, source = settings.text_and_source(name)
    if setting.secret and value and not show_secrets:
        value = _HIDDEN
    return Shown(PREFIX + name, value, source, setting.meaning)


@app.command("set")
def set_(
    assignments: Annotated[
        list[str], typer.Argument(help="NAME=VALUE, with or without ARMILLARY_.", autocompletion=setting_names)
    ],
) -> None:
    """Set settings in the active profile. NAME=- takes the value from standard input, or asks for it on a terminal: what is typed on a
    command line stays in the shell's history, and every user of the machine may see it.

    \b
    Examples:
      armillary config set LOGGING_LEVEL=DEBUG
      armillary config set ARMILLARY_DURABILITY=disk ARMILLARY_DRAIN_SECONDS=30
      armillary config set ARMILLARY_API_KEY=- < token.txt
    """
    if len([each for each in assignments if each.partition("=")[2] == "-"]) > 1:
        raise InvalidOption(
            "Only one value can be read from standard input.", subject="-", advice="Set them one after the other."
        )
    checked = [_checked(assignment) for assignment in assignments]
    with profile_file.changing() as profiles:
        active = active_name(profiles)
        profiles.settings.setdefault(active, {}).update({name: value for name, value, _ in checked})
    for name, value, is_read in checked:
        say(f"Set {PREFIX}{name}={_HIDDEN if SETTINGS[name].secret else value} in profile {active!r}.")
        if os.environ.get(PREFIX + name):
            warn(f"The environment sets {PREFIX}{name} too, and wins while it does.")
        if SETTINGS[name].secret and not is_read:
            hint(f"armillary config set {PREFIX}{name}=- keeps it out of the shell's history.")


def _checked(assignment: str) -> tuple[str, str, bool]:
    """Name and value, and whether that was read from standard input."""
    name, equals, value = assignment.partition("=")
    if not equals:
        raise InvalidOption(f"{assignment!r} sets nothing.", subject=assignment, advice="Write NAME=VALUE.")
    setting = settings.known(name.strip())
    if setting.name in _NOT_IN_A_PROFILE:
        raise InvalidOption(
            f"{PREFIX}{setting.name} cannot be set in a profile: it says where the profiles are or which one counts.",
            subject=setting.name,
            advice="Set it in the environment, or see armillary profile use."
            if setting.name == "PROFILE"
            else "Set it in the environment.",
        )
    is_read = value == "-"
    if is_read:
        value = _read(PREFIX + setting.name)
    settings.parse(setting.name, value, "standard input" if is_read else "the command line")
    return setting.name, value, is_read


def _read(name: str) -> str:
    """The value of a setting from standard input; typed on a terminal it is not shown."""
    value = (getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.read()).strip()
    if not value or "\n" in value:
        raise InvalidOption(
            f"Standard input holds no value for {name}."
            if not value
            else f"Standard input holds more than one line for {name}.",
            subject=name,
            advice=f"Pipe it in, as in: armillary config set {name}=- < token.txt",
        )
    return value


@app.command()
def unset(
    names: Annotated[
        list[str], typer.Argument(help="Names, with or without ARMILLARY_.", autocompletion=setting_names)
    ],
) -> None:
    """Take settings out of the active profile, so that the default counts again.

    \b
    Example:
      armillary config unset LOGGING_LEVEL
    """
    with profile_file.changing() as profiles:
        active = active_name(profiles)
        entries = profiles.settings.get(active, {})
        for name in names:
            bare = profile_file.bare(name)
            if bare not in entries:
                if bare not in SETTINGS:
                    settings.known(name)
                advice = did_you_mean(PREFIX + bare, [PREFIX + each for each in entries]) or "It sets nothing."
                raise NotFound(f"Profile {active!r} does not set {PREFIX}{bare}.", subject=name, advice=advice)
            del entries[bare]
    for name in names:
        say(f"Unset {PREFIX}{profile_file.bare(name)} in profile {active!r}.")


def active_name(profiles: profile_file.Profiles) -> str:
    """The profile that counts: the environment's, else the file's."""
    return os.environ.get("ARMILLARY_PROFILE") or profiles.active
