"""Changing the profile file. A change is written whole beside it and then takes its place: no reader sees half a file.

Names that no release knows are kept here as they stand, so that ``config unset`` can take a misspelt one away.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock

from armillary import settings
from armillary.cli.terminal.messages import warn
from armillary.core.errors import HomeNotWritable, InvalidSetting
from armillary.home_folder import prepare_home
from armillary.settings import DEFAULT_PROFILE

_HEADING = "# Settings by profile; `armillary config` and `armillary profile` change this file.\n"


@dataclass(slots=True)
class Profiles:
    """Which profile the file marks active, and what each one sets, as text by bare name."""

    active: str
    settings: dict[str, dict[str, str]]


def read() -> Profiles:
    """The file as it stands; a missing one has one empty profile. Raises InvalidSetting for a broken one."""
    path = settings.profiles_path()
    try:
        with open(path, "rb") as file:
            table = tomllib.load(file)
    except FileNotFoundError:
        table = {}
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise InvalidSetting(
            f"The profile file {path} cannot be read: {problem}.", subject=path, advice="Fix it or move it away."
        ) from problem
    found = {
        str(name): {bare(key): str(value) for key, value in entries.items()}
        for name, entries in table.get("profiles", {}).items()
        if isinstance(entries, dict)
    }
    found.setdefault(DEFAULT_PROFILE, {})
    return Profiles(str(table.get("active", DEFAULT_PROFILE)), found)


@contextmanager
def changing() -> Iterator[Profiles]:
    """The profiles, written back when the block ends without an error. One process at a time changes them."""
    path = settings.profiles_path()
    prepare_home(settings.home())
    try:
        lock = os.open(path + ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise _not_writable(path, problem) from problem
    try:
        flock(lock, LOCK_EX)
        profiles = read()
        yield profiles
        _write(path, profiles)
    finally:
        os.close(lock)


def _write(path: str, profiles: Profiles) -> None:
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        _keep_comments(path)
        # It may hold a token.
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text(profiles))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as problem:
        raise _not_writable(path, problem) from problem


def _keep_comments(path: str) -> None:
    """The file is written anew, without what people wrote into it beside the settings: that stays in a copy."""
    try:
        with open(path, "rb") as file:
            before = file.read()
    except FileNotFoundError:
        return
    own = _HEADING.encode()
    if any(line.lstrip().startswith(b"#") for line in before.removeprefix(own).splitlines()):
        copy = f"{path}.commented"
        with open(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(before)
        warn(f"The comments in {path} are not kept there: the file as it was is {copy}.")


def text(profiles: Profiles) -> str:
    """The file's text: every value a string, as an environment variable would have it.

    >>> print(text(Profiles("ci", {"ci": {"LOGGING_LEVEL": "DEBUG"}})), end="")
    # Settings by profile; `armillary config` and `armillary profile` change this file.
    active = "ci"
    <BLANKLINE>
    [profiles."ci"]
    ARMILLARY_LOGGING_LEVEL = "DEBUG"
    """
    lines = [_HEADING + f"active = {_quoted(profiles.active)}\n"]
    for name, entries in profiles.settings.items():
        lines.append(f"\n[profiles.{_quoted(name)}]\n")
        lines += [f"{_key(key)} = {_quoted(value)}\n" for key, value in entries.items()]
    return "".join(lines)


def _key(bare_name: str) -> str:
    full = settings.PREFIX + bare_name
    return full if full.replace("_", "a").isalnum() and full.isascii() else _quoted(full)


def _quoted(value: str) -> str:
    """A TOML basic string: JSON's, but for DEL, which JSON leaves as it is."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def bare(name: str) -> str:
    """
    >>> bare("armillary_api_url")
    'API_URL'
    """
    return name.upper().removeprefix(settings.PREFIX)


def _not_writable(path: str, problem: OSError) -> HomeNotWritable:
    return HomeNotWritable(
        f"The profile file {path} cannot be written: {problem.strerror or problem}.",
        subject=path,
        advice="Make its folder writable, or set ARMILLARY_HOME to one that is.",
    )
