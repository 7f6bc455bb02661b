"""Futures and states inside arguments: which runs they stand for, and their values in their place.

A call looks through its arguments once, at any depth of list, tuple, set, deque, dict, dataclass and pydantic model, for handles (futures and
states) and for plain values whose producer is known. When the run is about to start, the handles are replaced by values;
a container without handles stays the same object.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Generic, TypeVar

from armillary.core.states import COMPLETED, State
from armillary.engine.execution import Execution
from armillary.engine.future import Future, outcome_of
from armillary.engine.lineage import ATOMS, Lineage
from armillary.engine.open_states import final_state
from armillary.engine.unseen import see

T = TypeVar("T")

_CONTAINERS = (list, tuple, set, frozenset, deque)
_MAXIMUM_DEPTH = 100


class quote(Generic[T]):  # noqa: N801  reads as a function at the call
    """Pass a value as it is: nothing inside is looked at, waited for or replaced.

    ``process(quote(huge_list))`` saves the look through a large structure that holds no futures.
    """

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value


class allow_failure(Generic[T]):  # noqa: N801
    """Accept an upstream that did not complete: the parameter receives its exception instead of a value."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value


class unmapped(Generic[T]):  # noqa: N801
    """In ``task.map``: pass the same value to every call instead of iterating over it."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value


class Upstreams:
    """What one call depends on. ``required`` must complete; ``runs`` are all that must have ended; ``edges`` are run ids
    by parameter; ``has_handles`` says whether anything has to be replaced by its value."""

    __slots__ = ("_drawn", "_lineage", "edges", "has_handles", "required", "runs", "states")

    def __init__(self, lineage: Lineage) -> None:
        self._lineage = lineage
        self._drawn: set[tuple[str, str]] = set()
        self.edges: dict[str, list[str]] | None = None
        self.runs: list[Execution] = []
        self.required: list[Execution] = []
        self.states: list[State] = []
        self.has_handles = False

    def look(self, parameter: str, value: Any) -> None:
        """Look through one argument."""
        if type(value) not in ATOMS:
            self._look(parameter, value, True, 0)

    def _look(self, parameter: str, value: Any, required: bool, depth: int) -> None:
        kind = type(value)
        if kind in ATOMS:
            return
        if kind is Future:
            self._add_run(parameter, value._run, required)
            return
        if kind is quote:
            self.has_handles = True
            return
        if kind is allow_failure:
            self.has_handles = True
            self._look(parameter, value.value, False, depth + 1)
            return
        producer = self._lineage.producer(value)
        if producer is not None:
            self._add_edge(parameter, producer)
        if kind is State:
            self.has_handles = True
            if required:
                self.states.append(value)
        elif producer is not None or depth > _MAXIMUM_DEPTH:
            return  # a run's value holds no futures
        elif isinstance(value, _CONTAINERS):
            for element in value:
                if type(element) not in ATOMS:
                    self._look(parameter, element, required, depth + 1)
        elif isinstance(value, dict):
            for element in value.values():
                if type(element) not in ATOMS:
                    self._look(parameter, element, required, depth + 1)
        elif hasattr(kind, "__dataclass_fields__"):
            for name in kind.__dataclass_fields__:
                self._look(parameter, getattr(value, name, None), required, depth + 1)
        elif hasattr(kind, "__pydantic_validator__"):
            for element in vars(value).values():
                self._look(parameter, element, required, depth + 1)

    def _add_run(self, parameter: str, run: Execution, required: bool) -> None:
        self.has_handles = True
        self.runs.append(run)
        if not run.seen:
            see(run)
        if required:
            self.required.append(run)
        self._add_edge(parameter, run.node_id)

    def _add_edge(self, parameter: str, upstream: str) -> None:
        if (parameter, upstream) in self._drawn:
            return
        self._drawn.add((parameter, upstream))
        if self.edges is None:
            self.edges = {}
        self.edges.setdefault(parameter, []).append(upstream)


def resolved(value: Any, depth: int = 0) -> Any:
    """``value`` with every handle replaced by its value; the very same object where there was none."""
    kind = type(value)
    if kind in ATOMS or depth > _MAXIMUM_DEPTH:
        return value
    if kind is Future:
        return outcome_of(value._run, False)
    if kind is State:
        state = final_state(value)
        return value if state is None else state.result(raise_on_failure=False)
    if kind is quote:
        return value.value
    if kind is allow_failure:
        return resolved(value.value, depth + 1)
    if isinstance(value, _CONTAINERS):
        elements = [resolved(element, depth + 1) for element in value]
        if all(new is old for new, old in zip(elements, value, strict=True)):
            return value
        return _rebuilt(value, elements)
    if isinstance(value, dict):
        items = {key: resolved(element, depth + 1) for key, element in value.items()}
        if all(items[key] is element for key, element in value.items()):
            return value
        return items if kind is dict else _refilled(value, items)
    if hasattr(kind, "__dataclass_fields__"):
        from dataclasses import (
            fields,
            replace,
        )  # who passes one has loaded it; every start would pay for it

        changed = {
            each.name: new
            for each in fields(value)
            if each.init and (new := resolved(old := getattr(value, each.name, None), depth + 1)) is not old
        }
        return replace(value, **changed) if changed else value
    if hasattr(kind, "__pydantic_validator__"):
        changed = {name: new for name, old in vars(value).items() if (new := resolved(old, depth + 1)) is not old}
        return value.model_copy(update=changed) if changed else value
    return value


def _refilled(value: dict[Any, Any], items: dict[Any, Any]) -> dict[Any, Any]:
    """A dict of the same class, which may want other arguments than items, such as a defaultdict."""
    from copy import copy  # few pass one

    refilled = copy(value)
    for key, item in items.items():
        refilled[key] = item
    return refilled


def _rebuilt(value: Any, elements: list[Any]) -> Any:
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*elements)
    if isinstance(value, list):
        return elements
    if isinstance(value, deque):
        return deque(elements, value.maxlen)
    return type(value)(elements)


def failed_state(states: list[State]) -> State | None:
    """The first given state that is not COMPLETED."""
    return next((state for state in states if state.type is not COMPLETED), None)
