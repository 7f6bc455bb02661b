"""The contents of containers, and how to rebuild a container around other contents.

Every kind of value that the engine searches has a :class:`Shape` here: the built-in containers and their subclasses, dict
views, read-only mappings, iterators over containers, partials, and records (dataclasses, attrs classes, structs, pydantic models,
namespaces, Python classes that implement a collection). Every other object is opaque: it may hold locks or connections, so
it is neither searched nor copied.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Collection, ItemsView, Iterable, KeysView, ValuesView
from functools import lru_cache, partial
from itertools import chain
from types import MappingProxyType, SimpleNamespace
from typing import Any


class Shape:
    """Contents come as one flat sequence. A container that is part of a cycle is created as a shell and filled later; immutable
    ones (``has_shell`` false) are always built whole."""

    has_shell = True
    is_plain = False
    """A built-in mutable container or a subclass of one, which a body may modify."""
    runs_user_code = False
    """Whether creating one calls a constructor that may validate its arguments."""

    def contents(self, value: Any) -> Iterable[Any]:
        raise NotImplementedError

    def place(self, value: Any, position: int) -> str:
        """How source code would reach that element, for messages."""
        return f"[{position}]"

    def rebuilt(self, value: Any, contents: list[Any]) -> Any:
        """A container of the same class around other contents."""
        shell = self.shell(value)
        self.fill(shell, value, contents)
        return shell

    def shell(self, value: Any) -> Any:
        from copy import copy  # few calls need to rebuild anything

        return copy(value)

    def fill(self, shell: Any, value: Any, contents: list[Any]) -> None:
        raise NotImplementedError


class _Lists(Shape):
    is_plain = True

    def contents(self, value: Any) -> Iterable[Any]:
        return list.__iter__(value)

    def shell(self, value: Any) -> Any:
        return [] if type(value) is list else super().shell(value)

    def fill(self, shell: Any, value: Any, contents: list[Any]) -> None:
        list.__setitem__(shell, slice(None), contents)


class PlainLists(_Lists):
    """Lists of a class that is only a convenience: rebuilt as ``list``."""

    def shell(self, value: Any) -> Any:
        return []


class _Tuples(Shape):
    has_shell = False

    def contents(self, value: Any) -> Iterable[Any]:
        return tuple.__iter__(value)

    def rebuilt(self, value: Any, contents: list[Any]) -> Any:
        made = tuple.__new__(type(value), contents)
        if type(value).__dictoffset__:
            made.__dict__.update(value.__dict__)
        return made


class _Sets(Shape):
    is_plain = True

    def contents(self, value: Any) -> Iterable[Any]:
        return set.__iter__(value)

    def place(self, value: Any, position: int) -> str:
        return "{…}"

    def fill(self, shell: Any, value: Any, contents: list[Any]) -> None:
        set.clear(shell)
        set.update(shell, contents)


class _FrozenSets(_Sets):
    has_shell = False
    is_plain = False

    def contents(self, value: Any) -> Iterable[Any]:
        return frozenset.__iter__(value)

    def rebuilt(self, value: Any, contents: list[Any]) -> Any:
        made = frozenset.__new__(type(value), contents)
        if type(value).__dictoffset__:
            made.__dict__.update(value.__dict__)
        return made


class _Deques(Shape):
    is_plain = True

    def contents(self, value: Any) -> Iterable[Any]:
        return deque.__iter__(value)

    def fill(self, shell: Any, value: Any, contents: list[Any]) -> None:
        deque.clear(shell)
        deque.extend(shell, contents)


class _Dicts(Shape):
    """The keys, then the values."""

    is_plain = True

    def contents(self, value: Any) -> Iterable[Any]:
        return chain(dict.keys(value), dict.values(value))

    def place(self, value: Any, position: int) -> str:
        return _place_in_mapping(list(dict.keys(value)), position)

    def shell(self, value: Any) -> Any:
        return {} if type(value) is dict else super().shell(value)

    def fill(self, shell: Any, value: Any, contents: list[Any]) -> None:
        pairs = _paired(contents)
        if type(shell) is not dict and shell.keys() != pairs.keys():
            shell.clear()
        for key, element in pairs.items():
            shell[key] = element


class _Proxies(Shape):
    """Read-only views of a mapping."""

    has_shell = False

    def contents(self, value: Any) -> Iterable[Any]:
        return chain[Any](value.keys(), value.values())

    def place(self, value: Any, position: int) -> str:
        return _place_in_mapping(list(value.keys()), position)

    def rebuilt(self, value: Any, contents: list[Any]) -> Any:
        return MappingProxyType(_paired(contents))


class _Views(Shape):
    """What ``keys()`` and ``values()`` of a dict return."""

    has_shell = False

    def contents(self, value: Any) -> Iterable[Any]:
        return list(value)

    def rebuilt(self, value: Any, contents: list[Any]) -> Any:
        if isinstance(value, KeysView):
            return self.mapping(value)(_paired([*contents, *contents])).keys()
        return self.mapping(value)(enumerate(contents)).values()

    def mapping(self, value: Any) -> type[dict[Any, Any]]:
        return OrderedDict if type(value) in _ORDERED_VIEWS else dict


class _ItemViews(_Views):
    """What ``items()`` of a dict returns: the keys, then the values."""

    def contents(self, value: Any) -> Iterable[Any]:
        return chain((key for key, _ in value), (element for _, element in value))

    def place(self, value: Any, position: int) -> str:
        return _place_in_mapping([key for key, _ in value], position)

    def rebuilt(self, value: Any, contents: list[Any]) -> Any:
        return self.mapping(value)(_paired(contents)).items()


class _Iterators(Shape):
    """Iterators of built-in kinds: they are recreated from their source, without advancing them."""

    has_shell = False

    def contents(self, value: Any) -> Iterable[Any]:
        return tuple(value.__reduce__()[1])

    def place(self, value: Any, position: int) -> str:
        return ""

    def rebuilt(self, value: Any, contents: list[Any]) -> Any:
        make, _, *state = value.__reduce__()
        made = make(*contents)
        if state and state[0] is not None:
            made.__setstate__(state[0])
        return made


class _Partials(Shape):
    has_shell = False

    def contents(self, value: Any) -> Iterable[Any]:
        return chain((value.func,), value.args, value.keywords.values())

    def place(self, value: Any, position: int) -> str:
        named = position - 1 - len(value.args)
        return f".keywords[{list(value.keywords)[named]!r}]" if named >= 0 else f".args[{position - 1}]"

    def rebuilt(self, value: Any, contents: list[Any]) -> Any:
        function, *rest = contents
        count = len(value.args)
        return type(value)(function, *rest[:count], **dict(zip(value.keywords, rest[count:], strict=True)))


class _Records(Shape):
    """Objects defined by the values of their attributes."""

    def names(self, value: Any) -> list[str]:
        return list(getattr(value, "__dict__", ()))

    def contents(self, value: Any) -> Iterable[Any]:
        return (getattr(value, name) for name in self.names(value))

    def place(self, value: Any, position: int) -> str:
        return f".{self.names(value)[position]}"

    def fill(self, shell: Any, value: Any, contents: list[Any]) -> None:
        for name, element in self.changed(value, contents).items():
            self.put(shell, name, element)

    def changed(self, value: Any, contents: list[Any]) -> dict[str, Any]:
        pairs = zip(self.names(value), contents, strict=True)
        return {name: element for name, element in pairs if getattr(value, name) is not element}

    def put(self, shell: Any, name: str, element: Any) -> None:
        object.__setattr__(shell, name, element)


class _Slotted(_Records):
    """Python classes that implement a collection: what they hold is in their attributes."""

    def names(self, value: Any) -> list[str]:
        slots: list[str] = []
        for each in type(value).__mro__:
            given = each.__dict__.get("__slots__", ())
            slots += [given] if isinstance(given, str) else given
        return [*super().names(value), *(name for name in slots if name[:2] != "__" and hasattr(value, name))]


class _Dataclasses(_Slotted):
    """Through the class's own constructor, which may validate the values, where possible."""

    runs_user_code = True

    def rebuilt(self, value: Any, contents: list[Any]) -> Any:
        from dataclasses import fields, replace  # already loaded by the caller

        changed = self.changed(value, contents)
        by_init = {each.name for each in fields(value) if each.init}
        needs_more = any(each._field_type.name == "_FIELD_INITVAR" for each in value.__dataclass_fields__.values())
        if not needs_more and changed.keys() <= by_init:
            return replace(value, **changed)
        return super().rebuilt(value, contents)

    def names(self, value: Any) -> list[str]:
        fields = [
            name
            for name, each in type(value).__dataclass_fields__.items()
            if each._field_type.name == "_FIELD" and hasattr(value, name)
        ]
        return list(dict.fromkeys([*fields, *super().names(value)]))


