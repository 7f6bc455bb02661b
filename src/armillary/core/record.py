"""Pickled records: a later release, which may have more fields, reads those of an earlier one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, fields
from typing import Any


class Record:
    """Base of dataclasses with slots. Fields missing in a pickled record get their default."""

    __slots__ = ()

    def __setstate__(self, state: tuple[None, dict[str, Any]]) -> None:
        pickled = state[1]
        for each in fields(self):  # type: ignore[arg-type]  # each that derives from it is a dataclass
            if each.name in pickled:
                value = pickled[each.name]
            elif each.default_factory is not MISSING:
                value = each.default_factory()
            else:
                value = None if each.default is MISSING else each.default
            setattr(self, each.name, value)


def made_again(record: Any, state: Iterable[Any]) -> None:
    """The ``__setstate__`` of a frozen dataclass that computes fields on creation."""
    names = [each.name for each in fields(record) if each.init]
    type(record).__init__(record, **dict(zip(names, state, strict=False)))
