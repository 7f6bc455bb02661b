"""Of the text of runs, a terminal obeys colours only."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armillary.core.text.terminal_text import terminal_text

STEERING = {
    "clipboard": ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
    "title": ("\x1b]0;title\x1b\\", "␛]0;title␛\\"),
    "link": ("\x1b]8;;http://x\x07text\x1b]8;;\x07", "␛]8;;http://x␇text␛]8;;␇"),
    "clearing": ("\x1b[2J\x1b[H", "␛[2J␛[H"),
    "moving": ("\x1b[1A\x1b[10;5f", "␛[1A␛[10;5f"),
    "asking": ("\x1b[6n\x1b[c", "␛[6n␛[c"),
    "modes": ("\x1b[?1049h\x1b[?25l", "␛[?1049h␛[?25l"),
    "letters of another set": ("\x1b(0\x0e", "␛(0␎"),
    "reset": ("\x1bc", "␛c"),
    "device control": ("\x1bP+q544e\x1b\\", "␛P+q544e␛\\"),
    "C1": ("\x9b2J\x9d0;t\x9c\x90x\x85", "␛[2J␛]0;t␛\\␛Px␛E"),
    "carriage return": ("real\rfake", "real␍fake"),
    "backspace": ("rm\x08\x08ls\x7f", "rm␈␈ls␡"),
    "line ends of Windows": ("one\r\ntwo", "one\ntwo"),
    "lines and tabs": ("one\n\ttwo", "one\n\ttwo"),
    "NUL": ("\x00", "␀"),
    "directions": ("\u202etxt.exe\u2066", "<U+202E>txt.exe<U+2066>"),
    "half a character": ("\udc9b", "\ufffd"),
    "an SGR that is none": ("\x1b[31?m\x1b[>4m", "␛[31?m␛[>4m"),
    "an endless SGR": ("\x1b[" + "1;" * 100 + "m", "␛[" + "1;" * 100 + "m"),
    "half an SGR": ("\x1b[31", "␛[31"),
    "colours": ("\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m\x1b[0m"),
    "colours with colons": ("\x1b[38:2::255:0:0mred", "\x1b[38:2::255:0:0mred\x1b[0m"),
    "other letters": ("größe ☃ 日本語 👩‍👩‍👧", "größe ☃ 日本語 👩‍👩‍👧"),
}


@pytest.mark.parametrize(("text", "shown"), STEERING.values(), ids=STEERING)
def test_what_would_steer_a_terminal_is_shown(text: str, shown: str) -> None:
    assert terminal_text(text) == shown


@given(st.text(st.characters() | st.sampled_from("\x1b\x9b\x9d[]m;0123456789\r\n\x07\\")))
def test_nothing_but_colours_lines_and_tabs_is_left(text: str) -> None:
    left = re.sub(r"\x1b\[[0-9;:]*m", "", terminal_text(text))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", left)
    left.encode()
