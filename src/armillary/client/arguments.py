"""What every client refuses before it asks anybody: the same arguments, in the same words, whoever would have answered."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from armillary.client.interface import LARGEST_PAGE, LONGEST_LOG_PAGE, Client
from armillary.core.errors import InvalidOption, NotFound
from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.text.names import checked_name

C = TypeVar("C")
Check = Callable[[Any], object]

_is_id = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE).fullmatch
_LONGEST_WORDS = 500
_IDS_OF_FILTERS = ("ids", "flow_ids", "flow_run_ids", "deployment_ids")
_ID_OF_FILTERS = ("root_flow_run_id", "parent_flow_run_id")


def checked(client: type[C]) -> type[C]:
    """Decorates a client: its methods check what they are given by the parameters' names, as :class:`Client` calls them."""
    for name, method in vars(Client).items() | _inherited(Client):
        if name.startswith("_") or not inspect.isfunction(method):
            continue
        parameters = list(inspect.signature(method).parameters)
        checks = [(at, each, check) for at, each in enumerate(parameters[1:]) if (check := _check_of(name, each))]
        if checks:
            setattr(client, name, _checking(getattr(client, name), checks))
    return client


def _inherited(kind: type) -> set[tuple[str, Any]]:
    return {pair for base in kind.__mro__[1:-1] for pair in vars(base).items() if inspect.isfunction(pair[1])}


def _checking(method: Callable[..., Any], checks: list[tuple[int, str, Check]]) -> Callable[..., Any]:
    @wraps(method)
    def call(self: Any, *arguments: Any, **options: Any) -> Any:
        for at, name, check in checks:
            value = arguments[at] if at < len(arguments) else options.get(name)
            if value is not None:
                check(value)
        return method(self, *arguments, **options)

    return call


def _check_of(method: str, parameter: str) -> Check | None:
    if parameter == "limit" and method != "claim_runs":
        return _log_limit if method == "logs" else _limit
    if parameter == "artifact_id":
        return _artifact_id
    if parameter.endswith("_id"):
        return _id
    if parameter == "words":
        return _words
    if parameter == "wanted" and method in ("flow_runs", "count_flow_runs", "task_runs"):
        return _filter
    if parameter == "name" and method in ("variable", "set_variable", "unset_variable"):
        return lambda name: checked_name(name, "variable name")
    if parameter == "tag":
        return lambda tag: checked_name(tag, "tag")
    return None


def _limit(limit: int, most: int = LARGEST_PAGE) -> None:
    if not 1 <= limit <= most:
        raise InvalidOption(f"limit is {limit}.", subject="limit", advice=f"Give a number from 1 to {most}.")


def _log_limit(limit: int) -> None:
    _limit(limit, LONGEST_LOG_PAGE)


def _id(text: str) -> None:
    if not _is_id(text):
        raise InvalidOption(f"{text!r} is not a valid id.", subject=text, advice="Find it by its name first.")


def _artifact_id(text: str) -> None:
    """People type it as the one way to name an artifact."""
    if not _is_id(text):
        raise NotFound(f"There is no artifact {text!r}.", subject=text)


def _words(words: str) -> None:
    if not words.strip():
        raise InvalidOption("The name or id is empty.", subject="words", advice="Give a name, an id, or its beginning.")
    if len(words) > _LONGEST_WORDS:
        raise InvalidOption(
            f"The name or id {words[:30]!r}… has {len(words)} characters.",
            subject="words",
            advice=f"Give at most {_LONGEST_WORDS}.",
        )


def _filter(wanted: FlowRunFilter | TaskRunFilter) -> None:
    if wanted.name_contains == "":
        raise InvalidOption("An empty text is contained in every name.", subject="name_contains")
    for field in _IDS_OF_FILTERS:
        ids: Iterable[str] = getattr(wanted, field, None) or ()
        for each in ids:
            _id(each)
    for field in _ID_OF_FILTERS:
        one = getattr(wanted, field, None)
        if one is not None:
            _id(one)
