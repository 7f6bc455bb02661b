"""How deep and how wide a JSON body may be, found out before anything parses it.

A parser builds an object for each key and value and goes down a call for each bracket, so a few megabytes that are cheap to send
can be dear to read. Strings are skipped, so what they hold counts for nothing; what is not valid JSON is the parser's to refuse.

Each byte is looked at a fixed number of times, whatever the body holds: escapes go first, then every quote that is left begins or
ends a string, and what lies between two of them is dropped a block at a time. Nothing is ever searched for twice, so nothing
that is left open can make it look again.
"""

from __future__ import annotations

from collections.abc import Iterator

from armillary.core.errors import ArmillaryError, InvalidOption, TooLarge

DEEPEST = 100
MOST_PARTS = 200_000
MOST_VALUES = 250_000

_AT_ONCE = 64 << 10
_IRRELEVANT = bytes(byte for byte in range(256) if byte not in b'"[]{}:,')


def refusal(body: bytes) -> ArmillaryError | None:
    """What is wrong with the shape of a body: too deep, or too many objects, lists, keys and values. None when it may be parsed.

    >>> refusal(b'{"a": [1, 2]}') is None
    True
    >>> refusal(b"[" * 101 + b"]" * 101)
    InvalidOption('A request body is nested 100 levels deep at most.')
    """
    if b"\x00" in body:  # UTF-16 and UTF-32 have them, and hide what is counted here
        return InvalidOption("A request body is JSON in UTF-8, which has no NUL.", subject="body")
    opened = body.count(b"{") + body.count(b"[")
    if opened <= DEEPEST and opened + body.count(b":") <= MOST_PARTS and body.count(b",") <= MOST_VALUES:
        return None  # whatever is in strings, it cannot be more than this
    depth = parts = values = 0
    for marks in _outside_of_strings(body):
        opened = marks.count(b"{") + marks.count(b"[")
        parts += opened + marks.count(b":")
        values += marks.count(b",")
        if parts > MOST_PARTS:
            return TooLarge(f"A request body has {MOST_PARTS:,} objects, lists and keys at most.", subject="body")
        if values > MOST_VALUES:
            return TooLarge(f"A request body has {MOST_VALUES:,} values at most.", subject="body")
        if depth + opened <= DEEPEST:  # it goes down no further than that here
            depth += opened - marks.count(b"}") - marks.count(b"]")
        else:
            for mark in marks:
                depth += (mark in b"{[") - (mark in b"}]")
                if depth > DEEPEST:
                    return InvalidOption(f"A request body is nested {DEEPEST} levels deep at most.", subject="body")
        if depth < 0:
            return None  # it closes what it has not opened, where every parser stops
    return None


def _outside_of_strings(body: bytes) -> Iterator[bytes]:
    """The brackets, colons and commas that are in no string, a block at a time."""
    plain = body.replace(rb"\\", b"").replace(rb"\"", b"").translate(None, _IRRELEVANT)
    inside = False
    for start in range(0, len(plain), _AT_ONCE):
        pieces = plain[start : start + _AT_ONCE].split(b'"')
        yield b"".join(pieces[inside::2])
        inside ^= len(pieces) % 2 == 0
