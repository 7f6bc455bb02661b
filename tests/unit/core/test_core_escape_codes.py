"""Escape codes are left out, and nothing else is."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armillary.core.text.escape_codes import without_escape_codes

CODES = [
    "\x1b[0m",
    "\x1b[1;31m",
    "\x1b[38;2;1;2;3m",
    "\x1b[38:5:9m",
    "\x1b[2K",
    "\x1b[?25l",
    "\x1b[1 q",
    "\x1b(B",
    "\x1b7",
    "\x1bM",
    "\x1b]0;title\x07",
    "\x1b]8;;https://example.org\x1b\\",
]


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_left_out_wherever_it_stands(code: str) -> None:
    assert without_escape_codes(f"{code}loaded{code} 170{code}") == "loaded 170"


@given(st.lists(st.text(st.characters(blacklist_characters="\x1b\x07")), min_size=1), st.sampled_from(CODES))
def test_what_is_between_codes_stays_as_it_is(texts: list[str], code: str) -> None:
    assert without_escape_codes(code.join(texts)) == "".join(texts)


@pytest.mark.parametrize("unit", ["\x1b", "\x1b[", "\x1b[1;", "\x1b]x", "\x1b(", "\x1b[ ", "x"])
def test_the_cost_is_linear_in_the_length(unit: str) -> None:
    def cost(many: int) -> float:
        text = unit * many
        begin = process_time()
        without_escape_codes(text)
        return process_time() - begin

    assert cost(400_000) < 200 * max(cost(20_000), 0.0005)
