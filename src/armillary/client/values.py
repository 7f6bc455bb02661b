"""Checks of single values that a client is given: by their type, and by what they mean. Each raises InvalidOption that names the
parameter and says what would be right."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import UNSET, json

from armillary.core.errors import InvalidOption, NotFound
from armillary.core.text.names import checked_name

Check = Callable[[Any], object]

_is_id = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE).fullmatch
LONGEST_NAME = 500
LONGEST_PATH = 1001
LONGEST_TEXT = 10_000
LONGEST_CURSOR = 2000
LONGEST_TARGET = 2000
MOST_TAGS = 100
MOST_IDS = 1000
MOST_LINES = 1000
MOST_OPTIONS = 50
MOST_STATES = 50
LONGEST_WAIT_SECONDS = 60.0
LARGEST_BODY = 8 << 20
_SHOWN = 30


def refused(name: str, value: Any, wanted: str) -> InvalidOption:
    shown = repr(value)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    return InvalidOption(f"{name} is {shown}.", subject=name, advice=f"Give {wanted}.")


def text_value(name: str, value: Any) -> None:
    if not isinstance(value, str):
        raise refused(name, value, "a text")
    if "\0" in value or not _is_encodable(value):
        raise refused(name, value, "a text without NUL and lone surrogates")


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def switch_value(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise refused(name, value, "True or False")


def number_value(name: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise refused(name, value, "a whole number")


def seconds_value(name: str, value: Any) -> None:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value) or value < 0:
        raise refused(name, value, "a number of seconds, 0 or more")


def time_value(name: str, value: Any) -> None:
    if not isinstance(value, datetime):
        raise refused(name, value, "a datetime")
    if value.utcoffset() is None:
        raise refused(name, value, "a datetime with a time zone")


def text_list(name: str, value: Any) -> None:
    if isinstance(value, (str, bytes)) or not isinstance(value, (Sequence, set, frozenset)):
        raise refused(name, value, "a list of texts")
    for each in value:
        text_value(name, each)


def texts_by_name(name: str, value: Any) -> None:
    if not isinstance(value, Mapping):
        raise refused(name, value, "a dict of texts")
    for key, each in value.items():
        text_value(name, key)
        text_value(name, each)


def json_value(name: str, value: Any) -> None:
    """Numbers that JSON cannot write, such as NaN, would come back as null."""
    try:
        size = len(json.encode(value))
    except (TypeError, ValueError, OverflowError, RecursionError) as problem:
        raise InvalidOption(f"{name} cannot be written as JSON: {problem}.", subject=name) from None
    if size > LARGEST_BODY:
        raise InvalidOption(f"{name} is larger than {LARGEST_BODY >> 20} MiB of JSON.", subject=name)
    if not _is_plain(value):
        raise InvalidOption(
            f"{name} holds a number or text that JSON cannot write.",
            subject=name,
            advice="Give finite numbers, and texts without lone surrogates.",
        )


def _is_plain(value: Any) -> bool:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, float) and not math.isfinite(each):
            return False
        if isinstance(each, str) and not _is_encodable(each):
            return False
        if isinstance(each, Mapping):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, (list, tuple, set, frozenset)):
            waiting += each
    return True


def json_object(name: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise refused(name, value, "a dict of parameters by name")
    json_value(name, value)


def output_lines(name: str, value: Any) -> None:
    """What a process wrote is taken as it is: what cannot be stored is replaced."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence) or len(value) > MOST_LINES:
        raise refused(name, value, f"a list of at most {MOST_LINES} lines")
    for each in value:
        if not (isinstance(each, tuple) and len(each) == 2 and isinstance(each[1], str)):
            raise refused(name, each, "each line as a time and a text")
        time_value(name, each[0])


def choice_of(kind: type[StrEnum], name: str, value: Any) -> None:
    if value not in list(kind):
        raise refused(name, value, " or ".join(str(each) for each in kind))


def function_value(name: str, value: Any) -> None:
    if not callable(value):
        raise refused(name, value, "a function")


def optional_json(name: str, value: Any) -> None:
    if value is not UNSET:
        json_value(name, value)


def between(name: str, least: int, most: int) -> Check:
    def check(value: int) -> None:
        if not least <= value <= most:
            raise refused(name, value, f"a number from {least} to {most}")

    return check


def at_most(name: str, most: int, least: int = 0) -> Check:
    def check(value: Any) -> None:
        if not least <= len(value) <= most:
            things = "characters" if isinstance(value, str) else "of them"
            said = f"at most {most}" if len(value) > most else f"at least {least}"
            raise InvalidOption(f"{name} has {len(value)} {things}.", subject=name, advice=f"Give {said}.")

    return check


def valid_id(text: str) -> None:
    if not _is_id(text):
        raise InvalidOption(
            f"{_shortened(text)} is not a valid id.", subject=text[:LONGEST_NAME], advice="Find it by its name first."
        )


def artifact_id(text: str) -> None:
    """People type it as the one way to name an artifact."""
    if not _is_id(text):
        raise NotFound(f"There is no artifact {_shortened(text)}.", subject=text[:LONGEST_NAME])


def _shortened(text: str) -> str:
    return repr(text) if len(text) <= LONGEST_NAME else f"{text[:_SHOWN]!r}…"


def name_or_id(words: str, most: int = LONGEST_NAME) -> None:
    if not words.strip():
        raise InvalidOption("The name or id is empty.", subject="words", advice="Give a name, an id, or its beginning.")
    if len(words) > most:
        raise InvalidOption(
            f"The name or id {words[:_SHOWN]!r}… has {len(words)} characters.",
            subject="words",
            advice=f"Give at most {most}.",
        )


def tag_list(tags: Sequence[str]) -> None:
    at_most("tags", MOST_TAGS)(tags)
    for each in tags:
        checked_name(each, "tag")


def name_list(what: str, most: int, least: int = 0) -> Check:
    def check(names: Sequence[str]) -> None:
        at_most(what, most, least)(names)
        for each in names:
            checked_name(each, what)

    return check


def option_values(options: Mapping[str, str]) -> None:
    at_most("options", MOST_OPTIONS)(options)
    for name, value in options.items():
        checked_name(name, "option")
        at_most(f"option {name!r}", LONGEST_TEXT)(value)


def name_of(what: str) -> Check:
    return lambda name: checked_name(name, what)


def addressed_name(what: str) -> Check:
    """A name by which the API addresses something: ``.`` and ``..`` are no parts of a path."""

    def check(name: str) -> None:
        if checked_name(name, what) in {".", ".."}:
            raise InvalidOption(f"{name!r} is not a valid {what}.", subject=what, advice="Give a name with a letter.")

    return check


def wait_seconds(seconds: float) -> None:
    if seconds > LONGEST_WAIT_SECONDS:
        raise refused("wait_seconds", seconds, f"at most {LONGEST_WAIT_SECONDS:g} seconds")


def project_hash(text: str) -> None:
    if not re.fullmatch(r"[0-9a-f]{40,64}", text):
        raise refused("project_hash", text, "40 to 64 hexadecimal digits")
