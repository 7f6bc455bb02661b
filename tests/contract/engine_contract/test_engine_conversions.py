"""A flow's annotations convert what they annotate, at any depth, whether or not the result is equal to what was given."""

from __future__ import annotations

import enum
from collections import UserList
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, NewType, NotRequired, Optional, Required, TypedDict, Union, Unpack

import pytest
from pydantic import Field

from armillary import flow, task
from armillary.errors import InvalidParameters

pytestmark = pytest.mark.usefixtures("home")


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Key(TypedDict):
    k: int


class Options(TypedDict, total=False):
    key: Required[Key]
    keys: list[Key]


class Tree(TypedDict):
    value: int
    below: NotRequired[list[Tree]]


@dataclass
class Point:
    x: int


UserId = NewType("UserId", int)


def given(annotation: Any, value: Any) -> Any:
    def body(x: Any) -> Any:
        return x

    body.__annotations__ = {"x": annotation}
    return flow(body)(value)


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        (list[Colour], ["red"], [Colour.RED]),
        (list[Level], [1], [Level.LOW]),
        (list[float], [1], [1.0]),
        (list[bool], [1], [True]),
        (list[Decimal], [1], [Decimal(1)]),
        (dict[str, list[Colour]], {"a": ["red"]}, {"a": [Colour.RED]}),
        (dict[Colour, int], {"red": 1}, {Colour.RED: 1}),
        (tuple[Colour, ...], ("red",), (Colour.RED,)),
        (tuple[float, int], (1, True), (1.0, 1)),
        (set[float], {1}, {1.0}),
        (frozenset[Colour], frozenset(["red"]), frozenset([Colour.RED])),
        (Sequence[Colour], ["red"], [Colour.RED]),
        (Optional[list[Colour]], ["red"], [Colour.RED]),  # noqa: UP045
        (Union[list[Colour], None], ["red"], [Colour.RED]),  # noqa: UP007
        (list[Colour] | None, ["red"], [Colour.RED]),
        (Annotated[list[float], Field(min_length=1)], [1], [1.0]),
        (list[Point], [{"x": "1"}], [Point(1)]),
        (UserId, "3", 3),
        (list[UserId], ["3"], [3]),
        (Key, {"k": "3"}, {"k": 3}),
        (list[Key], [{"k": "3"}], [{"k": 3}]),
        (dict[str, Key] | None, {"a": {"k": "3"}}, {"a": {"k": 3}}),
        (Annotated[Key, "a key"], {"k": "3"}, {"k": 3}),
        (Options, {"key": {"k": "1"}, "keys": [{"k": "2"}]}, {"key": {"k": 1}, "keys": [{"k": 2}]}),
        (Tree, {"value": "1", "below": [{"value": "2"}]}, {"value": 1, "below": [{"value": 2}]}),
    ],
)
def test_the_converted_value_is_taken(annotation: Any, value: Any, expected: Any) -> None:
    got = given(annotation, value)
    assert (got, repr(got)) == (expected, repr(expected))  # 1 and 1.0 are equal, and not the same


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Key, "garbage"),
        (Key, {}),
        (Key, {"k": "x"}),
        (Options, {"keys": []}),
        (list[Key], [{"k": 1}, {}]),
        (Tree, {"value": 1, "below": [{"value": "x"}]}),
        (list[Colour], ["green"]),
        (Annotated[int, Field(gt=5)], 1),
        (Literal["a"], "b"),
        (Callable[[int], int], 3),
        (type[int], str),
    ],
)
def test_what_does_not_fit_is_named(annotation: Any, value: Any) -> None:
    with pytest.raises(InvalidParameters, match="Parameter 'x' got"):
        given(annotation, value)


def test_what_an_annotation_says_nothing_about_stays_the_same_object() -> None:
    rows = [1, "a"]
    assert given(Any, rows) is rows and given(list, rows) is rows and given(object, rows) is rows
    mine = UserList([1])
    assert given(UserList, mine) is mine


def test_each_of_the_remaining_arguments_is_converted_and_named() -> None:
    @flow
    def rest(*numbers: int, **rates: float) -> Any:
        return numbers, rates

    loosely: Any = rest
    assert loosely("1", 2, a="2") == ((1, 2), {"a": 2.0})
    with pytest.raises(InvalidParameters, match=r"'numbers\[1\]' got 'x'.*'b' got 'y'"):
        loosely("1", "x", b="y")


def test_the_remaining_arguments_are_converted_together_where_they_are_annotated_so() -> None:
    @flow
    def rest(*pair: *tuple[int, str], **key: Unpack[Key]) -> Any:
        return pair, key

    loosely: Any = rest
    assert loosely("1", "a", k="3") == ((1, "a"), {"k": 3})
    with pytest.raises(InvalidParameters, match="k"):
        loosely("1", "a")


def test_a_submitted_subflow_converts_when_the_values_have_arrived() -> None:
    @task
    def text() -> str:
        return "5"

    @flow
    def below(numbers: list[int]) -> list[int]:
        return numbers

    @flow
    def above() -> list[int]:
        loosely: Any = below
        return loosely.submit([text()]).result() + loosely([text()])  # type: ignore[no-any-return]

    assert above() == [5, 5]
