"""Ids and names."""

from __future__ import annotations

import uuid
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from armillary.core.ids import IdGenerator, flow_id
from armillary.core.text.names import run_name


@given(st.lists(st.integers(0, 2**48 - 2), min_size=1, max_size=50), st.randoms(use_true_random=False))
def test_ids_strictly_increase_whatever_the_clock_does(clock: list[int], random: object) -> None:
    times = iter(clock)
    make = IdGenerator(lambda: next(times), lambda bits: random.getrandbits(bits))  # type: ignore[attr-defined]
    ids = [make() for _ in clock]
    assert ids == sorted(set(ids))
    assert all(uuid.UUID(each).version == 7 and uuid.UUID(each).variant == uuid.RFC_4122 for each in ids)


@given(st.text(), st.text())
def test_a_flow_has_one_id_by_its_name(one: str, other: str) -> None:
    assert (flow_id(one) == flow_id(other)) == (one == other)
    assert uuid.UUID(flow_id(one)).version == 3


def test_ids_of_one_millisecond_with_no_luck_at_all_still_differ() -> None:
    make = IdGenerator(lambda: 5, lambda _bits: 0)
    assert len({make() for _ in range(100)}) == 100


@given(st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True))
def test_a_run_name_is_two_plain_words(first: float, second: float) -> None:
    draws = count()
    adjective, animal = run_name(lambda: (first, second)[next(draws) % 2]).split("-")
    assert adjective.isalpha() and adjective.islower()
    assert animal.isalpha() and animal.islower()
