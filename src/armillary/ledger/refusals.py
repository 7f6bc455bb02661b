"""Why an event is refused, and the checks that find out."""

from __future__ import annotations

from msgspec import DecodeError, json

from armillary.core.states import TYPE_OF_NAME, StateType
from armillary.ledger.checks import is_id, short

FENCED = "written by an owner that had lost the run: a newer attempt was granted"
"""In order: it is what fencing is for."""
NOT_VALUES = "with an id, time or number that is none"


class Refused(Exception):
    """An event cannot be applied; the text says why."""


def parameters(text: str) -> str:
    try:
        if isinstance(json.decode(text), dict):
            return text
    except DecodeError as problem:
        raise Refused("parameters that are not JSON") from problem
    raise Refused("parameters that are not a JSON object")


def parameter_hashes(given: dict[str, str] | None) -> str | None:
    return None if given is None else json.encode({short(name): short(each) for name, each in given.items()}).decode()


def state_type(kind: str, name: str) -> StateType:
    found = TYPE_OF_NAME.get(name)
    if found is None or found != kind:
        raise Refused(f"there is no state {name!r} of type {kind!r}")
    return found


def check_ids(*ids: str | None) -> None:
    for each in ids:
        if each is not None and not is_id(each):
            raise Refused(NOT_VALUES)


def edges_of(upstreams: dict[str, list[str]]) -> list[tuple[str, str]]:
    found = [(short(parameter), upstream) for parameter, ids in upstreams.items() for upstream in ids]
    check_ids(*[upstream for _, upstream in found])
    return found
