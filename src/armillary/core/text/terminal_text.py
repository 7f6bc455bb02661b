"""Text of runs made safe for a terminal: colours pass, all other control sequences are made visible.

Escape sequences set a terminal's title, write its clipboard, make links, move the cursor and answer back. Of them only colours and other
attributes of letters (SGR, ECMA-48 8.3.117) pass. The rest is shown as what it is: ``␛]0;title``.
"""

from __future__ import annotations

import re

_SGR = r"\x1b\[[0-9;:]{0,64}m"
_STEERING = re.compile(
    rf"({_SGR})|\r\n|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_RESET = "\x1b[0m"


def terminal_text(text: str) -> str:
    """The same text, harmless. Lines and tabs stay; colours end with the text.

    >>> terminal_text("\\x1b]0;title\\x07 \\x1b[31mred")
    '␛]0;title␇ \\x1b[31mred\\x1b[0m'
    """
    if text.isprintable():
        return text
    shown, colours = [], False
    place = 0
    for found in _STEERING.finditer(text):
        shown.append(text[place : found.start()])
        colours = colours or found[1] is not None
        shown.append(found[1] or _pictured(found[0]))
        place = found.end()
    shown.append(text[place:])
    return "".join(shown) + (_RESET if colours else "")


def _pictured(steering: str) -> str:
    code = ord(steering[0])
    if steering == "\r\n":
        return "\n"
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code < 0xA0:  # each stands for an escape and a letter
        return "␛" + chr(code - 0x40)
    return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= code <= 0xDFFF else f"<U+{code:04X}>"
