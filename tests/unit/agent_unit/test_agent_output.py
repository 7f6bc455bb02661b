"""What a process writes, made into lines."""

from __future__ import annotations

import pytest

from armillary.agent.output import Lines, ProcessLine, marked

WRITTEN = (
    b"plain\n\xc3\xa4\xc3\xb6\r\n10 %\r50 %\r100 %\n"
    + marked("12:00 | INFO | recorded\n  Traceback\n").encode()
    + b"half "
    + marked("between\n").encode()
    + b"a line\nno end"
)
LINES = [
    ProcessLine("plain", False),
    ProcessLine("äö", False),
    ProcessLine("100 %", False),
    ProcessLine("12:00 | INFO | recorded", True),
    ProcessLine("  Traceback", True),
    ProcessLine("between", True),
    ProcessLine("half a line", False),
    ProcessLine("no end", False),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_lines_are_the_same_however_they_arrive(size: int) -> None:
    lines = Lines()
    found = [line for at in range(0, len(WRITTEN), size) for line in lines.feed(WRITTEN[at : at + size])]
    assert [*found, *lines.rest()] == LINES


def test_a_progress_bar_that_never_ends_its_line_takes_no_memory_and_keeps_its_last_state() -> None:
    lines = Lines()
    for percent in range(10_000):
        assert lines.feed(f"\r{percent} of 10000 done".encode()) == []
    assert lines.rest() == [ProcessLine("9999 of 10000 done", False)]


def test_bytes_that_are_no_text_are_told_as_such() -> None:
    assert Lines().feed(b"\xff\xfe\n") == [ProcessLine("\ufffd\ufffd", False)]
