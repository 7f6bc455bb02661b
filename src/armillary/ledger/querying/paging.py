"""Pages by cursor: a page names where the next one begins, so deep pages cost what the first does."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeVar

from msgspec import DecodeError, json
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, tuple_
from sqlalchemy.types import TypeEngine

from armillary.core.errors import InvalidOption
from armillary.core.page import Page

LARGEST_PAGE = 1000
MOST_CHARACTERS = 4_000_000
"""Of the long texts of one page, but for the last of them."""
_AT_ONCE = 100
_LARGEST = 2**63 - 1

Record = TypeVar("Record")


@dataclass(slots=True, frozen=True)
class Order:
    """A sort order with its name, which cursors carry so that none is used with another order's. The last column is
    unique."""

    name: str
    columns: tuple[ColumnElement[Any], ...]
    descending: bool = True


def narrowed(order: Order, wanted: object) -> Order:
    """``order`` of a listing that ``wanted`` narrows: its cursors are good for these criteria only."""
    if wanted is None:
        return order
    fingerprint = blake2b(json.encode(wanted), digest_size=6).hexdigest()
    return Order(f"{order.name} {fingerprint}", order.columns, order.descending)


def paged(statement: Select[Any], order: Order, limit: int, after: str | None) -> Select[Any]:
    """``statement`` ordered, begun behind ``after``, and limited to one row more than the page, which tells whether more
    follow."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidOption(f"limit is {limit}.", subject="limit", advice=f"Give a number from 1 to {LARGEST_PAGE}.")
    if after is not None:
        values = _decoded(order, after)
        kinds: list[TypeEngine[Any]] = [column.type for column in order.columns]
        place, bound = tuple_(*order.columns), tuple_(*values, types=kinds)
        statement = statement.where(place < bound if order.descending else place > bound)
    return statement.order_by(*(column.desc() if order.descending else column.asc() for column in order.columns)).limit(
        limit + 1
    )


def next_cursor(rows: Sequence[Any], order: Order, limit: int) -> str | None:
    """The cursor of the page after ``rows``, of which there may be one more than ``limit``."""
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return cursor(order.name, [last[column.key] for column in order.columns])


def no_more_than_fits(connection: Connection, statement: Select[Any], column: str) -> Iterator[RowMapping]:
    """The first rows, up to the one with which the texts of ``column`` have ``MOST_CHARACTERS``. Read some at a time, so that they are
    never all in memory."""
    characters = 0
    for row in connection.execute(statement.execution_options(yield_per=_AT_ONCE)).mappings():
        yield row
        characters += len(row[column])
        if characters >= MOST_CHARACTERS:
            return


def bounded_page(
    connection: Connection,
    statement: Select[Any],
    order: Order,
    limit: int,
    column: ColumnElement[str],
    record: Callable[[RowMapping], Record],
) -> Page[Record]:
    """A page that ends early once its texts of ``column`` fill it. ``statement`` is ``paged``."""
    found = list(no_more_than_fits(connection, statement, str(column.key)))
    shown = found[:limit]
    told = [record(row) for row in shown]
    if len(found) > limit or sum(len(row[str(column.key)]) for row in found) < MOST_CHARACTERS:
        return Page(told, next_cursor(found, order, limit))
    return Page(told, cursor(order.name, [shown[-1][str(each.key)] for each in order.columns]))


def cursor(listing: str, values: Sequence[str | int]) -> str:
    """A text that names a place in a listing, and the listing too."""
    return urlsafe_b64encode(json.encode([listing, *values])).decode()


def cursor_values(listing: str, kinds: Sequence[type], after: str) -> list[Any]:
    """What ``cursor`` was given. Raises InvalidOption for a cursor of another listing, or for what is none."""
    try:
        name, *values = json.decode(urlsafe_b64decode(after), type=list[str | int])
    except (ValueError, DecodeError) as problem:
        raise _foreign(after) from problem
    if name != listing or [type(value) for value in values] != list(kinds) or not all(map(_fits, values)):
        raise _foreign(after)
    return values


def _fits(value: str | int) -> bool:
    """Whether the databases can hold it."""
    return "\x00" not in value if isinstance(value, str) else -_LARGEST <= value <= _LARGEST


def _decoded(order: Order, after: str) -> list[Any]:
    return cursor_values(order.name, [column.type.python_type for column in order.columns], after)


def _foreign(after: str) -> InvalidOption:
    return InvalidOption(
        f"{after!r} is not a cursor of this listing.",
        subject="after",
        advice="Start again from the first page, without it.",
    )
