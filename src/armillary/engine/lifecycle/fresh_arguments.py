"""Every try of a run gets the arguments of the first: a copy of their lists, dicts, sets and deques is saved before each try that
another may follow, since the body may change them. All other objects are the same in every try."""

from __future__ import annotations

from collections import deque
from typing import Any

from armillary.core.errors import InvalidParameters
from armillary.engine.handles.containers import Shape, shape_of
from armillary.engine.handles.rebuilding import KEPT, Rebuilding

_BUILT_IN = (list, tuple, dict, set, frozenset, deque)


def copied(values: list[Any]) -> list[Any]:
    """The values with copied containers, which preserve sharing. Containers of a class that cannot be copied are unchanged."""
    rebuilding = Rebuilding(lambda _value: KEPT, _opened, lambda shape: shape.is_plain)
    try:
        return rebuilding.of(values, ["An argument"] * len(values))
    except InvalidParameters:
        return values


def _opened(kind: type) -> Shape | None:
    return shape_of(kind) if issubclass(kind, _BUILT_IN) else None
