"""Replacing some objects inside a structure of containers, which is rebuilt around them.

The structure is a graph: the same list may occur in many places, and a node may refer to its parent. Every object is visited once,
without recursion, and what was shared before is shared after. Only containers from which a replaced object can be reached are
rebuilt; every other one stays the same object.

They are rebuilt from the inside out, since a set or the constructor of a record needs complete contents. Where a cycle leads
back to a container that is not complete, that one is created as an empty shell and filled later. A tuple has
no shell: what contains an unfinished one is deferred until the rest is complete. A cycle of tuples alone cannot exist.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from armillary.core.errors import InvalidParameters
from armillary.engine.handles.containers import Shape, place_of, shape_of
from armillary.engine.runs.lineage import ATOMS

POLL_EVERY = 256
"""Objects visited between two checks for an interrupt."""

KEPT: Any = object()
"""Returned by a replacement to leave the object unchanged."""


def nothing() -> None:
    """For work that cannot be interrupted."""


class Rebuilding:
    """``replacement(value)`` is what replaces an object, or :data:`KEPT`. ``copies``: shapes whose containers are rebuilt in any
    case. ``poll`` is called repeatedly, and may raise. Serves one call of :meth:`of`."""

    def __init__(
        self,
        replacement: Callable[[Any], Any],
        opens: Callable[[type], Shape | None] = shape_of,
        copies: Callable[[Shape], bool] = lambda _shape: False,
        poll: Callable[[], object] = nothing,
    ) -> None:
        self._replacement = replacement
        self._opens = opens
        self._copies = copies
        self._poll = poll
        self._new: dict[int, Any] = {}
        self._nodes: dict[int, tuple[Any, Shape, list[Any]]] = {}
        self._holders: dict[int, list[int]] = {}
        self._changed: set[int] = set()
        self._shells: set[int] = set()

    def of(self, values: Sequence[Any], names: Sequence[str]) -> list[Any]:
        """The values with everything replaced; their names are for messages. Raises :class:`InvalidParameters` naming the place of
        a container that cannot be rebuilt, and what a class's own constructor raises."""
        root = list(values)
        changed = self._reaching(self._search(root))
        if not changed:
            return root
        self._changed = changed
        try:
            self._build(root)
        except _NotRebuilt as failed:
            place = _place_in(root, names, failed.value)
            if failed.shape.runs_user_code:
                failed.problem.add_note(f"Raised while {place} was rebuilt with the values of its futures.")
                raise failed.problem from None
            raise _refused(place, failed.value, failed.problem) from failed.problem
        return self._new[id(root)]  # type: ignore[no-any-return]

    def _search(self, root: list[Any]) -> list[int]:
        """Visit every object once; those that change by themselves."""
        changed = []
        open_ones = [root]
        visited = 0
        while open_ones:
            value = open_ones.pop()
            key = id(value)
            if key in self._nodes or key in self._new:
                continue
            visited += 1
            if visited % POLL_EVERY == 0:
                self._poll()
            new = self._replacement(value)
            shape = self._opens(type(value)) if new is KEPT else None
            if shape is None:
                if new is not KEPT:
                    self._nodes[key] = (value, Shape(), [])  # so that nothing else gets its address
                    self._new[key] = new
                    changed.append(key)
                continue
            contents = list(shape.contents(value))
            self._nodes[key] = (value, shape, contents)
            if self._copies(shape):
                changed.append(key)
            for element in contents:
                if type(element) not in ATOMS:
                    self._holders.setdefault(id(element), []).append(key)
                    open_ones.append(element)
        return changed

    def _reaching(self, changed: list[int]) -> set[int]:
        """The containers among the changed objects, and all from which a changed one can be reached."""
        reaching = set(changed)
        open_ones = list(changed)
        while open_ones:
            for holder in self._holders.get(open_ones.pop(), ()):
                if holder not in reaching:
                    reaching.add(holder)
                    open_ones.append(holder)
        return reaching

    def _build(self, root: list[Any]) -> None:
        """Depth first; every container is built after its contents."""
        entered: set[int] = set()
        left: set[int] = set()
        put_off: list[int] = []
        open_ones = [id(root)]
        while open_ones:
            key = open_ones[-1]
            if key in left:
                open_ones.pop()
            elif key not in entered:
                entered.add(key)
                below = [each for each in self._missing(key) if each not in entered]
                if below:
                    open_ones += below
                else:
                    left.add(open_ones.pop())
                    self._leave(key, put_off)
            else:
                left.add(open_ones.pop())
                self._leave(key, put_off)
        self._finish_put_off(put_off)

    def _leave(self, key: int, put_off: list[int]) -> None:
        """Build a container whose contents are built, except its ancestors, which get a shell."""
        missing = self._missing(key)
        for each in missing:
            self._make_shell(each)
        if missing and self._missing(key):
            self._make_shell(key)
            put_off.append(key)
        else:
            self._finish(key)

    def _finish_put_off(self, put_off: list[int]) -> None:
        unfinished = set(put_off)
        entered: set[int] = set()
        open_ones = put_off
        while open_ones:
            key = open_ones[-1]
            missing = self._missing(key) if key in unfinished else []
            if missing and key not in entered:
                entered.add(key)
                open_ones += missing
                continue
            open_ones.pop()
            if key in unfinished:
                unfinished.discard(key)
                self._finish(key)

    def _missing(self, key: int) -> list[int]:
        """The changed elements of a container that has no new object."""
        return [
            id(element)
            for element in self._nodes[key][2]
            if id(element) in self._changed and id(element) not in self._new
        ]

    def _make_shell(self, key: int) -> None:
        value, shape, _ = self._nodes[key]
        if shape.has_shell and key not in self._new:
            try:
                self._new[key] = shape.shell(value)
            except Exception as problem:
                raise _NotRebuilt(value, shape, problem) from problem
            self._shells.add(key)

    def _finish(self, key: int) -> None:
        value, shape, contents = self._nodes[key]
        try:
            new = [self._new[id(each)] if id(each) in self._changed else each for each in contents]
            if key in self._shells:
                shape.fill(self._new[key], value, new)
            else:
                self._new[key] = shape.rebuilt(value, new)
        except Exception as problem:
            raise _NotRebuilt(value, shape, problem) from problem


class _NotRebuilt(Exception):
    def __init__(self, value: Any, shape: Shape, problem: Exception) -> None:
        self.value = value
        self.shape = shape
        self.problem = problem


def _place_in(values: list[Any], names: Sequence[str], wanted: Any) -> str:
    for name, value in zip(names, values, strict=True):
        place = place_of(value, wanted, name)
        if place is not None:
            return place
    return "An argument"


def _refused(place: str, value: Any, problem: Exception) -> InvalidParameters:
    return InvalidParameters(
        f"{place} is a {type(value).__name__} that cannot be rebuilt around the values of futures: {problem}.",
        subject=place,
        advice="Pass those futures as separate arguments and build it in the function.",
    )
