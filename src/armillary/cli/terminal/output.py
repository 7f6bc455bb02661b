"""Data on stdout: JSON for programs, tables for people, plain columns for pipes."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import typer
from msgspec import json

from armillary.cli.terminal.columns import Column, spelled_out
from armillary.cli.terminal.messages import hint
from armillary.cli.terminal.paging import Listed
from armillary.cli.terminal.streams import write_json

Record = TypeVar("Record")


_STEERING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Output(StrEnum):
    TABLE = "table"
    JSON = "json"


OutputOption = Annotated[
    Output, typer.Option("--output", "-o", help="table, or json: the same objects as the API's.", show_default=False)
]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, help="Show at most this many.")]


@contextmanager
def only_data(output: Output) -> Iterator[None]:
    """While a flow runs: with JSON wanted, what user code and its child processes print goes to stderr, so that stdout
    holds the JSON alone."""
    if output is not Output.JSON:
        yield
        return
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def print_json(value: Any) -> None:
    """Records become objects with their fields' names; indented, with a newline at the end."""
    write_json(for_stdout(json.format(json.encode(value, enc_hook=str), indent=2)) + b"\n")


def for_stdout(encoded: bytes) -> bytes:
    """The same JSON; on a terminal without the characters that JSON leaves as they are and terminals obey."""
    if not sys.stdout.isatty():
        return encoded
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", encoded.decode()).encode()


def print_records(records: Sequence[Record], columns: Sequence[Column[Record]], output: Output) -> None:
    """A listing: a JSON array, a table on a terminal, plain columns in a pipe. That it is not all is said beside it."""
    if output is Output.JSON:
        print_json(list(records))
    elif sys.stdout.isatty():
        from armillary.cli.terminal.terminal import print_table  # loads rich, which pipes do without

        print_table(records, columns)
    else:
        sys.stdout.write(plain(records, columns))
    if isinstance(records, Listed) and records.more:
        sys.stdout.flush()
        hint(f"Only {len(records)} are shown: --limit shows more.")


def plain(records: Sequence[Record], columns: Sequence[Column[Record]]) -> str:
    """Columns padded with spaces, two between them, a title line above; nothing is cut."""
    lines = [[column.title.upper().replace(" ", "_") for column in columns]]
    lines += [[_one_line(column.text(record)) for column in columns] for record in records]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )


def print_pairs(pairs: Sequence[tuple[str, str]]) -> None:
    """One thing's properties, a line each."""
    width = max((len(name) for name, _ in pairs), default=0)
    for name, value in pairs:
        print(f"{name.ljust(width)}  {_one_line(value)}".rstrip())


def _one_line(text: str) -> str:
    """An empty cell is a dash, so that columns can be counted by whoever cuts them apart."""
    return spelled_out(" ".join(text.split())) or "-"
