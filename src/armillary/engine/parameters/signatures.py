"""Whether a call's arguments match a task's function, and their names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import BuiltinFunctionType, CodeType, ModuleType
from typing import Any

from armillary.core.errors import InvalidOption, InvalidParameters
from armillary.engine.runs.specs import TaskSpec

_REST = 0x04 | 0x08
"""Code flags of ``*arguments`` and ``**keywords``, as :mod:`inspect` documents them; importing it costs a start 5 ms."""


def shape_of(fn: Callable[..., Any]) -> tuple[tuple[str, ...], int, bool]:
    """(names by position, how many of them are required, whether the signature is known to have nothing else)."""
    code = getattr(fn, "__code__", None)
    if type(code) is CodeType and not hasattr(fn, "__wrapped__") and not code.co_posonlyargcount:
        bound = getattr(fn, "__self__", None) is not None
        names = code.co_varnames[bound : code.co_argcount]
        simple = code.co_kwonlyargcount == 0 and not code.co_flags & _REST
        return names, len(names) - len(fn.__defaults__ or ()), simple
    import inspect  # callables without a code object

    try:
        parameters = list(inspect.signature(fn).parameters.values())
    except (ValueError, TypeError):
        raise InvalidOption(
            f"{fn!r} has no readable signature.",
            subject=getattr(fn, "__name__", None),
            advice="Wrap it in a function of your own: def total(values): return max(values).",
        ) from None
    plain = inspect.Parameter.POSITIONAL_OR_KEYWORD
    positional = [each for each in parameters if each.kind in (plain, inspect.Parameter.POSITIONAL_ONLY)]
    required = sum(1 for each in positional if each.default is inspect.Parameter.empty)
    return tuple(each.name for each in positional), required, False


def defaults_of(fn: Callable[..., Any]) -> dict[str, Any]:
    """The defaults of its parameters, by name."""
    code = getattr(fn, "__code__", None)
    if code is not None and not hasattr(fn, "__wrapped__"):
        defaults = fn.__defaults__ or ()
        names = code.co_varnames[code.co_argcount - len(defaults) : code.co_argcount]
        return {**dict(zip(names, defaults, strict=True)), **(fn.__kwdefaults__ or {})}
    import inspect  # as above

    parameters = inspect.signature(fn).parameters.values()
    return {each.name: each.default for each in parameters if each.default is not inspect.Parameter.empty}


def names_of(spec: TaskSpec, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[str, ...]:
    """The names positional arguments bind to. Raises :class:`InvalidParameters` if the call does not match.

    Extra arguments belong to the last name, that of ``*arguments``."""
    names = spec.positional
    given = len(arguments)
    if spec.simple and given <= len(names):
        if not keywords:
            if given >= spec.required:
                return names
        elif all(name in names[given:] for name in keywords) and all(
            name in keywords for name in names[given : spec.required]
        ):
            return names
    import inspect  # signatures with more than plain parameters, and errors

    signature = inspect.signature(spec.fn)
    try:
        signature.bind(*arguments, **keywords)
    except TypeError as problem:
        raise InvalidParameters(
            f"Task {spec.name!r} cannot be called like this: {problem}.",
            subject=spec.name,
            advice=f"Its signature is {spec.name}{signature}.",
        ) from None
    rest = [each.name for each in signature.parameters.values() if each.kind is inspect.Parameter.VAR_POSITIONAL]
    return (*names, *rest)


def call_parameters(fn: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a valid call, by name and in the order of its signature, defaults included.

    What is bound to the function counts as well: the ``self`` of a method or of a callable object, the arguments of a partial.
    The values of ``**keywords`` appear under their own names, in alphabetical order, unless a parameter has one of these names.

    >>> call_parameters(partial(lambda a, b, *, c=3: ..., 1), (2,), {})
    {'a': 1, 'b': 2, 'c': 3}
    """
    import inspect  # used only to look up stored results

    while isinstance(fn, partial):
        arguments, keywords = (*fn.args, *arguments), {**fn.keywords, **keywords}
        fn = fn.func
    owner = getattr(fn, "__self__", None)
    if owner is not None and hasattr(fn, "__func__"):
        fn, arguments = fn.__func__, (owner, *arguments)
    elif (
        not hasattr(fn, "__code__")
        and not hasattr(fn, "__wrapped__")
        and not isinstance(fn, (type, BuiltinFunctionType))
    ):
        fn, arguments = type(fn).__call__, (fn, *arguments)
    signature = inspect.signature(fn)
    bound = signature.bind(*arguments, **keywords)
    bound.apply_defaults()
    parameters = dict(bound.arguments)
    for name, each in signature.parameters.items():
        if each.kind is inspect.Parameter.VAR_KEYWORD and not parameters.keys() & parameters[name].keys():
            parameters.update(sorted(parameters.pop(name).items()))
    if isinstance(fn, BuiltinFunctionType) and not isinstance(owner, ModuleType | None):
        parameters = {"self": owner, **parameters}
    return parameters


POSITIONAL, REST, NAMED_REST = "POSITIONAL_ONLY", "VAR_POSITIONAL", "VAR_KEYWORD"


def kinds_of(fn: Callable[..., Any]) -> dict[str, str]:
    """By name, the kinds of a function's parameters; empty where all are plain."""
    if shape_of(fn)[2]:
        return {}
    import inspect  # signatures with more than plain parameters

    return {name: each.kind.name for name, each in inspect.signature(fn).parameters.items()}


def recalled_call(fn: Callable[..., Any], parameters: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments and keywords of the call that was recorded with these parameters.

    >>> recalled_call(lambda a, /, *rest, **more: ..., {"a": 1, "rest": [2, 3], "more": {"b": 4}})
    ((1, 2, 3), {'b': 4})
    """
    kinds = kinds_of(fn)
    if not kinds:
        return (), parameters
    has_rest = any(kind == REST and parameters.get(name) for name, kind in kinds.items())
    arguments: list[Any] = []
    keywords = {name: value for name, value in parameters.items() if name not in kinds}
    for name, kind in kinds.items():
        if name not in parameters:
            continue
        if kind == REST:
            arguments += parameters[name]
        elif kind == NAMED_REST:
            keywords.update(parameters[name])
        elif kind == POSITIONAL or (has_rest and kind != "KEYWORD_ONLY"):
            arguments.append(parameters[name])
        else:
            keywords[name] = parameters[name]
    return tuple(arguments), keywords
