"""The groups of a graph that grows: new task runs are added if nothing else changes, else everything is regrouped.

Grouping 100,000 task runs takes a third of a second. While a map is running, each new task run is a *twin* of an existing one: of
the same task, with the same upstreams, and nothing depends on either. A twin is in the same class, and changes no other: the
sets that classes are made of have it already. In a graph so large that its nodes are stretches, a new task run goes to the
stretch of an upstream, until enough have been added to recompute the stretches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from armillary.core.graph.grouping import Grouping, grouped

_STRETCHED = 20
"""The fraction of task runs (one in so many) added to stretches before they are recomputed."""
_MOST_UPSTREAMS = 16

_Kind = tuple[int, tuple[int, ...]]


class GrowingGroups:
    """``labels`` and ``upstreams`` of the task runs ``0, 1, …`` as for :func:`armillary.core.graph.grouping.grouped`, and the
    ``grouping`` of them.

    >>> groups = GrowingGroups([0] * 8, [()] * 8)
    >>> groups.extend([0], [()]), groups.grouping.groups
    (True, [[0, 1, 2, 3, 4, 5, 6, 7, 8]])
    """

    __slots__ = ("_edges", "_room", "_twins", "grouping", "labels", "upstreams")

    grouping: Grouping
    _twins: dict[_Kind, int]
    _edges: set[tuple[int, int]]
    _room: int

    def __init__(self, labels: Sequence[int], upstreams: Sequence[Sequence[int]]) -> None:
        self.labels = list(labels)
        self.upstreams = list(upstreams)
        self._group()

    def extend(
        self,
        labels: Sequence[int],
        upstreams: Sequence[Sequence[int]],
        corrected: Mapping[int, Sequence[int]] | None = None,
    ) -> bool:
        """Add task runs, upstreams of them first; ``corrected`` are newly known upstreams of existing ones. True: groups
        have only gained members. False: the groups have changed."""
        self.labels += labels
        self.upstreams += upstreams
        for place, above in (corrected or {}).items():
            self.upstreams[place] = above
        if corrected or not self._joined(labels, upstreams):
            self._group()
            return False
        return True

    def _joined(self, labels: Sequence[int], upstreams: Sequence[Sequence[int]]) -> bool:
        groups, group_of = self.grouping.groups, self.grouping.group_of
        for label, above in zip(labels, upstreams, strict=True):
            group = self._group_for(label, above)
            if group is None:
                return False
            groups[group].append(len(group_of))
            group_of.append(group)
        return True

    def _group(self) -> None:
        self.grouping = grouped(self.labels, self.upstreams)
        self._twins = {}
        self._edges = set()
        self._room = 0
        if not self.grouping.alike:
            self._edges.update(self.grouping.edges)
            self._room = len(self.labels) // _STRETCHED
            return
        has_downstreams = bytearray(len(self.labels))
        for above in self.upstreams:
            for upstream in above:
                has_downstreams[upstream] = 1
        for group, members in enumerate(self.grouping.groups):
            last = members[-1]
            if len(members) > 1 and not has_downstreams[last]:
                self._twins[self.labels[last], _in_order(self.upstreams[last])] = group

    def _group_for(self, label: int, above: Sequence[int]) -> int | None:
        if self.grouping.alike:
            return self._twins.get((label, _in_order(above)))
        if not above or len(above) > _MOST_UPSTREAMS or not self._room:
            return None
        groups = {self.grouping.group_of[upstream] for upstream in above}
        for group in groups:
            if all(other == group or (other, group) in self._edges for other in groups):
                self._room -= 1
                return group
        return None


def _in_order(above: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(above))
