"""Tables on a terminal, drawn by rich."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from armillary.cli.terminal.columns import Column, spelled_out

Record = TypeVar("Record")

STATE_STYLES = {
    "SCHEDULED": "yellow",
    "PENDING": "bright_black",
    "RUNNING": "blue",
    "PAUSED": "yellow",
    "CANCELLING": "bright_black",
    "COMPLETED": "green",
    "FAILED": "red",
    "CRASHED": "dark_orange3",
    "CANCELLED": "bright_black",
}


_GAP = 3
"""Between two columns."""
_NARROWEST = 4
_ENOUGH = 16
"""An expendable column that is no id is worth its place when so much of it can be seen."""


def print_table(records: Sequence[Record], columns: Sequence[Column[Record]]) -> None:
    """Fits the terminal: expendable columns go first, ids before others, from the right, then the longest cells are cut."""
    console = Console(highlight=False)
    cells = [[_cell(column, record) for column in columns] for record in records]
    places = list(range(len(columns)))
    expendable = [place for place in places if columns[place].expendable]
    expendable.sort(key=lambda place: (columns[place].is_id, place))
    while _least_width(columns, cells, places) > console.width and expendable:
        places.remove(expendable.pop())
    widths = _fitting(columns, cells, places, console.width)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for place, width in zip(places, widths, strict=True):
        table.add_column(columns[place].title, no_wrap=True, overflow="ellipsis", width=width)
    for line in cells:
        table.add_row(*(line[place] for place in places))
    console.print(table)


def _cell(column: Column[Record], record: Record) -> Text:
    style = STATE_STYLES.get(column.paint(record), "") if column.paint is not None else ""
    return Text(spelled_out((column.shown or column.text)(record)), style=style)


def _least_width(columns: Sequence[Column[Record]], cells: Sequence[Sequence[Text]], places: Sequence[int]) -> int:
    """Of a table worth looking at."""
    widths = [
        min(width, _ENOUGH) if columns[place].expendable and not columns[place].is_id else width
        for place, width in zip(places, _widest(columns, cells, places), strict=True)
    ]
    return sum(widths) + _GAP * (len(places) - 1)


def _widest(columns: Sequence[Column[Record]], cells: Sequence[Sequence[Text]], places: Sequence[int]) -> list[int]:
    return [max([len(columns[place].title), *(line[place].cell_len for line in cells)]) for place in places]


def _fitting(
    columns: Sequence[Column[Record]], cells: Sequence[Sequence[Text]], places: Sequence[int], width: int
) -> list[int]:
    """How wide each column is: the widest that are not ids give way first."""
    widths = _widest(columns, cells, places)
    flexible = [number for number, place in enumerate(places) if not columns[place].is_id]
    while sum(widths) + _GAP * (len(places) - 1) > width and any(widths[number] > _NARROWEST for number in flexible):
        widths[max(flexible, key=lambda number: widths[number])] -= 1
    return widths
