"""Values of every kind, and how to tell whether two are the same."""

from __future__ import annotations

import datetime
import enum
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st


class Kind(enum.Enum):
    X = 1


class Text(str):
    pass


class Rows(list[Any]):
    pass


@dataclass
class Data:
    a: int


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary(max_size=4)
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(datetime.UTC))
    | st.decimals(allow_nan=False)
    | st.uuids()
    | st.timedeltas()
    | st.sampled_from([Kind.X, Path("x"), Text("a"), Rows([1]), Data(1), 2**80])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
        | st.frozensets(st.integers() | st.text(max_size=2), max_size=3)
    ),
    max_leaves=8,
)


def is_same(one: Any, other: Any) -> bool:
    """Equal, and of the same types at every depth; NaN is NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return (math.isnan(one) and math.isnan(other)) or (
            one == other and math.copysign(1, one) == math.copysign(1, other)
        )
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, dict):
        return is_same(list(one.items()), list(other.items()))
    return bool(one == other)


def twice(depth: int) -> Any:
    value: Any = [1]
    for _ in range(depth):
        value = [value, value]
    return value
