"""Before Python 3.12 pydantic checks only the TypedDict of typing_extensions. These are built from those of ``typing``, anywhere
in an annotation."""

from __future__ import annotations

import typing
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import typing_extensions


def modernized(annotation: Any) -> Any:
    """The same annotation with every TypedDict one that pydantic checks; the same object if there is none."""
    return _modernized(annotation, {})


def _modernized(annotation: Any, made: dict[Any, Any]) -> Any:
    if is_typeddict(annotation):
        return made[annotation] if annotation in made else _typed_dict(annotation, made)
    if get_origin(annotation) is typing.Literal:
        return annotation
    arguments = get_args(annotation)
    if get_origin(annotation) is typing.Annotated:
        return typing.Annotated[(_modernized(arguments[0], made), *arguments[1:])]
    changed = tuple(_in_argument(each, made) for each in arguments)
    if all(new is old for new, old in zip(changed, arguments, strict=True)):
        return annotation
    if get_origin(annotation) in _UNIONS:
        return typing.Union[changed]  # noqa: UP007  of a tuple
    if hasattr(annotation, "copy_with"):
        return annotation.copy_with(changed)
    return get_origin(annotation)[changed]


def _in_argument(argument: Any, made: dict[Any, Any]) -> Any:
    if isinstance(argument, list):  # the parameters of a Callable
        return argument
    return _modernized(argument, made)


def _typed_dict(old: Any, made: dict[Any, Any]) -> Any:
    """Created without fields and filled in place, because it may contain itself."""
    new: Any = typing_extensions.TypedDict(old.__name__, {})  # type: ignore[misc]  # known only here
    made[old] = new
    new.__module__, new.__doc__ = old.__module__, old.__doc__
    required = set(old.__required_keys__)
    hints = get_type_hints(old, include_extras=True)
    for name, hint in hints.items():
        while get_origin(hint) in (
            *_REQUIRED,
            *_NOT_REQUIRED,
        ):  # if annotations are text, the class has not evaluated these marks
            (required.add if get_origin(hint) in _REQUIRED else required.discard)(name)
            (hint,) = get_args(hint)
        new.__annotations__[name] = _modernized(hint, made)
    new.__required_keys__ = frozenset(required)
    new.__optional_keys__ = frozenset(hints.keys() - required)
    return new


_UNIONS = (typing.Union, type(int | str))
_REQUIRED = (typing.Required, typing_extensions.Required)
_NOT_REQUIRED = (typing.NotRequired, typing_extensions.NotRequired)
