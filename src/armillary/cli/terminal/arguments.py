"""What people type, made into values: parameters, states, ages. Each says what would have been right."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from msgspec import DecodeError, json

from armillary.core.errors import InvalidOption, did_you_mean
from armillary.core.states import NAMES, TYPE_OF_NAME, StateType

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parameters(given: Iterable[str]) -> dict[str, Any]:
    """``key=value`` pairs; a value that is JSON is read as such, any other is text. The flow's annotations do the rest.

    >>> parameters(["count=3", "name=x", 'tags=["a"]'])
    {'count': 3, 'name': 'x', 'tags': ['a']}
    """
    found: dict[str, Any] = {}
    for pair in given:
        name, equals, text = pair.partition("=")
        name = name.strip()
        if not equals or not name.isidentifier():
            raise InvalidOption(f"{pair!r} is not a parameter.", subject="--param", advice="Write --param name=value.")
        if name in found:
            raise InvalidOption(f"Parameter {name!r} is given twice.", subject="--param", advice="Give each one once.")
        try:
            found[name] = json.decode(text)
        except DecodeError:
            found[name] = text
    return found


def states(given: Iterable[str]) -> tuple[list[StateType] | None, list[str] | None]:
    """State types and state names, told apart; case does not matter. A name equal to its type means the type.

    >>> states(["failed", "awaitingretry"])
    ([<StateType.FAILED: 'FAILED'>], ['AwaitingRetry'])
    """
    types: list[StateType] = []
    names: list[str] = []
    known = {name.upper(): name for name in TYPE_OF_NAME}
    for word in given:
        upper = word.upper().replace("_", "")
        if upper in NAMES:
            types.append(StateType(upper))
        elif upper in known:
            names.append(known[upper])
        else:
            near = did_you_mean(upper.capitalize(), {*known.values(), *(kind.capitalize() for kind in NAMES)})
            raise InvalidOption(f"There is no state {word!r}.", subject="--state", advice=near)
    return types or None, names or None


_LONGEST_AGE = timedelta(days=36_525)


def age(text: str) -> timedelta:
    """
    >>> age("30d")
    datetime.timedelta(days=30)
    """
    found = re.fullmatch(r"(\d{1,6})\s*([smhdw])", text.strip().lower())
    span = None if found is None else timedelta(**{_UNITS[found[2]]: int(found[1])})
    if span is None or span > _LONGEST_AGE:
        raise InvalidOption(
            f"{text!r} is not a span of time.",
            subject=text,
            advice="Write a number and s, m, h, d or w: 30d is thirty days. A hundred years are the most.",
        )
    return span


def level(text: str) -> int:
    """
    >>> level("warning")
    30
    """
    levels = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
    upper = text.strip().upper()
    if upper.isdecimal() and len(upper) <= 4:
        return int(upper)
    if upper not in levels:
        raise InvalidOption(f"There is no log level {text!r}.", subject="--level", advice=did_you_mean(upper, levels))
    return levels[upper]
