"""Futures and states inside arguments: which runs they refer to, and replacing them by their values.

A call searches its arguments once for handles (futures and states) and for plain values whose producer is known: in every kind of
container that :mod:`armillary.engine.handles.containers` knows, at any depth, every object once. When the run is about to start, the
handles are replaced by values; a container without handles stays the same object. The search can be interrupted like user code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from types import FunctionType, ModuleType
from typing import Any, Generic, TypeVar

from armillary.core.errors import FutureMisuse
from armillary.core.states import COMPLETED, State
from armillary.engine.handles.containers import PlainLists, Shape, place_of, shape_of
from armillary.engine.handles.future import Future, FutureList, outcome_of
from armillary.engine.handles.rebuilding import KEPT, POLL_EVERY, Rebuilding, nothing
from armillary.engine.handles.seeing import see
from armillary.engine.interrupts.guard import this_guard
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.lineage import ATOMS, Lineage
from armillary.engine.runs.open_states import final_state

T = TypeVar("T")

_LARGE = 100_000
"""Larger containers are searched in parts of this size."""


WAIT_FOR = "wait_for"


class quote(Generic[T]):  # noqa: N801  reads as a function at the call
    """Pass a value unchanged: nothing inside is searched, waited for or replaced.

    ``process(quote(huge_list))`` skips the search of a large structure without futures.
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
    by parameter; ``has_handles`` says whether anything has to be replaced by its value. ``caller`` is the calling run."""

    __slots__ = (
        "_caller",
        "_drawn",
        "_lineage",
        "_parameter",
        "_seen",
        "edges",
        "has_handles",
        "required",
        "runs",
        "states",
    )

    def __init__(self, lineage: Lineage, caller: Execution) -> None:
        self._lineage = lineage
        self._caller = caller
        self._drawn: set[tuple[str, str]] = set()
        self._parameter = ""
        self._seen: dict[int, tuple[Any, bool]] = {}
        self.edges: dict[str, list[str]] | None = None
        self.runs: list[Execution] = []
        self.required: list[Execution] = []
        self.states: list[State] = []
        self.has_handles = False

    def look(self, parameter: str, value: Any) -> None:
        """Search one argument. Raises :class:`FutureMisuse` for a future in an object that cannot be rebuilt around its value."""
        kind = type(value)
        if kind is Future:
            self._add_run(parameter, value._run, True)
        elif kind not in ATOMS:
            self._search(parameter, value)

    def _search(self, parameter: str, root: Any) -> None:
        """Depth first, in order. An object is visited once per parameter, or twice: below ``allow_failure``, and elsewhere."""
        if parameter != self._parameter:
            self._parameter, self._seen = parameter, {}
        seen = self._seen
        visited = 0
        open_ones: list[tuple[Iterator[Any], bool]] = [(iter((root,)), True)]
        while open_ones:
            elements, required = open_ones[-1]
            for value in elements:
                kind = type(value)
                if kind in ATOMS:
                    continue
                if kind is Future:
                    self._add_run(parameter, value._run, required)
                    continue
                known = seen.get(id(value))
                if known is not None and known[1] >= required:
                    continue
                seen[id(value)] = (value, required)
                visited += 1
                if visited % POLL_EVERY == 0:
                    this_guard().raise_waiting(self._caller)
                if kind is allow_failure:
                    self.has_handles = True
                    open_ones.append((iter((value.value,)), False))
                    break
                shape = self._shape(parameter, root, value, required)
                if shape is not None:
                    open_ones.append((_in_parts(shape.contents(value), value, self._caller), required))
                    break
            else:
                open_ones.pop()

    def _shape(self, parameter: str, root: Any, value: Any, required: bool) -> Shape | None:
        """Record what an object is itself; returns how to search it, if it may contain more."""
        kind = type(value)
        if kind is quote:
            self.has_handles = True
            return None
        producer = self._lineage.producer(value)
        if producer is not None:
            self._add_edge(parameter, producer)
        if kind is State:
            self.has_handles = True
            if required:
                self.states.append(value)
            return None
        if producer is not None:
            return None  # a run's value holds no futures
        shape = shape_of(kind)
        if shape is None and kind.__dictoffset__ and not isinstance(value, (type, FunctionType, ModuleType)):
            _refuse_hidden(parameter, root, value)
        return shape

    def look_at_awaited(self, wait_for: Iterable[Any]) -> None:
        """Search what a call waits for without using its value."""
        has_shape = shape_of(type(wait_for)) is not None and not isinstance(wait_for, Iterator)
        self.look(WAIT_FOR, wait_for if has_shape or type(wait_for) is Future else list(wait_for))

    def _add_run(self, parameter: str, run: Execution, required: bool) -> None:
        if parameter != WAIT_FOR:
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


def _in_parts(contents: Iterable[Any], value: Any, caller: Execution) -> Iterator[Any]:
    """The search of a large container can be interrupted too."""
    elements = iter(contents)
    if not hasattr(value, "__len__") or len(value) <= _LARGE:
        return elements

    def parts() -> Iterator[list[Any]]:
        while part := list(islice(elements, _LARGE)):
            this_guard().raise_waiting(caller)
            yield part

    return chain.from_iterable(parts())


def _refuse_hidden(parameter: str, root: Any, value: Any) -> None:
    """An object that is passed unchanged must not contain futures: its class would take them for values."""
    try:
        attributes = object.__getattribute__(value, "__dict__")
    except Exception:  # a proxy without a target
        return
    if type(attributes) is not dict:
        return
    for name, element in attributes.items():
        if type(element) is Future:
            place = f"{place_of(root, value, parameter) or parameter}.{name}"
            raise FutureMisuse(
                f"{place} is the future of {element.name!r}. It would not be resolved: a {type(value).__name__} is passed unchanged.",
                subject=place,
                advice="Pass the future as a separate argument, or wrap the object in quote() if the function expects futures in it.",
            )


class _Unwrapped(Shape):
    """``allow_failure(x)`` becomes ``x``."""

    has_shell = False

    def contents(self, value: Any) -> Iterable[Any]:
        return (value.value,)

    def rebuilt(self, value: Any, contents: list[Any]) -> Any:
        return contents[0]


_UNWRAPPED = _Unwrapped()
_PLAIN_LISTS = PlainLists()


def _opened(kind: type) -> Shape | None:
    if kind is allow_failure:
        return _UNWRAPPED
    return _PLAIN_LISTS if kind is FutureList else shape_of(kind)


def _value_of(handle: Any) -> Any:
    kind = type(handle)
    if kind is Future:
        run = handle._run
        if not run.settled:
            raise FutureMisuse(
                f"The future of {run.name!r} was added to an argument after the call, so the call does not wait for it.",
                subject=run.name,
                advice="Pass a complete list, or a copy of it.",
            )
        return outcome_of(run, False)
    if kind is State:
        state = final_state(handle)
        return KEPT if state is None else state.result(raise_on_failure=False)
    return handle.value if kind is quote else KEPT


def resolved(value: Any) -> Any:
    """``value`` with every handle replaced by its value; the same object if there is none."""
    return _rebuilding(nothing).of([value], ["The value"])[0]


def resolved_call(
    names: Sequence[str],
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    poll: Callable[[], object] = nothing,
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The same for all arguments of a call, the first of which have these names. ``poll`` may end it by raising."""
    given = [*arguments, *keywords.values()]
    values = []
    for value in given:
        kind = type(value)
        if kind is not Future and kind not in ATOMS:  # containers may share contents, so all are resolved together
            named = [names[at] if at < len(names) else f"argument {at + 1}" for at in range(len(arguments))]
            values = _rebuilding(poll).of(given, [*named, *keywords])
            break
        values.append(_value_of(value) if kind is Future else value)
    return tuple(values[: len(arguments)]), dict(zip(keywords, values[len(arguments) :], strict=True))


def _rebuilding(poll: Callable[[], object]) -> Rebuilding:
    return Rebuilding(_value_of, _opened, lambda shape: shape is _UNWRAPPED, poll)


def failed_state(states: list[State]) -> State | None:
    """The first given state that is not COMPLETED."""
    return next((state for state in states if state.type is not COMPLETED), None)
