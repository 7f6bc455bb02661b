"""Which task runs of a graph are alike enough to be drawn as one node.

Siblings of one task with the same upstreams and the same downstreams are alike. So are, one level on, those whose
upstreams and downstreams are alike: of ``b = B.map(A.map(rows))`` no two task runs share an upstream, and yet it is two
nodes. That is a bisimulation, which on a graph without cycles two passes find in linear time: forwards, a task run's
*ancestry* is its task and the set of its upstreams' ancestries; backwards, its *legacy* likewise. Equal in both: one class.

A class of fewer than ``AT_LEAST`` stays as it is, every member a node. Its members are then no longer alike for their
neighbours, since the picture tells them apart; so the passes are repeated with such members as themselves until no class
breaks any more, or, what such nesting does not reach in practice, ``_ROUNDS`` are over. All members of a class have the same
longest upstream path, so edges between classes lead forwards only and form no cycle.

A graph that still has too many nodes or edges is drawn coarser: first without that second look, then one node for each task
and depth, then one for each stretch of depths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

AT_LEAST = 8
MOST_NODES = 1_500
MOST_EDGES = 6_000
_ROUNDS = 6
_STRETCHES = 500
_FEWER_STRETCHES = 100

Neighbours = Sequence[Sequence[int]]


@dataclass(slots=True)
class Grouping:
    """``groups`` has the members of every node, in order; ``group_of`` the node of every member; ``edges`` are between
    nodes. ``alike``: nodes of several members are task runs of one task."""

    groups: list[list[int]]
    group_of: list[int]
    edges: list[tuple[int, int]]
    alike: bool = True


def grouped(labels: Sequence[int], upstreams: Neighbours) -> Grouping:
    """Nodes for the task runs ``0, 1, …`` whose tasks are ``labels``. Edges that close a cycle, which only damaged data has, are
    retained, but ignored when comparing.

    >>> grouped([0] * 9 + [1], [()] * 9 + [range(9)]).groups
    [[0, 1, 2, 3, 4, 5, 6, 7, 8], [9]]
    """
    order, ups = _in_order(upstreams)
    downs: list[list[int]] = [[] for _ in ups]
    for place, above in enumerate(ups):
        for upstream in above:
            downs[upstream].append(place)
    coarse = _classes(labels, order, ups, downs)
    looks: list[Callable[[], Grouping]] = [
        lambda: _made(_split_small(_refined(coarse, order, ups, downs)), upstreams),
        lambda: _made(_split_small(coarse), upstreams),
        lambda: _made(_numbered(zip(labels, _depths(order, ups), strict=True)), upstreams),
    ]
    for look in looks:
        found = look()
        if len(found.groups) <= MOST_NODES and len(found.edges) <= MOST_EDGES:
            return found
    depths = _depths(order, ups)
    found = _made(_stretches(depths, _STRETCHES), upstreams, alike=False)
    if len(found.edges) <= MOST_EDGES:
        return found
    return _made(_stretches(depths, _FEWER_STRETCHES), upstreams, alike=False)


def _in_order(upstreams: Neighbours) -> tuple[Sequence[int], Neighbours]:
    """An order in which upstreams come first. Mostly that is the order of creation."""
    if all(upstream < place for place, above in enumerate(upstreams) for upstream in above):
        return range(len(upstreams)), upstreams
    waiting = [len(set(above)) for above in upstreams]
    downs: list[list[int]] = [[] for _ in upstreams]
    for place, above in enumerate(upstreams):
        for upstream in set(above):
            downs[upstream].append(place)
    order = [place for place, left in enumerate(waiting) if not left]
    for place in order:
        for downstream in downs[place]:
            waiting[downstream] -= 1
            if not waiting[downstream]:
                order.append(downstream)
    order.extend(place for place, left in enumerate(waiting) if left)
    position = [0] * len(order)
    for index, place in enumerate(order):
        position[place] = index
    forwards = [
        [upstream for upstream in above if position[upstream] < position[place]]
        for place, above in enumerate(upstreams)
    ]
    return order, forwards


def _classes(labels: Sequence[int], order: Sequence[int], ups: Neighbours, downs: Neighbours) -> list[int]:
    ancestry = _pass(labels, order, ups, None)
    legacy = _pass(labels, reversed(order), downs, None)
    return _numbered(zip(ancestry, legacy, strict=True))


def _refined(classes: list[int], order: Sequence[int], ups: Neighbours, downs: Neighbours) -> list[int]:
    small = _small(classes)
    for _ in range(_ROUNDS):
        ancestry = _pass(classes, order, ups, small)
        legacy = _pass(classes, reversed(order), downs, small)
        classes = _numbered(zip(ancestry, legacy, strict=True))
        smaller = _small(classes)
        if smaller == small:
            break
        small = smaller
    return classes


def _pass(
    labels: Sequence[int], order: Iterable[int], beside: Neighbours, themselves: Sequence[bool] | None
) -> list[int]:
    """Numbers that are equal where the labels and the sets of the neighbours' numbers are. ``themselves`` tells whose
    neighbours see them as nobody else: as the negative of their place."""
    numbers: dict[tuple[int, object], int] = {}
    found = [0] * len(labels)
    seen = found if themselves is None else [0] * len(labels)
    for place in order:
        neighbours = beside[place]
        if not neighbours:
            signature: object = None
        elif len(neighbours) == 1:
            signature = seen[neighbours[0]]
        else:
            signature = frozenset([seen[each] for each in neighbours])
            if len(signature) == 1:
                (signature,) = signature
        number = numbers.setdefault((labels[place], signature), len(numbers) + 1)
        found[place] = number
        if themselves is not None:
            seen[place] = -1 - place if themselves[place] else number
    return found


def _numbered(keys: Iterable[object]) -> list[int]:
    numbers: dict[object, int] = {}
    return [numbers.setdefault(key, len(numbers)) for key in keys]


def _small(classes: list[int]) -> list[bool]:
    sizes = [0] * (max(classes, default=0) + 1)
    for each in classes:
        sizes[each] += 1
    return [sizes[each] < AT_LEAST for each in classes]


def _split_small(classes: list[int]) -> list[int]:
    return [-1 - place if alone else classes[place] for place, alone in enumerate(_small(classes))]


def _depths(order: Sequence[int], ups: Neighbours) -> list[int]:
    """The length of each one's longest upstream path."""
    depths = [0] * len(ups)
    for place in order:
        above = ups[place]
        if above:
            depths[place] = 1 + max([depths[each] for each in above])
    return depths


def _stretches(depths: list[int], wanted: int) -> list[int]:
    """Neighbouring depths together where there are many; where there are few, parts of each."""
    deepest = max(depths) + 1
    parts = wanted // deepest
    if parts <= 1:
        return _numbered(depth * wanted // deepest if deepest > wanted else depth for depth in depths)
    sizes = [0] * deepest
    places = []
    for depth in depths:
        places.append(sizes[depth])
        sizes[depth] += 1
    return _numbered((depth, place * parts // sizes[depth]) for depth, place in zip(depths, places, strict=True))


def _made(classes: list[int], upstreams: Neighbours, *, alike: bool = True) -> Grouping:
    group_of = _numbered(classes)
    groups: list[list[int]] = [[] for _ in range(max(group_of, default=-1) + 1)]
    for place, group in enumerate(group_of):
        groups[group].append(place)
    edges = set(
        chain.from_iterable(
            [(group_of[upstream], group_of[place]) for upstream in above]
            for place, above in enumerate(upstreams)
            if above
        )
    )
    return Grouping(groups, group_of, sorted(edge for edge in edges if edge[0] != edge[1]), alike)
