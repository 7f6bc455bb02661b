"""A graph that grows is grouped as if it had been there whole, and mostly without being grouped anew."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from armillary.core.graph.grouping import AT_LEAST, grouped
from armillary.core.graph.growing_groups import GrowingGroups


@st.composite
def grown(draw: st.DrawFn) -> tuple[list[int], list[list[int]], int]:
    """A graph, mostly of maps over few upstreams, and how much of it is there at first."""
    size = draw(st.integers(1, 60))
    labels = draw(st.lists(st.integers(0, 1), min_size=size, max_size=size))
    upstreams = [
        draw(st.lists(st.integers(0, min(place - 1, draw(st.sampled_from([1, 60])))), max_size=2, unique=True))
        if place
        else []
        for place in range(size)
    ]
    return labels, upstreams, draw(st.integers(0, size))


@given(grown())
def test_what_joins_is_where_grouping_it_all_would_put_it(graph: tuple[list[int], list[list[int]], int]) -> None:
    labels, upstreams, first = graph
    growing = GrowingGroups(labels[:first], upstreams[:first])
    for place in range(first, len(labels)):
        growing.extend(labels[place : place + 1], upstreams[place : place + 1])
        assert growing.grouping == grouped(labels[: place + 1], upstreams[: place + 1])


def test_a_map_that_goes_on_joins_its_node() -> None:
    labels: list[int] = [0] + [1] * AT_LEAST
    upstreams: list[list[int]] = [[], *[[0]] * AT_LEAST]
    growing = GrowingGroups(labels, upstreams)
    assert growing.extend([1, 1], [[0], [0]])
    assert growing.grouping.groups == [[0], list(range(1, AT_LEAST + 3))]


def test_what_depends_on_a_member_takes_it_out_of_the_node() -> None:
    growing = GrowingGroups([0] * (AT_LEAST + 1), [[]] * (AT_LEAST + 1))
    assert not growing.extend([1], [[3]])
    assert [3] in growing.grouping.groups


def test_one_on_which_nothing_depends_is_not_with_those_that_were_gathered() -> None:
    growing = GrowingGroups([0] * AT_LEAST + [1], [[]] * AT_LEAST + [list(range(AT_LEAST))])
    assert not growing.extend([0], [[]])
    assert growing.grouping.groups == [list(range(AT_LEAST)), [AT_LEAST], [AT_LEAST + 1]]


def test_upstreams_that_become_known_group_everything_anew() -> None:
    growing = GrowingGroups([0] * (AT_LEAST + 1), [[]] * (AT_LEAST + 1))
    assert not growing.extend([], [], {AT_LEAST: [0]})
    assert growing.grouping.edges == [(0, AT_LEAST)]


def test_a_long_chain_goes_on_in_its_last_stretch_until_it_has_grown_much() -> None:
    size = 20_000
    growing = GrowingGroups([0] * size, [[place - 1] if place else [] for place in range(size)])
    assert not growing.grouping.alike
    anew = 0
    for place in range(size, size + size // 10):
        anew += not growing.extend([0], [[place - 1]])
    assert anew == 1
    groups = growing.grouping.groups
    assert sorted(place for group in groups for place in group) == list(range(size + size // 10))


def test_what_would_lead_back_between_stretches_groups_everything_anew() -> None:
    size = 20_000
    growing = GrowingGroups([0] * size, [[place - 1] if place else [] for place in range(size)])
    assert not growing.extend([0], [[0, size - 1]])
    assert all(above < below for above, below in growing.grouping.edges)
