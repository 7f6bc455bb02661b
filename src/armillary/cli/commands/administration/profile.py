"""``armillary profile``: several sets of settings, of which one is in use."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Annotated

import typer

from armillary.cli.commands.administration import profile_file
from armillary.cli.commands.administration.config import active_name
from armillary.cli.completion import profile_names
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.messages import confirm, hint, say, warn
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import LimitOption, Output, OutputOption, print_json, print_pairs, print_records
from armillary.core.errors import InvalidOption, NotFound, did_you_mean
from armillary.settings import DEFAULT_PROFILE, PREFIX, SETTINGS

app = noun("Store several sets of settings and switch between them.")

NameArgument = Annotated[str, typer.Argument(help="The profile's name.", autocompletion=profile_names)]


@dataclass(slots=True)
class Profile:
    name: str
    active: bool
    settings: dict[str, str] = field(default_factory=dict)


@app.command("ls")
def list_profiles(limit: LimitOption = 200, output: OutputOption = Output.TABLE) -> None:
    """List profiles; the one in use has a star.

    \b
    Example:
      armillary profile ls
    """
    profiles = profile_file.read()
    found = [_profile(profiles, name) for name in profiles.settings][:limit]
    columns = [
        Column[Profile]("Active", lambda each: "*" if each.active else ""),
        Column[Profile]("Name", lambda each: each.name),
        Column[Profile]("Settings", lambda each: str(len(each.settings))),
    ]
    print_records(found, columns, output)


def _profile(profiles: profile_file.Profiles, name: str) -> Profile:
    shown = {
        PREFIX + key: "********" if key in SETTINGS and SETTINGS[key].secret else value
        for key, value in profiles.settings[name].items()
    }
    return Profile(name, name == active_name(profiles), shown)


@app.command()
def inspect(name: NameArgument, output: OutputOption = Output.TABLE) -> None:
    """Show what a profile sets; tokens are masked.

    \b
    Example:
      armillary profile inspect default
    """
    profiles = profile_file.read()
    _must_be_there(profiles, name)
    profile = _profile(profiles, name)
    if output is Output.JSON:
        print_json(profile)
    else:
        print_pairs([("Name", name), ("Active", "yes" if profile.active else "no"), *profile.settings.items()])


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="The new profile's name.")],
    copy_of: Annotated[
        str | None, typer.Option("--from", help="Begin with the settings of this one.", autocompletion=profile_names)
    ] = None,
) -> None:
    """Make a profile. It does not come into use by that.

    \b
    Example:
      armillary profile create staging --from default
    """
    if not name.strip() or name != name.strip():
        raise InvalidOption(
            f"{name!r} is no name for a profile.", subject=name, advice="Give it one without outer spaces."
        )
    with profile_file.changing() as profiles:
        if name in profiles.settings:
            raise InvalidOption(f"There is a profile {name!r} already.", subject=name, advice="Choose another name.")
        if copy_of is not None:
            _must_be_there(profiles, copy_of)
        profiles.settings[name] = dict(profiles.settings[copy_of]) if copy_of is not None else {}
    say(f"Created profile {name!r}.")
    hint(f"armillary profile use {name}")


@app.command()
def use(name: NameArgument) -> None:
    """Let a profile's settings count from now on.

    \b
    Example:
      armillary profile use staging
    """
    with profile_file.changing() as profiles:
        _must_be_there(profiles, name)
        profiles.active = name
    say(f"Profile {name!r} is in use.")
    if os.environ.get("ARMILLARY_PROFILE"):
        warn(f"The environment sets ARMILLARY_PROFILE={os.environ['ARMILLARY_PROFILE']}, and wins while it does.")


@app.command()
def delete(
    name: NameArgument, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False
) -> None:
    """Delete a profile and its settings.

    \b
    Example:
      armillary profile delete staging --yes
    """
    profiles = profile_file.read()
    _must_be_there(profiles, name)
    if name == DEFAULT_PROFILE:
        raise InvalidOption(
            "The default profile stays.", subject=name, advice="Take settings out of it: armillary config unset NAME"
        )
    if name == profiles.active:
        raise InvalidOption(
            f"Profile {name!r} is in use.", subject=name, advice="Use another one first: armillary profile use default"
        )
    confirm(f"Delete profile {name!r} with {len(profiles.settings[name])} settings?", yes)
    with profile_file.changing() as profiles:
        profiles.settings.pop(name, None)
    say(f"Deleted profile {name!r}.")


def _must_be_there(profiles: profile_file.Profiles, name: str) -> None:
    if name not in profiles.settings:
        raise NotFound(f"There is no profile {name!r}.", subject=name, advice=did_you_mean(name, profiles.settings))
