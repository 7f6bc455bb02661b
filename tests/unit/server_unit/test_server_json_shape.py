"""How deep and how wide a body may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from armillary.core.errors import InvalidOption, TooLarge
from armillary.server.access.json_shape import DEEPEST, MOST_PARTS, refusal


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_the_deepest_that_is_taken_and_one_deeper(opening: bytes) -> None:
    assert refusal(opening * DEEPEST) is None
    assert isinstance(refusal(opening * (DEEPEST + 1)), InvalidOption)


@pytest.mark.parametrize("part", [b"[],", b"{},", b'"a":1,'])
def test_too_many_parts_are_too_large_whatever_they_are(part: bytes) -> None:
    assert refusal(b"[" + part * (MOST_PARTS - 1)) is None
    assert isinstance(refusal(b"[" + part * (MOST_PARTS + 1)), TooLarge)


@given(st.text())
def test_what_strings_hold_counts_for_nothing(text: str) -> None:
    said = json.encode([text, '"[{:\\' * 200, text + "[" * 200])
    assert refusal(said) is None


def test_a_string_that_never_ends_takes_no_longer_than_another() -> None:
    assert refusal(b"[" * 99 + b"[]" * 50 + b'"' + b"\\[" * 2_000_000) is not None
