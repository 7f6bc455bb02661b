"""Why an event is refused, and the checks that find out."""

from __future__ import annotations

from typing import Any

from msgspec import json

from armillary.core.states import TYPE_OF_NAME, StateType
from armillary.ledger.database.checks import DEEPEST_JSON, LONGEST_JSON, clean, is_deeper, short

FENCED = "written by an owner that had lost the run: a newer attempt was granted"
"""In order: it is what fencing is for."""
NOT_VALUES = "contains an invalid id, time or number"
_LONGEST_VALUE = 10_000
"""Bytes of one parameter among some that are too long together."""


class Refused(Exception):
    """An event cannot be applied; the text says why."""


def parameters(text: str) -> str:
    """As they are kept: a value that is too long or too deep stands as its type, as the engine has it."""
    given = _decoded(text, "parameters that are not JSON")
    if not isinstance(given, dict):
        raise Refused("parameters that are not a JSON object")
    if len(text) <= LONGEST_JSON and not is_deeper(given, DEEPEST_JSON):
        return text
    text = json.encode({name: _stand_in(value) for name, value in given.items()}).decode()
    if len(text) > LONGEST_JSON:
        raise Refused(f"parameters of more than {LONGEST_JSON:,} characters")
    return text


def json_text(text: str | None) -> str | None:
    """Only what is JSON, and what every reader can read, is kept as JSON."""
    if text is None:
        return None
    if len(text) > LONGEST_JSON or is_deeper(_decoded(text, NOT_VALUES), DEEPEST_JSON):
        raise Refused(f"JSON of more than {LONGEST_JSON:,} characters, or deeper than {DEEPEST_JSON}")
    return clean(text)


def _decoded(text: str, why: str) -> Any:
    try:
        return json.decode(text)
    except (ValueError, RecursionError) as problem:
        raise Refused(why) from problem


def _stand_in(value: Any) -> Any:
    if is_deeper(value, DEEPEST_JSON - 1):
        return f"<{type(value).__name__}>"
    if len(json.encode(value)) > _LONGEST_VALUE:
        return f"<{type(value).__name__} of {len(value):,}>" if isinstance(value, (str, list, dict)) else "<number>"
    return value


def parameter_hashes(given: dict[str, str] | None) -> str | None:
    return None if given is None else json.encode({short(name): short(each) for name, each in given.items()}).decode()


def state_type(kind: str, name: str) -> StateType:
    found = TYPE_OF_NAME.get(name)
    if found is None or found != kind:
        raise Refused(f"there is no state {name!r} of type {kind!r}")
    return found
