"""Escape codes in text that was written for a terminal: colours, weights, links, movements of the cursor."""

from __future__ import annotations

import re

_SEQUENCE = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]?"  # colours and the cursor
    "|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?"  # links and titles
    "|\x1b[ -/]+[0-~]?"  # character sets, as `tput sgr0` writes them
    "|\x1b[0-~]?"
)
"""The web app removes the same codes from a line (``ui/src/logs/ansi.ts``)."""


def without_escape_codes(text: str) -> str:
    r"""The text that a reader sees. Linear in its length, for any text.

    >>> without_escape_codes("loaded \x1b[33m170\x1b[0m rows")
    'loaded 170 rows'
    """
    return _SEQUENCE.sub("", text) if "\x1b" in text else text
