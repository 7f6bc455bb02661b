"""Ignore files, read as git reads them (https://git-scm.com/docs/gitignore): the last matching pattern decides, ``!`` includes
again, a slash at the end means folders, one elsewhere means from this folder down, ``**`` any number of folders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class IgnoreRule(NamedTuple):
    fits: re.Pattern[str]
    only_folders: bool
    takes_in: bool


def rules(text: str) -> list[IgnoreRule]:
    """The rules of an ignore file; paths are relative to its folder."""
    return [rule for line in text.splitlines() if (rule := _rule(line)) is not None]


def is_ignored(path: str, given: Iterable[IgnoreRule], *, folder: bool) -> bool | None:
    """The verdict of the last matching rule; None if none matches.

    >>> is_ignored("data/big.csv", rules("*.csv"), folder=False)
    True
    """
    verdict = None
    for rule in given:
        if (folder or not rule.only_folders) and rule.fits.fullmatch(path):
            verdict = not rule.takes_in
    return verdict


def _rule(line: str) -> IgnoreRule | None:
    line = re.sub(r"(?<!\\) +$", "", line.rstrip("\r\n"))
    if not line or line.startswith("#"):
        return None
    takes_in = line.startswith("!")
    pattern = line[1:] if takes_in else line
    only_folders = pattern.endswith("/")
    pattern = pattern.rstrip("/")
    if not pattern:
        return None
    anywhere = "/" not in pattern
    expression = ("(?:.*/)?" if anywhere else "") + _translated(pattern.removeprefix("/"))
    try:
        return IgnoreRule(re.compile(expression, re.DOTALL), only_folders, takes_in)
    except re.error:
        return None


def _translated(pattern: str) -> str:
    found, place = "", 0
    while place < len(pattern):
        rest = pattern[place:]
        if rest.startswith("**/"):
            found, place = found + "(?:.*/)?", place + 3
        elif rest == "**":
            found, place = found + ".+", place + 2
        elif rest[0] == "*":
            found, place = found + "[^/]*", place + 1
        elif rest[0] == "?":
            found, place = found + "[^/]", place + 1
        elif rest[0] == "[" and (end := rest.find("]", 2)) > 0:
            inside = rest[1:end].replace("\\", "\\\\")
            found += f"[{'^' + inside[1:] if inside[0] in '!^' else inside}]"
            place += end + 1
        elif rest[0] == "\\" and len(rest) > 1:
            found, place = found + re.escape(rest[1]), place + 2
        else:
            found, place = found + re.escape(rest[0]), place + 1
    return found
