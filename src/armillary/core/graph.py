"""The graph of a run: which task run needs which, and how far from the beginning each stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

Edge = tuple[str, str]
"""(upstream, downstream)."""


class Ranks(NamedTuple):
    """``of`` gives each node the length of its longest way from a node without upstreams. ``cyclic`` are the nodes that lie on
    or behind a cycle, which only damaged data has: they are ranked as if the edges that close it were not there."""

    of: dict[str, int]
    cyclic: frozenset[str]


def longest_path_ranks(nodes: Iterable[str], edges: Iterable[Edge]) -> Ranks:
    """Ranks of all nodes in O(nodes + edges). Edges from or to nodes that are not there are left out; an edge said twice
    counts once.

    >>> longest_path_ranks("abc", [("a", "b"), ("b", "c"), ("a", "c")]).of
    {'a': 0, 'b': 1, 'c': 2}
    """
    ranks = dict.fromkeys(nodes, 0)
    downstreams: dict[str, list[str]] = {node: [] for node in ranks}
    waits_for = dict.fromkeys(ranks, 0)
    for upstream, downstream in dict.fromkeys(edges):
        if upstream in ranks and downstream in ranks:
            downstreams[upstream].append(downstream)
            waits_for[downstream] += 1
    ready = deque(node for node, many in waits_for.items() if not many)
    left = dict.fromkeys(node for node, many in waits_for.items() if many)
    cyclic = []
    while ready or left:
        if not ready:
            node = next(iter(left))
            cyclic.append(node)
            del left[node]
            waits_for[node] = 0
            ready.append(node)
        node = ready.popleft()
        for below in downstreams[node]:
            if not waits_for[below]:
                continue  # it closes a cycle
            ranks[below] = max(ranks[below], ranks[node] + 1)
            waits_for[below] -= 1
            if not waits_for[below]:
                del left[below]
                ready.append(below)
    return Ranks(ranks, frozenset(_behind(cyclic, downstreams)))


def _behind(starts: list[str], downstreams: dict[str, list[str]]) -> set[str]:
    found = set(starts)
    todo = list(starts)
    while todo:
        for below in downstreams[todo.pop()]:
            if below not in found:
                found.add(below)
                todo.append(below)
    return found
