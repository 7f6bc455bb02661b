"""Hashes that are equal in every process."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armillary.core.errors import NotSerializable
from armillary.core.secret import Secret
from armillary.engine.hashing import hash_of

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4) | st.tuples(inner, inner),
    max_leaves=12,
)


@dataclass
class Point:
    x: int
    y: int


@given(values)
def test_a_copy_has_the_hash_of_the_original(value: Any) -> None:
    import copy

    assert hash_of(copy.deepcopy(value), "it") == hash_of(value, "it")


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_of_a_dict_is_nothing(value: dict[str, int]) -> None:
    assert hash_of(dict(reversed(value.items())), "it") == hash_of(value, "it")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, "1"),
        (1, 1.0),
        (True, 1),
        ([1], (1,)),
        (b"a", "a"),
        (["ab", "c"], ["a", "bc"]),
        ({"a": 1}, [("a", 1)]),
        (None, "None"),
    ],
)
def test_what_differs_in_kind_differs(one: object, other: object) -> None:
    assert hash_of(one, "it") != hash_of(other, "it")


def test_objects_are_hashed_by_what_they_hold() -> None:
    assert hash_of(Point(1, 2), "it") == hash_of(Point(1, 2), "it") != hash_of(Point(2, 1), "it")
    assert hash_of(Secret("a"), "it") != hash_of(Secret("b"), "it")


def test_the_seed_of_hash_changes_nothing() -> None:
    source = "from armillary.engine.hashing import hash_of; print(hash_of({'b', 'a', 'c'}, 'it'))"
    said = {
        subprocess.run(
            [sys.executable, "-c", source], env={"PYTHONHASHSEED": str(seed)}, capture_output=True, check=True
        ).stdout
        for seed in (1, 2)
    }
    assert len(said) == 1


def test_what_cannot_be_hashed_is_named_with_its_type() -> None:
    with pytest.raises(NotSerializable, match=r"the argument 'x' of type 'generator' cannot be hashed"):
        hash_of((n for n in range(3)), "the argument 'x'")
    deep: list[Any] = []
    for _ in range(1000):
        deep = [deep]
    with pytest.raises(NotSerializable, match="nested too deeply"):
        hash_of(deep, "it")
