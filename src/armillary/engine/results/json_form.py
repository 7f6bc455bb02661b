"""Whether a value survives a JSON round trip, and how large its text would be.

JSON has neither sharing nor cycles: a list that occurs in many places is written as often. Both questions are answered with one
visit to each distinct container, so that neither a cycle nor shared structure can make the answer, or the text, endless.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from math import inf
from typing import Any, NamedTuple

from armillary.engine.handles.containers import shape_of
from armillary.engine.runs.lineage import ATOMS

DEEPEST = 200
_AS_IT_IS: frozenset[type] = frozenset({type(None), bool, int})


class Odd(NamedTuple):
    """The first place in a value that does not survive a JSON round trip, and why."""

    place: str
    reason: str


def first_odd(root: Any, name: str) -> Odd | None:
    """None when the value, called ``name``, comes back from JSON equal and of the same types. Cycles are not noticed.

    >>> first_odd({"rows": [1, (2, 3)]}, "report")
    Odd(place="report['rows'][1]", reason='a tuple, which JSON would turn into a list')
    """
    reason = _reason(root)
    if reason is not None:
        return Odd(name, reason)
    if type(root) not in (list, dict):
        return None
    seen = {id(root)}
    open_ones: list[tuple[Any, Any, Iterator[tuple[Any, Any]]]] = [(None, root, _elements(root))]
    while open_ones:
        _, container, elements = open_ones[-1]
        for key, element in elements:
            reason = _key_reason(key) if type(container) is dict else None
            reason = reason or _reason(element)
            if reason is None and len(open_ones) >= DEEPEST and type(element) in (list, dict):
                reason = f"nested more than {DEEPEST} levels deep"
            if reason is not None:
                keys = [each for each, _, _ in open_ones[1:]]
                return Odd(name + "".join(f"[{each!r}]" for each in (*keys, key)), reason)
            if type(element) in (list, dict) and id(element) not in seen:
                seen.add(id(element))
                open_ones.append((key, element, _elements(element)))
                break
        else:
            open_ones.pop()
    return None


def _elements(container: Any) -> Iterator[tuple[Any, Any]]:
    return iter(container.items()) if type(container) is dict else enumerate(container)


def _reason(value: Any) -> str | None:
    kind = type(value)
    if kind in _AS_IT_IS or kind is list or kind is dict:
        return None
    if kind is float:
        return None if value - value == 0 else f"{value}, which JSON does not have"
    if kind is str:
        return None if value.isascii() or _is_encodable(value) else "text with an unpaired surrogate"
    return f"a {kind.__name__}, which JSON {_FATES.get(kind, 'does not have')}"


_FATES: dict[type, str] = {
    tuple: "would turn into a list",
    set: "would turn into a list",
    frozenset: "would turn into a list",
}


def _key_reason(key: Any) -> str | None:
    kind = type(key)
    return _reason(key) if kind is str else f"under a key of type {kind.__name__}, which JSON would turn into text"


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def expanded_size(root: Any) -> float:
    """The approximate number of elements and characters of a value with every shared part written out; infinite with a cycle."""
    if type(root) in ATOMS:
        return _own_size(root)
    sizes: dict[int, tuple[Any, float]] = {}
    open_ones = [_Sum(root)]
    entered = {id(root)}
    while True:
        last = open_ones[-1]
        for element in last.elements:
            if type(element) in ATOMS:
                last.size += _own_size(element)
            elif id(element) in sizes:
                last.size += sizes[id(element)][1]
            elif id(element) in entered:
                return inf
            else:
                entered.add(id(element))
                open_ones.append(_Sum(element))
                break
        else:
            open_ones.pop()
            sizes[id(last.value)] = (last.value, last.size)
            if not open_ones:
                return last.size
            open_ones[-1].size += last.size


def _own_size(atom: Any) -> int:
    return len(atom) if isinstance(atom, (str, bytes, bytearray)) else 1


class _Sum:
    """A container, those of its elements that have not been counted yet, and the size of the others."""

    __slots__ = ("elements", "size", "value")

    def __init__(self, value: Any) -> None:
        shape = shape_of(type(value))
        self.value = value
        self.elements: Iterator[Any] = chain(() if shape is None else shape.contents(value))
        self.size: float = 1
