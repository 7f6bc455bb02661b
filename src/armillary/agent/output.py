"""Splits the stdout and stderr of a run's process into lines.

Lines that the engine has already recorded are enclosed in two marks, so that they are shown but not recorded twice. Of a line that was
overwritten with carriage returns, as progress bars are, the last state counts.
"""

from __future__ import annotations

import codecs
from typing import NamedTuple

from armillary.core.text.long_text import cut

_BEGIN, _END = "\x1e", "\x1f"
LONGEST_LINE = 8_000


class ProcessLine(NamedTuple):
    text: str
    recorded: bool


def marked(line: str) -> str:
    """A line that is already recorded, marked by the process."""
    return f"{_BEGIN}{line}{_END}"


class Lines:
    """``feed(bytes)`` returns the lines completed by then, ``rest()`` the unfinished line once the process has ended.

    >>> Lines().feed(b"10 %\\r90 %\\rdone\\n" + marked("12:00 | INFO | begun\\n").encode())
    [ProcessLine(text='done', recorded=False), ProcessLine(text='12:00 | INFO | begun', recorded=True)]
    """

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._own = ""
        self._engines: str | None = None

    def feed(self, data: bytes) -> list[ProcessLine]:
        text, found = self._decode(data), []
        while text:
            if self._engines is None:
                mine, mark, text = text.partition(_BEGIN)
                found += self._lines_in(mine)
                if mark:
                    self._engines = ""
            else:
                theirs, mark, text = text.partition(_END)
                self._engines += theirs
                if mark:
                    found += [ProcessLine(each, True) for each in self._engines.removesuffix("\n").split("\n")]
                    self._engines = None
        return found

    def rest(self) -> list[ProcessLine]:
        left = [ProcessLine(self._engines.rstrip("\n"), True)] if self._engines else []
        return [*self._lines_in("\n"), *left] if self._own else left

    def _lines_in(self, text: str) -> list[ProcessLine]:
        *whole, self._own = (self._own + text).split("\n")
        if len(self._own) > LONGEST_LINE:
            self._own = _last_state(self._own, ended=False)
        return [ProcessLine(cut(_last_state(each, ended=True), LONGEST_LINE), False) for each in whole]


def _last_state(line: str, *, ended: bool) -> str:
    """The text after the last carriage return that is not at the end."""
    last = line.rstrip("\r").rpartition("\r")[2]
    return last if ended else line[-LONGEST_LINE:].rpartition("\r")[2] or line[-LONGEST_LINE:]