class _Structs(_Records):
    def names(self, value: Any) -> list[str]:
        return [name for name in type(value).__struct_fields__ if hasattr(value, name)]

    def put(self, shell: Any, name: str, element: Any) -> None:
        from msgspec.structs import force_setattr  # already loaded by the caller

        force_setattr(shell, name, element)


class _Models(_Records):
    """pydantic models: fields, extra values and private attributes are in separate dicts."""

    def _dicts(self, value: Any) -> list[dict[str, Any]]:
        places = (value.__dict__, value.__pydantic_extra__, value.__pydantic_private__)
        return [each for each in places if each]

    def contents(self, value: Any) -> Iterable[Any]:
        return chain.from_iterable(each.values() for each in self._dicts(value))

    def names(self, value: Any) -> list[str]:
        return list(chain.from_iterable(self._dicts(value)))

    def fill(self, shell: Any, value: Any, contents: list[Any]) -> None:
        elements = iter(contents)
        for old, new in zip(self._dicts(value), self._dicts(shell), strict=True):
            for name in old:
                new[name] = next(elements)


def _paired(contents: list[Any]) -> dict[Any, Any]:
    """A dict of keys and values that come one after the other. Two keys that became equal would lose a value."""
    half = len(contents) // 2
    pairs = dict(zip(contents[:half], contents[half:], strict=True))
    if len(pairs) < half:
        raise ValueError("two of its keys have the same value")
    return pairs


