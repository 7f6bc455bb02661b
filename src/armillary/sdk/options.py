"""Checking the options of ``@flow`` and ``@task`` where they are given, so that a slip shows at import, not mid-run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from armillary.core.errors import InvalidOption, UnknownOption, did_you_mean
from armillary.core.retries import LONGEST_SECONDS, checked_seconds
from armillary.core.rules.retry import NEVER, RetryPolicy
from armillary.core.text.names import checked_name
from armillary.engine.runs.specs import Hook

NAMES_A_STORE = frozenset({"result_storage", "result_serializer"})
"""Options whose only purpose is storing a result: without ``persist_result``, they imply it."""

Check = Callable[[str, Any], Any]
"""Takes an option's name and its value, not None; returns the value as the engine takes it, or raises InvalidOption."""


def checked(decorator: str, checks: Mapping[str, Check], options: Mapping[str, Any]) -> dict[str, Any]:
    """Every given option, checked and converted; None means "not given" and is left out."""
    result = {}
    for name, value in options.items():
        check = checks.get(name)
        if check is None:
            raise UnknownOption(
                f"@{decorator} has no option {name!r}.",
                subject=name,
                advice=did_you_mean(name, checks),
            )
        if value is not None:
            result[name] = check(name, value)
    return result


def refuse(name: str, value: Any, wanted: str) -> InvalidOption:
    return InvalidOption(f"{name}={value!r} is not valid.", subject=name, advice=f"Give {wanted}.")


def text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise refuse(name, value, "text")
    return value


def title(name: str, value: Any) -> str:
    return checked_name(text(name, value), name)


def switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise refuse(name, value, "True or False")
    return value


def count(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise refuse(name, value, "a whole number, 0 or more")
    return value


def seconds(name: str, value: Any) -> float:
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= LONGEST_SECONDS:
        raise refuse(name, value, f"a number of seconds above 0, at most {LONGEST_SECONDS:.0f} (366 days)")
    return float(value)


def delay(name: str, value: Any) -> Any:
    """A retry delay: seconds, a timedelta, a list of them, or a function of the retry's number."""
    if callable(value):
        return value
    try:
        return [checked_seconds(each) for each in value] if isinstance(value, (list, tuple)) else checked_seconds(value)
    except InvalidOption as problem:
        wanted = (
            f"seconds from 0 to {LONGEST_SECONDS:.0f} (366 days), a list of them, or a function of the retry's number"
        )
        raise refuse(name, value, wanted) from problem


MOST_JITTER = 1000


def factor(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= MOST_JITTER:
        raise refuse(name, value, f"a number from 0 to {MOST_JITTER}")
    return float(value)


def function(name: str, value: Any) -> Callable[..., Any]:
    if not callable(value):
        raise refuse(name, value, "a function")
    return value  # type: ignore[no-any-return]


def choice(*values: str) -> Check:
    """One of a few words."""

    def check(name: str, value: Any) -> str:
        if value not in values or not isinstance(value, str):
            raise refuse(name, value, " or ".join(map(repr, values)))
        return value

    return check


def hooks(name: str, value: Any) -> Sequence[Hook]:
    """One hook or several."""
    given = list(value) if isinstance(value, (list, tuple)) else [value]
    for hook in given:
        if not callable(hook):
            raise refuse(name, value, "a function or a list of functions")
    return tuple(given)


def tag_set(name: str, value: Any) -> frozenset[str]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise refuse(name, value, f"a list or set of texts, for example {name}={{{value!r}}}")
    tags = list(value)
    for tag in tags:
        checked_name(text(name, tag), "tag")
    return frozenset(tags)


def duration(name: str, value: Any) -> timedelta:
    if not isinstance(value, timedelta) or value <= timedelta(0):
        raise refuse(name, value, "a timedelta above 0, for example timedelta(hours=1)")
    return value


def template(name: str, value: Any) -> Any:
    """A run name: text with ``{parameter}`` fields, or a function that returns one."""
    if not isinstance(value, str) and not callable(value):
        raise refuse(name, value, 'text like "load {path}", or a function that returns the name')
    return value


def anything(_name: str, value: Any) -> Any:
    return value


def taken_retry(options: dict[str, Any]) -> RetryPolicy:
    """The retry options as one policy, taken out of ``options``."""
    retries = options.pop("retries", 0)
    wait = options.pop("retry_delay_seconds", 0)
    jitter = options.pop("retry_jitter_factor", 0.0)
    return RetryPolicy(retries, wait, jitter) if retries else NEVER
