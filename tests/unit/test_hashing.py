"""Hashes that are equal in every process."""

from __future__ import annotations

import collections
import copy
import datetime
import functools
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armillary.core.errors import NotSerializable
from armillary.core.secret import Secret
from armillary.engine.results.hashing import hash_of

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
    source = "from armillary.engine.results.hashing import hash_of; print(hash_of({'b', 'a', 'c'}, 'it'))"
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


def test_shared_structure_is_hashed_once_per_object_and_a_cycle_is_named() -> None:
    shared: list[Any] = [1]
    for _ in range(150):
        shared = [shared, shared]
    assert hash_of(shared, "it") == hash_of(copy.deepcopy(shared), "it")
    cycle: list[Any] = []
    cycle.append({"up": cycle})
    with pytest.raises(NotSerializable, match="it contains itself"):
        hash_of(cycle, "it")


class Plain:
    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


class Slotted:
    __slots__ = ("a",)
    a: Any


def slotted(value: Any) -> Slotted:
    made = Slotted()
    made.a = value
    return made


@pytest.mark.parametrize(
    ("make", "other"),
    [
        (lambda: Plain(a={"x", "y"}, b={"k": {1, 2}}), lambda: Plain(a={"x", "z"}, b={"k": {1, 2}})),
        (lambda: slotted({"x", "y"}), lambda: slotted({"x"})),
        (lambda: [Plain(a=Plain(a=frozenset("abc")))], lambda: [Plain(a=Plain(a=frozenset("abd")))]),
        (lambda: functools.partial(int, base=2), lambda: functools.partial(int, base=3)),
        (lambda: re.compile("a+"), lambda: re.compile("a+", re.IGNORECASE)),
        (lambda: lambda x, *, key=1: x, lambda: lambda x, *, key=2: x),
        (lambda: functools.lru_cache(lambda: 1), lambda: functools.lru_cache(lambda: 2)),
        (lambda: collections.UserDict(a={1, 2}), lambda: collections.UserDict(a={1, 3})),
        (lambda: [1].count, lambda: [2].count),
    ],
)
def test_any_object_is_hashed_by_what_pickle_would_write_down(make: Any, other: Any) -> None:
    assert hash_of(make(), "it") == hash_of(make(), "it") != hash_of(other(), "it")


def test_objects_of_a_script_hash_alike_in_every_process_and_in_what_imports_it(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(
        "from armillary.engine.results.hashing import hash_of\n"
        "class Plain:\n"
        "    def __init__(self): self.a = {'x', 'y', 'z'}\n"
        "print(hash_of([Plain(), Plain], 'it'))\n"
    )
    said = {
        subprocess.run(
            [sys.executable, *how], env={"PYTHONHASHSEED": str(seed)}, cwd=tmp_path, capture_output=True, check=True
        ).stdout
        for how in (["script.py"], ["-c", "import script"], ["-m", "script"])
        for seed in (1, 2)
    }
    assert len(said) == 1


def test_times_in_zones_of_one_fixed_offset_hash_alike() -> None:
    moment = datetime.datetime(2024, 1, 31, tzinfo=datetime.UTC)
    assert hash_of(moment, "it") == hash_of(moment.replace(tzinfo=datetime.timezone(datetime.timedelta(0), "Z")), "it")
    assert hash_of(moment, "it") != hash_of(moment.replace(tzinfo=ZoneInfo("Europe/Berlin")), "it")
