"""Writes real output into pages of the documentation: ``python scripts/record_documentation.py docs/how-to/cancel.md``.

A line ``?`` after a command is replaced by what the command puts out. What is long is then shortened by hand, with ``…``.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "e2e")]

from documentation.expected import NAMES  # noqa: E402
from documentation.pages import blocks  # noqa: E402
from documentation.reader import Reader  # noqa: E402

from armillary.core.text.names import run_name  # noqa: E402

_chance = Random(1).random
_DRAWN = [run_name(_chance).split("-") for _ in range(20_000)]
_ADJECTIVES = {adjective for adjective, _ in _DRAWN}
_ANIMALS = {animal for _, animal in _DRAWN}


def main() -> None:
    for each in sys.argv[1:]:
        page = Path(each)
        text = page.read_text()
        with tempfile.TemporaryDirectory() as folder:
            reader = Reader(Path(folder))
            reader.learns = learned
            try:
                reader.read(blocks(text), compare=False)
            finally:
                page.write_text(filled(text, reader))


def learned(output: str, names: dict[str, str]) -> None:
    """Gives each new name of a run the next name of the documentation."""
    for adjective, animal in re.findall(r"\b([a-z]+)-([a-z]+)\b", output):
        name = f"{adjective}-{animal}"
        if adjective in _ADJECTIVES and animal in _ANIMALS and name not in names.values():
            names[next(each for each in NAMES if each not in names)] = name


def filled(text: str, reader: Reader) -> str:
    lines = text.splitlines()
    for block in reversed(blocks(text)):
        for command in reversed(block.commands()):
            if command.output == ["?"] and command.line in reader.recorded:
                at = command.line + command.text.count("\n")
                output = reader.recorded[command.line]
                for shown, name in reader.names.items():
                    output = output.replace(name, shown)
                output = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:4200", output)
                output = re.sub(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", r"\1…", output)
                output = re.sub(r"Agent '[^']*' (.*?), \d+ runs", r"Agent '…' \1, … runs", output)
                output = re.sub(r"code [0-9a-f]{12}", "code …", output)
                lines[at : at + 1] = aligned([line.rstrip() for line in output.rstrip().splitlines()])
    return "\n".join(lines) + "\n"


def aligned(lines: list[str]) -> list[str]:
    """Tables with their columns as wide as they are now."""
    made: list[str] = []
    table: list[list[str]] = []
    for line in [*lines, ""]:
        cells = re.split(r" {2,}", line)
        if len(cells) > 2 and (cells[0] == "ID" or (table and len(cells) == len(table[0]))):
            table.append(cells)
            continue
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        made += [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
        ]
        table = []
        made.append(line)
    return made[:-1]


if __name__ == "__main__":
    main()
