"""Do a call's arguments fit a task's function, and what are they called?"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from armillary.core.errors import InvalidOption, InvalidParameters
from armillary.engine.specs import TaskSpec

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
    import inspect  # callables without code of their own

    try:
        parameters = list(inspect.signature(fn).parameters.values())
    except (ValueError, TypeError):
        raise InvalidOption(
            f"{fn!r} does not say which arguments it takes.",
            subject=getattr(fn, "__name__", None),
            advice="Wrap it in a function of yours: def total(values): return max(values).",
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
    """The names positional arguments bind to. Raises :class:`InvalidParameters` where the call does not fit.

    Arguments beyond the named ones belong to the last name, which is that of ``*arguments``."""
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
