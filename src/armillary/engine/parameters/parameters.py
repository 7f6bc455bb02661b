"""A flow's parameters: arguments bound to names and converted by annotation.

pydantic is imported only when an annotation asks for more than "is it already of that type?".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import GenericAlias
from typing import Any, NamedTuple, Unpack, get_args, get_origin, is_typeddict

from armillary.core.errors import InvalidParameters, did_you_mean
from armillary.engine.handles.future import Future
from armillary.engine.parameters.signatures import NAMED_REST, REST, defaults_of, kinds_of, shape_of
from armillary.engine.runs.specs import FlowSpec

_BUILTINS: dict[str, type] = {
    each.__name__: each for each in (int, float, str, bool, bytes, list, dict, tuple, set, frozenset, complex)
}


class Bound(NamedTuple):
    """How the function is to be called, and its parameters by name, defaults included."""

    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    parameters: dict[str, Any]


def bind(spec: FlowSpec, arguments: tuple[Any, ...], keywords: dict[str, Any], converts: bool = True) -> Bound:
    """Bind a call to the flow's signature and convert its values by their annotations, unless they are not yet available.

    Raises :class:`InvalidParameters` naming each parameter that is missing, unknown or of a wrong type.
    """
    names, required, simple = shape_of(spec.fn)
    converts = converts and spec.validate_parameters
    if simple:
        parameters = _bound_simply(spec, names, required, arguments, keywords)
        if converts:
            _convert(spec, parameters)
        return Bound((), parameters, parameters)
    return _bound_by_signature(spec, arguments, keywords, converts)


def _bound_simply(
    spec: FlowSpec, names: tuple[str, ...], required: int, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> dict[str, Any]:
    if len(arguments) > len(names):
        raise _misfit(spec, f"takes {len(names)} arguments, {len(arguments)} were given", names)
    parameters = dict(zip(names, arguments, strict=False))
    for name, value in keywords.items():
        if name not in names:
            raise _misfit(spec, f"has no parameter {name!r}", names, did_you_mean(name, names))
        if name in parameters:
            raise _misfit(spec, f"was given {name!r} twice", names)
        parameters[name] = value
    if len(parameters) < len(names):
        missing = [name for name in names[:required] if name not in parameters]
        if missing:
            raise _misfit(spec, f"needs {', '.join(map(repr, missing))}", names)
        for name, default in defaults_of(spec.fn).items():
            parameters.setdefault(name, default)
        parameters = {name: parameters[name] for name in names}
    return parameters


def _misfit(spec: FlowSpec, what: str, names: Iterable[str], advice: str | None = None) -> InvalidParameters:
    return InvalidParameters(
        f"Flow {spec.name!r} {what}.",
        subject=spec.name,
        advice=advice or f"Its parameters are: {', '.join(names) or 'none'}.",
    )


def _bound_by_signature(spec: FlowSpec, arguments: tuple[Any, ...], keywords: dict[str, Any], converts: bool) -> Bound:
    import inspect  # signatures with more than plain parameters

    signature = inspect.signature(spec.fn)
    try:
        bound = signature.bind(*arguments, **keywords)
    except TypeError as problem:
        raise InvalidParameters(
            f"Flow {spec.name!r} cannot be called like this: {problem}.",
            subject=spec.name,
            advice=f"Its signature is {spec.name}{signature}.",
        ) from None
    bound.apply_defaults()
    if converts:
        _convert(spec, bound.arguments, kinds_of(spec.fn))
    return Bound(bound.args, bound.kwargs, dict(bound.arguments))


def converted(spec: FlowSpec, name: str, value: Any) -> Any:
    """One parameter as the flow's body would get it. Raises :class:`InvalidParameters`."""
    parameters = {name: value}
    if spec.validate_parameters:
        _convert(spec, parameters, kinds_of(spec.fn))
    return parameters[name]


def _convert(spec: FlowSpec, parameters: dict[str, Any], kinds: Mapping[str, str] | None = None) -> None:
    """Convert annotated arguments in place; all problems are reported together. Defaults are not converted:
    ``day: date = None`` is common. ``kinds`` are those of a signature with more than plain parameters."""
    annotations = getattr(spec.fn, "__annotations__", None)
    if not annotations:
        return
    defaults = defaults_of(spec.fn)
    problems: list[str] = []
    hints: dict[str, Any] | None = None
    for name, value in parameters.items():
        annotation = annotations.get(name)
        if annotation is None or isinstance(value, Future):
            continue
        if name in defaults and value is defaults[name]:
            continue
        if isinstance(annotation, str):
            annotation = _BUILTINS.get(annotation, annotation)
            if isinstance(annotation, str):
                hints = _hints(spec.fn) if hints is None else hints
                annotation = hints.get(name, Any)
        kind = kinds.get(name) if kinds is not None else None
        if kind == REST:
            parameters[name] = _rest(name, value, annotation, problems)
        elif kind == NAMED_REST:
            parameters[name] = _named_rest(name, value, annotation, problems)
        else:
            parameters[name] = _checked(repr(name), value, annotation, problems)
    if problems:
        raise InvalidParameters(" ".join(problems), subject=spec.name)


