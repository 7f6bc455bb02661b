"""Facts about a decorated function: its kind, its key, the hash of its code, where to find it again."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from functools import partial
from textwrap import dedent
from types import CodeType, MethodType
from typing import Any

from armillary.core.errors import InvalidOption
from armillary.core.ids import md5 as md5

_GENERATOR, _COROUTINE, _ITERABLE_COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x100, 0x200
"""Code flags as :mod:`inspect` documents them; importing it would cost every start 5 ms."""

RESERVED = ("wait_for", "return_state")


def checked_function(decorator: str, fn: Any) -> Callable[..., Any]:
    """A function, method or callable object that can be decorated."""
    if isinstance(fn, (staticmethod, classmethod)):
        raise InvalidOption(
            f"@{decorator} is placed above @{type(fn).__name__}.",
            subject=str(fn),
            advice=f"Put @{type(fn).__name__} above @{decorator}.",
        )
    if not callable(fn):
        raise InvalidOption(
            f"@{decorator} got {fn!r}, which is not a function.",
            advice=f"Use @{decorator} on a def.",
        )
    if _flags(fn) & (_GENERATOR | _ASYNC_GENERATOR):
        raise InvalidOption(
            f"@{decorator} cannot run the generator function {name_of(fn)!r}.",
            subject=name_of(fn),
            advice="Return a list, or pass the values on to tasks one by one.",
        )
    code = _code_of(fn)
    for reserved in RESERVED:
        if code is not None and reserved in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]:
            raise InvalidOption(
                f"{name_of(fn)!r} has a parameter {reserved!r}, which @{decorator} reserves.",
                subject=name_of(fn),
                advice="Give the parameter another name.",
            )
    return fn  # type: ignore[no-any-return]


def is_coroutine_function(fn: Any) -> bool:
    """Whether calling it returns a coroutine; sees through functools.partial and callable objects."""
    return bool(_flags(fn) & (_COROUTINE | _ITERABLE_COROUTINE))


# A mock, a proxy or a remote object may answer any attribute with another object that does so too. What is read below is
# therefore what an object holds itself, or what the types of the standard library are known to hold.


def _code_of(fn: Any) -> CodeType | None:
    code = getattr(fn, "__code__", None)
    return code if type(code) is CodeType else None  # a mock with a specification passes for an instance


def _flags(fn: Any) -> int:
    while True:
        flags = getattr(getattr(fn, "__code__", None), "co_flags", None)
        if isinstance(flags, int):
            return flags
        if isinstance(fn, partial):
            fn = fn.func
        elif isinstance(fn, MethodType):
            fn = fn.__func__
        else:
            code = _code_of(type(fn).__call__)
            return code.co_flags if code is not None else 0


def unwrapped(fn: Any) -> Any:
    """The function below all of its wrappers."""
    seen = {id(fn)}
    while (inner := _held(fn, "__wrapped__")) is not None and id(inner) not in seen:
        seen.add(id(inner))
        fn = inner
    return fn


def _held(thing: Any, name: str) -> Any:
    """An attribute that an object holds itself."""
    try:
        return object.__getattribute__(thing, "__dict__").get(name)
    except AttributeError:
        return None


def documentation_of(fn: Any) -> str | None:
    """Its docstring without the indentation."""
    text = getattr(fn, "__doc__", None)
    if not text or not isinstance(text, str):
        return None
    first, _, rest = text.expandtabs().partition("\n")
    return f"{first.strip()}\n{dedent(rest)}".strip() or None


def name_of(fn: Any) -> str:
    return _text(fn, "__name__") or type(fn).__name__


def _text(thing: Any, name: str) -> str | None:
    value = getattr(thing, name, None)
    return value if isinstance(value, str) else None


def key_of(name: str, fn: Any) -> str:
    """A key that distinguishes functions of the same name and is equal in every process: the name and a hash of file and path."""
    code = _code_of(fn)
    file = os.path.basename(code.co_filename) if code is not None else _text(fn, "__module__") or ""
    qualified = _text(fn, "__qualname__") or name
    return f"{name}-{md5(f'{file}:{qualified}'.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"


def code_hash(fn: Any) -> str | None:
    """Eight hexadecimal digits that change when the function's code does; None if it has no code object.

    Comments, line numbers and the file's path are ignored."""
    code = _code_of(unwrapped(fn))
    if code is None:
        return None
    digest = md5()
    _feed(code, digest.update)
    return str(digest.hexdigest()[:8])


def _feed(code: CodeType, feed: Callable[[bytes], None]) -> None:
    feed(code.co_code)
    feed(repr((code.co_names, code.co_varnames, code.co_argcount)).encode("utf-8", "surrogatepass"))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _feed(constant, feed)
        elif isinstance(constant, frozenset):
            feed(repr(sorted(map(repr, constant))).encode("utf-8", "surrogatepass"))
        else:
            feed(repr(constant).encode("utf-8", "surrogatepass"))


def entrypoint_of(fn: Any) -> str | None:
    """``/path/to/file.py:function``, or None for what no file can give again: a REPL, a cell, a nested function."""
    code = _code_of(unwrapped(fn))
    qualified = _text(fn, "__qualname__") or ""
    if code is None or "<" in qualified or not code.co_filename.endswith(".py"):
        return None
    path = os.path.abspath(code.co_filename)
    return f"{path}:{qualified}" if os.path.exists(path) else None


def by_name(module: str, qualified: str) -> Any:
    """The object of that name in that module; how decorated functions are pickled."""
    found: Any = importlib.import_module(module)
    for part in qualified.split("."):
        found = getattr(found, part)
    return found


def reduced(decorated: Any, options: dict[str, Any]) -> tuple[Any, ...]:
    """A decorated function for pickle: by name where another process can import it, else the function and its options."""
    fn = decorated.fn
    module, qualified = (
        getattr(fn, "__module__", "__main__"),
        getattr(fn, "__qualname__", "<>"),
    )
    if module != "__main__" and "<" not in qualified:
        try:
            if by_name(module, qualified) is decorated:
                return by_name, (module, qualified)
        except (ImportError, AttributeError):
            pass
    return type(decorated), (fn, options)
