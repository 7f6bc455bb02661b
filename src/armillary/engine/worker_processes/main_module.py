"""A worker's ``__main__``: represents the main module of its owner, so that a body may use multiprocessing.

Functions and classes of a script come to a worker by value. multiprocessing passes them on by name, ``__main__.square``, and
finds them only if they exist there: in a forked child by memory, in a spawned one because it runs the script again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any

_replaced: list[ModuleType] = []
"""The worker's own main module: its globals are cleared when nothing references it."""


def stand_for(name: str | None, file: str | None) -> None:
    """Put a module in the place of the owner's ``__main__``. ``name`` is that of ``python -m name``."""
    main = ModuleType("__main__")
    main.__spec__ = ModuleSpec(name, None, origin=file) if name is not None else None
    if file is not None:
        main.__file__ = file
    _replaced.append(sys.modules["__main__"])
    sys.modules["__main__"] = main


def take_in(values: Iterable[Any]) -> None:
    """Add the functions and classes of the owner's script among ``values``, and what those refer to, to ``__main__``."""
    names = sys.modules["__main__"].__dict__
    for value in values:
        if getattr(value, "__module__", None) != "__main__" or not isinstance(value, (FunctionType, type)):
            continue
        if isinstance(value, FunctionType):
            names.update({name: each for name, each in value.__globals__.items() if not name.startswith("__")})
        if "." not in value.__qualname__:
            names[value.__name__] = value