def _rest(name: str, values: tuple[Any, ...], annotation: Any, problems: list[str]) -> tuple[Any, ...]:
    """``*name: T`` annotates each of the values, ``*name: *tuple[int, str]`` all of them."""
    whole: Any = None
    if get_origin(annotation) is Unpack:
        (whole,) = get_args(annotation)
    elif getattr(annotation, "__unpacked__", False):
        whole = GenericAlias(tuple, get_args(annotation))
    if whole is not None:
        return tuple(_checked(repr(f"*{name}"), values, whole, problems))
    return tuple([_checked(repr(f"{name}[{at}]"), each, annotation, problems) for at, each in enumerate(values)])


def _named_rest(name: str, values: dict[str, Any], annotation: Any, problems: list[str]) -> dict[str, Any]:
    """``**name: T`` annotates each of the values, ``**name: Unpack[Options]`` all of them."""
    if get_origin(annotation) is Unpack:
        return dict(_checked(repr(f"**{name}"), values, get_args(annotation)[0], problems))
    return {key: _checked(repr(key), each, annotation, problems) for key, each in values.items()}


def _checked(named: str, value: Any, annotation: Any, problems: list[str]) -> Any:
    """The converted value; on failure the value unchanged, and a message added to the problems."""
    if isinstance(value, Future) or _fits(value, annotation):
        return value
    try:
        return _converted(value, annotation)
    except Exception as problem:  # a validator of the user's may raise anything
        problems.append(f"Parameter {named} got {_shown(value)}: {_reason(problem)}.")
        return value


def _fits(value: Any, annotation: Any) -> bool:
    """Whether no conversion is needed, as far as can be determined without pydantic."""
    if annotation is Any or annotation is object or type(value) is annotation:
        return True
    if not isinstance(annotation, type) or annotation in _BUILTINS.values():
        return False
    try:
        return isinstance(value, annotation)
    except TypeError:  # a protocol without instance checks, or a TypedDict, which is checked by its keys
        return not is_typeddict(annotation)


def _converted(value: Any, annotation: Any) -> Any:
    if annotation is float and type(value) is int:
        return float(value)
    adapter = _adapter(annotation)
    if adapter is None:
        return value
    return adapter.validate_python(value)


def _adapter(annotation: Any) -> Any:
    try:
        return _cached_adapter(annotation)
    except TypeError:  # an annotation that cannot be hashed
        return _new_adapter(annotation)


def _new_adapter(annotation: Any, **options: Any) -> Any:
    """pydantic's validator for an annotation; None if it has none."""
    import pydantic  # needed by the annotation

    try:
        return pydantic.TypeAdapter(annotation, **options)
    except pydantic.errors.PydanticUserError as problem:
        if problem.code == "typed-dict-version":
            return _adapter_of_typed_dicts(annotation)
        if options or problem.code != "schema-for-unknown-type":
            return None
    return _new_adapter(annotation, config=pydantic.ConfigDict(arbitrary_types_allowed=True))


def _adapter_of_typed_dicts(annotation: Any) -> Any:
    from armillary.engine.parameters.typed_dicts import modernized  # few annotations need it

    modern = modernized(annotation)
    return None if modern is annotation else _adapter(modern)


_cached_adapter = lru_cache(maxsize=512)(_new_adapter)


def _hints(fn: Callable[..., Any]) -> dict[str, Any]:
    from typing import get_type_hints

    try:
        return get_type_hints(fn, include_extras=True)
    except Exception:  # a name known to type checkers only: its values are not checked
        return {}


def _reason(problem: Exception) -> str:
    errors = getattr(problem, "errors", None)
    if errors is None:
        return str(problem) if isinstance(problem, ValueError) else repr(problem)
    reasons = []
    for error in errors():
        place = ".".join(str(part) for part in error["loc"])
        reasons.append(f"{place}: {error['msg']}" if place else error["msg"])
    return "; ".join(reasons[:3]).removesuffix(".")


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:
        return f"a {type(value).__name__}"
    return f"{text if len(text) <= 80 else text[:77] + '...'} ({type(value).__name__})"
