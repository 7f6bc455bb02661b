"""How deep and how wide a body may be."""

from __future__ import annotations

from collections.abc import Callable
from json import JSONDecodeError, loads
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from armillary.core.errors import InvalidOption, TooLarge
from armillary.server.access.json_shape import DEEPEST, MOST_PARTS, MOST_VALUES, refusal


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_the_deepest_that_is_taken_and_one_deeper(opening: bytes) -> None:
    assert refusal(opening * DEEPEST) is None
    assert isinstance(refusal(opening * (DEEPEST + 1)), InvalidOption)


@pytest.mark.parametrize("part", [b"[],", b"{},", b'"a":1,'])
def test_too_many_parts_are_too_large_whatever_they_are(part: bytes) -> None:
    assert refusal(b"[" + part * (MOST_PARTS - 1)) is None
    assert isinstance(refusal(b"[" + part * (MOST_PARTS + 1)), TooLarge)


@pytest.mark.parametrize("value", [b"1,", b'"",', b'"a,b",'])
def test_too_many_values_are_too_large_whatever_they_are(value: bytes) -> None:
    assert refusal(b"[" + value * MOST_VALUES) is None
    assert isinstance(refusal(b"[" + value * (MOST_VALUES + 1)), TooLarge)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_what_is_not_utf_8_hides_nothing(encoding: str) -> None:
    assert isinstance(refusal(('["\\"", ' + "[" * 101 + "]" * 102).encode(encoding)), InvalidOption)


@given(st.text())
def test_what_strings_hold_counts_for_nothing(text: str) -> None:
    said = json.encode([text, '"[{:\\' * 200, text + "[" * 200])
    assert refusal(said) is None


@given(
    st.recursive(
        st.text(max_size=5), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner)
    )
)
def test_depth_is_measured_where_strings_hold_brackets_too(value: object) -> None:
    def wrapped(levels: int) -> bytes:
        return b'["[\\"[", ' * levels + json.encode(value) + b"]" * levels

    deep = _depth(value)
    assert refusal(wrapped(DEEPEST - deep)) is None
    assert isinstance(refusal(wrapped(DEEPEST - deep + 1)), InvalidOption)


def _depth(value: object) -> int:
    if isinstance(value, list | dict):
        inside = value.values() if isinstance(value, dict) else value
        return 1 + max(map(_depth, inside), default=0)
    return 0


@given(st.lists(st.sampled_from(['"', "\\", "[", "]", "{", "}", ":", ",", "a", "1", " "]), max_size=60).map("".join))
def test_nothing_that_a_parser_takes_is_refused_for_its_depth_alone(text: str) -> None:
    try:
        loads(text)
    except (JSONDecodeError, RecursionError):
        return
    assert refusal(text.encode()) is None


NASTY: dict[str, Callable[[int], bytes]] = {
    "escaped quotes": lambda size: b'\\"' * (size // 2) + b"[" * 101,
    "escaped quotes and an escape that is left open": lambda size: b'\\"' * (size // 2) + b"[" * 101 + b"\\",
    "quotes": lambda size: b'"' * size + b"[" * 101,
    "a string that is left open": lambda size: b'"' + b"a" * size + b"[" * 101,
    "escapes": lambda size: b"\\" * size + b"[" * 101,
    "an open string of escapes": lambda size: b'"' + b"\\[" * (size // 2),
    "empty strings": lambda size: b'"",' * (size // 3),
    "short strings": lambda size: b'"a"b' * (size // 4) + b"[" * 101,
    "brackets, and as many that close": lambda size: b"[]" * (size // 2),
    "closing brackets": lambda size: b"[" * 101 + b"]" * size,
    "brackets as deep as may be": lambda size: b"[" * 90 + b"[[[[]]]]," * (size // 9),
    "colons": lambda size: b":" * size,
    "commas": lambda size: b"," * size,
    "nested quotes": lambda size: b'{"\\\\": "\\"{' * (size // 11),
}


@pytest.mark.parametrize("made", NASTY.values(), ids=NASTY.keys())
def test_looking_takes_time_linear_in_the_size(made: Callable[[int], bytes]) -> None:
    small, large = made(1 << 18), made(1 << 22)
    assert _seconds(large) < 16 * 6 * max(_seconds(small), 1e-3)


def _seconds(body: bytes) -> float:
    took = []
    for _ in range(3):
        began = process_time()
        refusal(body)
        took.append(process_time() - began)
    return min(took)