def _place_in_mapping(keys: list[Any], position: int) -> str:
    if position < len(keys):
        return f"{{key {position}}}"
    key = keys[position - len(keys)]
    return f"[{key!r}]" if isinstance(key, (str, int)) else f"{{value {position - len(keys)}}}"


_DICT: dict[Any, Any] = {}
_ORDERED: OrderedDict[Any, Any] = OrderedDict()
_ORDERED_VIEWS = frozenset(map(type, (_ORDERED.keys(), _ORDERED.values(), _ORDERED.items())))
_VIEWS = _Views()
_ITEM_VIEWS = _ItemViews()
_ITERATORS = _Iterators()
_BUILT_IN_ITERATORS: tuple[Any, ...] = (
    *map(iter, ([], (), set(), deque(), _ORDERED, _DICT.keys(), _DICT.values(), _DICT.items())),
    *map(reversed, ([], ())),
    zip(),
    map(len, ()),
    filter(None, ()),
    enumerate(()),
)
_EXACT: dict[type, Shape] = {
    **{type(view): _VIEWS for of in (_DICT, _ORDERED) for view in (of.keys(), of.values())},
    **{type(of.items()): _ITEM_VIEWS for of in (_DICT, _ORDERED)},
    **dict.fromkeys(map(type, _BUILT_IN_ITERATORS), _ITERATORS),
    MappingProxyType: _Proxies(),
}
_SUBCLASSED: tuple[tuple[type, Shape], ...] = (
    (list, _Lists()),
    (tuple, _Tuples()),
    (dict, _Dicts()),
    (set, _Sets()),
    (frozenset, _FrozenSets()),
    (deque, _Deques()),
    (partial, _Partials()),
    (SimpleNamespace, _Records()),
)
_MARKED: tuple[tuple[str, Shape], ...] = (
    ("__dataclass_fields__", _Dataclasses()),
    ("__pydantic_validator__", _Models()),
    ("__attrs_attrs__", _Slotted()),
    ("__struct_fields__", _Structs()),
)
_COLLECTIONS = _Slotted()


def _shape_of(kind: type) -> Shape | None:
    """How values of exactly that class are searched; None: they are opaque."""
    exact = _EXACT.get(kind)
    if exact is not None:
        return exact
    for base, shape in _SUBCLASSED:
        if issubclass(kind, base):
            return shape
    for mark, shape in _MARKED:
        if hasattr(kind, mark):
            return shape
    if issubclass(kind, (str, bytes, bytearray)):
        return None
    return _COLLECTIONS if issubclass(kind, (Collection, ItemsView, ValuesView)) else None


shape_of: Callable[[type], Shape | None] = lru_cache(maxsize=1024)(_shape_of)


def place_of(root: Any, wanted: Any, at: str) -> str | None:
    """The source expression for ``wanted`` within ``root``, which is named ``at``; None if there is none."""
    seen = {id(root): root}
    open_ones = deque([(root, at)])
    while open_ones:
        value, where = open_ones.popleft()
        if value is wanted:
            return where
        shape = shape_of(type(value))
        if shape is None:
            continue
        for position, element in enumerate(shape.contents(value)):
            if id(element) not in seen and (element is wanted or shape_of(type(element)) is not None):
                seen[id(element)] = element
                open_ones.append((element, where + shape.place(value, position)))
    return None
