"""What JSON gives back, how large it would be, and serializers that rely on it."""

from __future__ import annotations

import math
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from msgspec import json

from armillary.core.errors import NotSerializable
from armillary.engine.results.json_form import DEEPEST, expanded_size, first_odd
from armillary.engine.results.serializers import serializer_named

from .values import VALUES, Kind, Rows, Text, is_same, twice

SERIALIZERS = ["json", "compressed/json", "pickle", "compressed/pickle"]


class Unreadable:
    """Writes itself down as a call that raises."""

    def __reduce__(self) -> Any:
        return int, ("no number",)


class Another:
    """Writes itself down as something else."""

    def __reduce__(self) -> Any:
        return int, ("1",)


SERIALIZERS = ["json", "compressed/json", "pickle", "compressed/pickle"]


@given(VALUES)
@pytest.mark.parametrize("name", SERIALIZERS)
def test_a_serializer_gives_back_what_it_was_given_or_rejects_it(name: str, value: Any) -> None:
    serializer = serializer_named(name)
    try:
        data = serializer.dumps(value)
    except NotSerializable as refused:
        assert name.endswith("json")
        assert "value" in str(refused)
        return
    assert is_same(serializer.loads(data), value)


@given(VALUES)
def test_a_value_without_an_odd_place_comes_back_from_json_and_any_other_does_not(value: Any) -> None:
    try:
        comes_back = is_same(json.decode(json.encode(value)), value)
    except (TypeError, ValueError):
        comes_back = False
    assert (first_odd(value, "it") is None) == comes_back


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (math.nan, "value is nan"),
        ([1, {"a": [math.inf]}], r"value\[1\]\['a'\]\[0\] is inf"),
        ({"a": {1: 2}}, r"value\['a'\]\[1\].*key of type int"),
        ({"a": (1, 2)}, r"value\['a'\] is a tuple"),
        ([b"x"], r"value\[0\] is a bytes"),
        (uuid.UUID(int=1), "a UUID"),
        ([Decimal("1.10")], "a Decimal"),
        ([Kind.X], "a Kind"),
        ([Text("a")], "a Text"),
        (Rows([1]), "a Rows"),
        (["\ud800"], "an unpaired surrogate"),
    ],
)
@pytest.mark.parametrize("name", ["json", "compressed/json"])
def test_what_json_does_not_give_back_is_rejected_by_its_place(name: str, value: Any, says: str) -> None:
    with pytest.raises(NotSerializable, match=says):
        serializer_named(name).dumps(value)


@pytest.mark.parametrize(
    ("value", "says"), [(Unreadable(), "reading it back raised ValueError"), (Another(), "as a int")]
)
def test_a_pickle_that_cannot_be_read_again_is_rejected(value: Any, says: str) -> None:
    with pytest.raises(NotSerializable, match=says):
        serializer_named("pickle").dumps(value)


def test_shared_structure_and_cycles_cost_one_visit_for_each_object() -> None:
    cycle: list[Any] = [1]
    cycle.append({"up": cycle})
    assert expanded_size(cycle) == math.inf
    assert expanded_size(twice(300)) > 2**300
    assert first_odd(twice(DEEPEST - 2), "it") is None
    for value, says in ((cycle, "contains itself"), (twice(300), "too large")):
        with pytest.raises(NotSerializable, match=says):
            serializer_named("json").dumps(value)


@given(VALUES)
def test_the_size_of_a_tree_is_that_of_its_parts(value: Any) -> None:
    assert expanded_size([value, value]) == 2 * expanded_size(value) + 1


def test_depth_is_bounded_and_named() -> None:
    deep: Any = 1
    for _ in range(DEEPEST + 1):
        deep = {"a": deep}
    odd = first_odd(deep, "it")
    assert odd is not None and "nested more than" in odd.reason
