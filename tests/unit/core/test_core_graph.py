"""The graph of a run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from armillary.core.graph import longest_path_ranks


@st.composite
def acyclic(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, str]]]:
    """Nodes in a topological order that their names do not give away, and edges along it."""
    nodes = draw(st.permutations([f"n{number}" for number in range(draw(st.integers(0, 12)))]))
    pairs = [(a, b) for at, a in enumerate(nodes) for b in nodes[at + 1 :]]
    return sorted(nodes), draw(st.lists(st.sampled_from(pairs), max_size=30)) if pairs else []


def longest_way_to(node: str, edges: list[tuple[str, str]]) -> int:
    return max((longest_way_to(above, edges) + 1 for above, below in edges if below == node), default=0)


@given(acyclic())
def test_a_rank_is_the_longest_way_from_the_beginning(graph: tuple[list[str], list[tuple[str, str]]]) -> None:
    nodes, edges = graph
    ranks = longest_path_ranks(nodes, edges)
    assert ranks.of == {node: longest_way_to(node, edges) for node in nodes}
    assert not ranks.cyclic


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdefg"))))
def test_damaged_data_is_ranked_too_and_what_lies_behind_a_cycle_is_told(edges: list[tuple[str, str]]) -> None:
    ranks = longest_path_ranks("abcdef", edges)
    assert set(ranks.of) == set("abcdef")
    assert all(0 <= rank < 6 for rank in ranks.of.values())
    sound = [(a, b) for a, b in edges if not {a, b} & (ranks.cyclic | {"g"})]
    assert all(ranks.of[a] < ranks.of[b] for a, b in sound)


def test_a_cycle_is_told_with_all_that_waits_for_it() -> None:
    ranks = longest_path_ranks("abcd", [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")])
    assert ranks.cyclic == {"b", "c", "d"}
    assert ranks.of == {"a": 0, "b": 1, "c": 2, "d": 3}


def test_a_long_chain_and_a_deep_ladder_of_diamonds_cost_what_their_edges_do() -> None:
    chain = [(str(n), str(n + 1)) for n in range(50_000)]
    assert longest_path_ranks(map(str, range(50_001)), chain).of["50000"] == 50_000
    ladder = [
        edge
        for level in range(60)
        for side in "lr"
        for edge in ((f"{level}", f"{level}{side}"), (f"{level}{side}", f"{level + 1}"))
    ]
    nodes = dict.fromkeys(node for edge in ladder for node in edge)
    assert longest_path_ranks(nodes, ladder).of["60"] == 120
