"""What is drawn as one node, whatever the graph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armillary.core.graph.grouping import AT_LEAST, MOST_EDGES, MOST_NODES, Grouping, grouped


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[int], list[list[int]]]:
    size = draw(st.integers(0, 60))
    labels = draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
    upstreams = [draw(st.lists(st.integers(0, place - 1), max_size=3)) if place else [] for place in range(size)]
    return labels, upstreams


def assert_sound(found: Grouping, upstreams: list[list[int]]) -> None:
    assert sorted(place for group in found.groups for place in group) == list(range(len(upstreams)))
    assert all(found.group_of[place] == index for index, group in enumerate(found.groups) for place in group)
    between = {(found.group_of[up], found.group_of[place]) for place, above in enumerate(upstreams) for up in above}
    assert set(found.edges) == {edge for edge in between if edge[0] != edge[1]}


def has_cycle(found: Grouping) -> bool:
    waiting = [0] * len(found.groups)
    for _, below in found.edges:
        waiting[below] += 1
    ready = [node for node, left in enumerate(waiting) if not left]
    for node in ready:
        for above, below in found.edges:
            if above == node:
                waiting[below] -= 1
                if not waiting[below]:
                    ready.append(below)
    return len(ready) < len(waiting)


@given(graphs())
def test_groups_are_of_one_task_and_large_enough_and_their_edges_form_no_cycle(
    graph: tuple[list[int], list[list[int]]],
) -> None:
    labels, upstreams = graph
    found = grouped(labels, upstreams)
    assert_sound(found, upstreams)
    assert not has_cycle(found)
    for group in found.groups:
        assert len(group) == 1 or len(group) >= AT_LEAST
        assert len({labels[place] for place in group}) == 1
        kinds = {frozenset(found.group_of[up] for up in upstreams[place]) for place in group}
        assert len(kinds) == 1


@given(st.lists(st.lists(st.integers(0, 19), max_size=3), min_size=20, max_size=20))
def test_damaged_data_with_cycles_is_grouped_too_and_keeps_its_edges(upstreams: list[list[int]]) -> None:
    assert_sound(grouped([0] * 20, upstreams), upstreams)


def test_siblings_with_the_same_upstreams_and_downstreams_are_one_from_eight_on() -> None:
    def siblings(many: int) -> int:
        upstreams = [[], *([[0]] * many), list(range(1, many + 1))]
        return len(grouped([0, *([1] * many), 2], upstreams).groups)

    assert siblings(7) == 9
    assert siblings(8) == 3


@pytest.mark.parametrize(
    ("labels", "upstreams"),
    [
        ([0] * 5_000, [[place - 1] if place else [] for place in range(5_000)]),
        (list(range(5_000)), [[] for _ in range(5_000)]),
        ([0] * 4_000, [list(range(place - 3, place)) if place > 2 else [] for place in range(4_000)]),
        (list(range(400)), [list(range(place)) for place in range(400)]),
    ],
    ids=["a chain", "all different", "a braid", "everything on everything"],
)
def test_no_graph_has_more_nodes_or_edges_than_can_be_drawn(labels: list[int], upstreams: list[list[int]]) -> None:
    found = grouped(labels, upstreams)
    assert len(found.groups) <= MOST_NODES
    assert len(found.edges) <= MOST_EDGES
    assert not has_cycle(found)
