"""A run that is called again with its recorded parameters has the same values, or the record says which are lost."""

from __future__ import annotations

import datetime
import enum
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from msgspec import json
from pydantic import AfterValidator, BaseModel

from armillary import Secret, flow
from armillary.engine.calls.recorded_parameters import (
    LARGEST_VALUE,
    describe,
    hashes_of,
    is_told_whole,
    lost_parameters,
)
from armillary.engine.parameters.parameters import bind
from armillary.engine.parameters.signatures import recalled_call

from .values import VALUES, Kind, is_same, twice


@dataclass
class Point:
    x: int
    tags: tuple[str, ...] = ()


class Order(BaseModel):
    day: datetime.date
    ids: set[int] = set()


def outcome(
    fn: Callable[..., Any], *arguments: Any, **keywords: Any
) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
    """What is lost, and the parameters of the first call and of the call with what was recorded."""
    spec = flow(fn)._spec
    first = bind(spec, arguments, keywords).parameters
    recorded = json.decode(describe(first))
    lost = lost_parameters(spec, recorded, hashes_of(spec, first))
    again = {} if lost else bind(spec, *recalled_call(fn, recorded)).parameters
    return lost, first, again


def annotated(annotation: Any) -> Callable[..., Any]:
    def body(x: Any) -> None: ...

    body.__annotations__ = {} if annotation is None else {"x": annotation}
    return body


@given(VALUES)
@pytest.mark.parametrize(
    "annotation", [None, Any, list[Any] | dict[Any, Any] | tuple[Any, ...] | Any, float | int | str | None]
)
def test_the_values_are_the_same_or_lost(annotation: Any, value: Any) -> None:
    try:
        lost, first, again = outcome(annotated(annotation), value)
    except TypeError:  # it does not fit the annotation
        return
    assert lost == ["x"] or is_same(first["x"], again["x"])


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (None, [1, {"a": "<lock>"}, None, 1.5, 2**80]),
        (datetime.date, datetime.date(2024, 1, 31)),
        (datetime.datetime, datetime.datetime(2024, 1, 31, tzinfo=datetime.UTC)),
        (Decimal, Decimal("1.10")),
        (Path, Path("x y")),
        (Kind, Kind.X),
        (tuple[int, str], (1, "a")),
        (set[int], {1, 2}),
        (dict[int, str], {1: "a"}),
        (Point, Point(1, ("a",))),
        (Order, Order(day=datetime.date(2024, 1, 31), ids={1})),
        (list[Order], [Order(day=datetime.date(2024, 1, 31))]),
    ],
)
def test_what_json_or_an_annotation_gives_back_is_not_lost(annotation: Any, value: Any) -> None:
    lost, _, again = outcome(annotated(annotation), value)
    assert not lost and again["x"] == value and type(again["x"]) is type(value)


class Word(enum.StrEnum):
    A = "a"


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (None, math.nan),
        (float, math.nan),
        (float | None, math.inf),
        (dict[int, Any], {1: {2: math.nan}}),
        (None, {1: "a"}),
        (None, (1, 2)),
        (None, {1}),
        (None, b"\xff"),
        (bytes, b"\xff"),
        (None, Word.A),
        (None, datetime.date(2024, 1, 31)),
        (Any, Decimal("1.10")),
        (datetime.datetime, datetime.datetime(2024, 1, 31, tzinfo=ZoneInfo("Europe/Berlin"))),
        (None, Secret("s")),
        (dict[str, Any], {"a": [Secret("s")]}),
        (Any, threading.Lock()),
        (None, "x" * 20_000),
        (None, twice(100)),
        (Annotated[int, AfterValidator(lambda value: value + 1)], 5),
    ],
)
def test_what_would_be_another_value_is_lost(annotation: Any, value: Any) -> None:
    assert outcome(annotated(annotation), value)[0] == ["x"]


def test_a_default_that_would_be_converted_the_next_time_is_lost() -> None:
    def body(x: int = "5") -> None: ...  # type: ignore[assignment]

    assert outcome(body)[0] == ["x"]


def test_remaining_arguments_come_back_by_position_and_name() -> None:
    def body(a: Any, /, *days: datetime.date, **more: Any) -> None: ...

    lost, first, again = outcome(body, 1, datetime.date(2024, 1, 31), z=2)
    assert not lost and again == first


def test_the_record_is_bounded_by_what_its_text_would_be() -> None:
    nested = [["x" * 1000] * 2000]
    assert len(nested[0][0]) * len(nested[0]) > LARGEST_VALUE
    assert describe({"x": nested, "y": twice(100), "z": [1]}) == '{"x":"<list>","y":"<list>","z":[1]}'


def test_without_hashes_only_what_stands_for_another_value_is_noticed() -> None:
    spec = flow(annotated(None))._spec
    assert lost_parameters(spec, {"x": "<lock>"}, None) == ["x"]
    assert lost_parameters(spec, {"x": [1]}, None) == []
    assert not is_told_whole([{"a": "<dict of 12,345>"}])
