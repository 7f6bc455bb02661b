"""The code blocks of a page of the documentation, as a reader would type them in, from top to bottom.

A block of ``python`` with a ``title`` is a file; without one it is a program. In a block of ``console``, each line that begins
with ``$`` is a command, and what follows is its output. What a reader cannot see stands in a comment before the block:

    <!-- test: exit 1 -->            the last command of the block fails with this code
    <!-- test: background -->        the command runs until the end of the page; its output is waited for
    <!-- test: until -->             the command is repeated until its output is as shown
    <!-- test: terminal worker -->   another terminal, whose folder and variables are its own
    <!-- test: stdin yes -->         what is typed while it runs
    <!-- test: not run: REASON -->   the block cannot run here
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("docs/tutorial", "docs/how-to", "docs/cookbook")
PROGRAMS = ("python", "console", "bash")
"""Languages of blocks that run."""

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[\w-]*)(?P<options>[^`]*)$")
_TITLE = re.compile(r'title="([^"]+)"')
_COMMENT = re.compile(r"<!-- test: (.*?) -->")


@dataclass
class Command:
    """A line that is typed, and the lines that answer it. ``line`` is where it stands in the page, from 1."""

    text: str
    line: int
    output: list[str] = field(default_factory=list)


@dataclass
class Block:
    language: str
    title: str | None
    text: str
    line: int
    options: dict[str, str]

    @property
    def runs(self) -> bool:
        return self.language in PROGRAMS and "not run" not in self.options

    def commands(self) -> list[Command]:
        """What is typed in a block of commands."""
        found: list[Command] = []
        continued = False
        for number, line in enumerate(self.text.splitlines(), self.line + 1):
            if continued:
                found[-1].text += "\n" + line
            elif self.language == "bash" or line.startswith("$ "):
                if line.strip() and not line.startswith("#"):
                    found.append(Command(line.removeprefix("$ "), number))
            elif found:
                found[-1].output.append(line)
            continued = bool(found) and (continued or line.startswith("$ ")) and line.endswith("\\")
        return found


def pages() -> list[Path]:
    found = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.md"))]
    return [ROOT / "README.md", *found]


def blocks(text: str) -> list[Block]:
    """Every fenced block, also of languages that do not run."""
    found: list[Block] = []
    options: dict[str, str] = {}
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        opening = _FENCE.match(lines[number])
        if opening is None:
            if comment := _COMMENT.search(lines[number]):
                options = _options(comment.group(1))
            elif lines[number].strip():
                options = {}
            number += 1
            continue
        indent = opening.group("indent")
        begin = number + 1
        number = next(at for at in range(begin, len(lines)) if lines[at].rstrip() == f"{indent}```")
        body = "\n".join(line.removeprefix(indent) for line in lines[begin:number])
        title = _TITLE.search(opening.group("options"))
        found.append(Block(opening.group("language"), title and title.group(1), body, begin, options))
        options = {}
        number += 1
    return found


def _options(text: str) -> dict[str, str]:
    if text.startswith("not run"):
        return {"not run": text.removeprefix("not run").lstrip(": ")}
    return {name: value for name, _, value in (each.strip().partition(" ") for each in text.split(";"))}
